"""The page of the programs that may ask: who they are, what they prove themselves with."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Serving, asker
from api.needs import needs
from api.pages.english.speaking import message_of
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.rights_noted import noted
from api.security import Asker
from api.security.client_rights import (
    change_client,
    key_for_client,
    register_client,
    secret_for_client,
)
from api.security.clients import (
    CLIENT_ACTS,
    DAYS,
    MOST_DAYS,
    OVERLAP,
    client_files,
    end_client,
    end_credential,
    refuse_tokens,
)
from api.security.rights import actor_of, is_alone, latest_changes
from graph.errors import InputError
from graph.time import utc_now
from queries.consent import consent_rules

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("管理", 96, "/clients", "接入客户端", "哪些单位的系统可以来查，能查什么"),)

_OK, _UNPROCESSABLE = 200, 422
_BETWEEN = re.compile(r"[\s,，;；、]+")

ClientId = Annotated[str, Path(max_length=32)]
Number = Annotated[Whole, Path(ge=1, le=MOST)]


async def _form(request: Request) -> dict[str, str]:
    """Fields of a form; ticks of one name are put together."""
    form = await request.form()
    told: dict[str, str] = {}
    for name, value in form.multi_items():
        told[name] = " ".join(filter(None, (told.get(name, ""), str(value).strip())))
    return told


Form = Annotated[dict[str, str], Depends(_form)]
Who = Annotated[Asker, Depends(asker)]


@router.get("/clients")
@needs(Act.PEOPLE)
def listed(services: Serving) -> HTMLResponse:
    """Every client, and the form for another."""
    return _listed(services)


@router.post("/clients")
@needs(Act.PEOPLE)
def add(request: Request, services: Serving, who: Who, form: Form) -> Response:
    """Register one; where somebody has to confirm, the page says so."""
    try:
        made = register_client(
            services.office,
            name=form.get("name", ""),
            acts=_several(form, "acts"),
            purposes=_several(form, "purposes"),
            institution=form.get("institution"),
            divisions=_several(form, "divisions") or None,
            actor=actor_of(who, form.get("by", "")),
            at=utc_now(),
        )
    except InputError as error:
        return _listed(services, given=form, error=message_of(error))
    noted(request, made)
    return see_other("/clients")


@router.post("/clients/{client}")
@needs(Act.PEOPLE)
def change(client: ClientId, request: Request, services: Serving, who: Who, form: Form) -> Response:
    """Change what one may; what widens is in force once somebody else confirmed."""
    divisions = _several(form, "divisions") or None
    made = change_client(
        services.office,
        client,
        acts=_several(form, "acts"),
        purposes=_several(form, "purposes"),
        divisions=divisions,
        is_everywhere=divisions is None,
        actor=actor_of(who, form.get("by", "")),
        at=utc_now(),
    )
    noted(request, made)
    return see_other("/clients")


@router.post("/clients/{client}/secrets")
@needs(Act.PEOPLE)
def make_secret(
    client: ClientId, request: Request, services: Serving, who: Who, form: Form
) -> Response:
    """A new secret, shown on this page and never again."""
    made = secret_for_client(
        services.office,
        client,
        actor=actor_of(who, form.get("by", "")),
        at=utc_now(),
        days=_whole(form, "days", DAYS),
        overlap_hours=_whole(form, "overlap_hours", OVERLAP),
    )
    noted(request, made)
    if made.secret is None:
        return see_other("/clients")
    return page("client_secret.html", here="/clients", made=made)


@router.post("/clients/{client}/keys")
@needs(Act.PEOPLE)
def register_key(
    client: ClientId, request: Request, services: Serving, who: Who, form: Form
) -> Response:
    """Take a public key."""
    made = key_for_client(
        services.office,
        client,
        form.get("public_key", ""),
        actor=actor_of(who, form.get("by", "")),
        at=utc_now(),
        days=_whole(form, "days", DAYS),
    )
    noted(request, made)
    return see_other("/clients")


@router.post("/clients/credentials/{number}/end")
@needs(Act.PEOPLE)
def end_one(number: Number, services: Serving, form: Form) -> Response:
    """Take a secret or a key no more."""
    end_credential(services.office.store, number, by=form.get("by", ""), at=utc_now())
    return see_other("/clients")


@router.post("/clients/{client}/tokens/end")
@needs(Act.PEOPLE)
def end_tokens(client: ClientId, services: Serving, form: Form) -> Response:
    """Refuse the tokens that a client has."""
    refuse_tokens(services.office.store, client, by=form.get("by", ""), at=utc_now())
    return see_other("/clients")


@router.post("/clients/{client}/end")
@needs(Act.PEOPLE)
def end(client: ClientId, services: Serving, form: Form) -> Response:
    """A client may ask no more."""
    end_client(
        services.office.store, client, by=form.get("by", ""), why=form.get("why", ""), at=utc_now()
    )
    return see_other("/clients")


def _several(form: dict[str, str], name: str) -> list[str]:
    return [one for one in _BETWEEN.split(form.get(name, "")) if one]


def _whole(form: dict[str, str], name: str, otherwise: int) -> int:
    told = form.get(name, "") or str(otherwise)
    if not re.fullmatch("[0-9]{1,4}", told):
        raise InputError(
            "天数和小时数写数字。", "Days and hours are plain digits.", code="credential_days_wrong"
        )
    return int(told)


def _listed(
    services: Serving, *, given: dict[str, str] | None = None, error: str = ""
) -> HTMLResponse:
    return page(
        "clients.html",
        _UNPROCESSABLE if error else _OK,
        here="/clients",
        files=client_files(services.office.store),
        changes=latest_changes(services.office.store, of_clients=True, at=utc_now()),
        alone=is_alone(services.office.store),
        acts=CLIENT_ACTS,
        terms={act.value: act.term for act in CLIENT_ACTS},
        purposes={one.code: one.term for one in consent_rules().purposes},
        at=utc_now(),
        days=DAYS,
        most_days=MOST_DAYS,
        overlap=OVERLAP,
        institutions=services.institution_names(),
        given=given or {},
        error=error,
    )
