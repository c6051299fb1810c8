"""The page of the programs that may ask: who they are, what they prove themselves with."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Serving
from api.needs import needs
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.security.clients import (
    CLIENT_ACTS,
    DAYS,
    MOST_DAYS,
    OVERLAP,
    add_key,
    client_files,
    end_client,
    end_credential,
    new_secret,
    refuse_tokens,
    register,
)
from graph.errors import InputError
from graph.time import utc_now
from queries.consent import consent_rules

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("数据", 96, "/clients", "接入客户端", "哪些单位的系统可以来查，能查什么"),)

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


@router.get("/clients")
@needs(Act.PEOPLE)
def listed(services: Serving) -> HTMLResponse:
    """Every client, and the form for another."""
    return _listed(services)


@router.post("/clients")
@needs(Act.PEOPLE)
def add(services: Serving, form: Form) -> Response:
    """Register one."""
    try:
        register(
            services.office.store,
            name=form.get("name", ""),
            acts=_several(form, "acts"),
            purposes=_several(form, "purposes"),
            institution=form.get("institution"),
            divisions=_several(form, "divisions") or None,
            by=form.get("by", ""),
            at=utc_now(),
        )
    except InputError as error:
        return _listed(services, given=form, error=error.message_zh)
    return see_other("/clients")


@router.post("/clients/{client}/secrets")
@needs(Act.PEOPLE)
def make_secret(client: ClientId, services: Serving, form: Form) -> HTMLResponse:
    """A new secret, shown on this page and never again."""
    made = new_secret(
        services.office.store,
        services.office.settings,
        client,
        by=form.get("by", ""),
        at=utc_now(),
        days=_whole(form, "days", DAYS),
        overlap_hours=_whole(form, "overlap_hours", OVERLAP),
    )
    return page("client_secret.html", here="/clients", made=made)


@router.post("/clients/{client}/keys")
@needs(Act.PEOPLE)
def register_key(client: ClientId, services: Serving, form: Form) -> Response:
    """Take a public key."""
    add_key(
        services.office.store,
        client,
        form.get("public_key", ""),
        by=form.get("by", ""),
        at=utc_now(),
        days=_whole(form, "days", DAYS),
    )
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
        acts=CLIENT_ACTS,
        terms={act.value: act.term for act in CLIENT_ACTS},
        purposes={one.code: one.term for one in consent_rules().purposes},
        at=utc_now(),
        days=DAYS,
        most_days=MOST_DAYS,
        overlap=OVERLAP,
        given=given or {},
        error=error,
    )
