"""The page of users: who may log in, as what, and their one-time links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.dependencies import Serving, asker
from api.needs import needs
from api.pages.english.speaking import message_of
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.rights_noted import noted
from api.security import Asker, Role
from api.security.people import end_person, link_for, list_people, person
from api.security.rights import RightsAnswer, actor_of, is_alone, latest_changes
from api.security.user_rights import add_user, change_user, drop_second_factor_of, link_of_user
from graph.errors import InputError
from graph.time import utc_now

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("管理", 90, "/users", "用户", "谁可以登录、什么角色，一次性登录链接"),)

_UNPROCESSABLE = 422
_FIELDS = ("name", "display_name", "role", "institution", "department", "divisions")
Name = Annotated[str, Path(max_length=64)]
Who = Annotated[Asker, Depends(asker)]


async def _form(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: str(form.get(name, "")).strip()[:200] for name in _FIELDS}


Typed = Annotated[dict[str, str], Depends(_form)]


@router.get("/users")
@needs(Act.PEOPLE)
def listed(services: Serving) -> HTMLResponse:
    """Everybody, and the form of a new one."""
    return _listed(services)


@router.post("/users")
@needs(Act.PEOPLE)
def add(request: Request, services: Serving, who: Who, form: Typed) -> Response:
    """Enter a user; the page shows their link, once.  Where somebody has to confirm, it says so."""
    told: dict[str, Any] = {**form, "divisions": _codes(form["divisions"])}
    try:
        made = add_user(services.office, **told, actor=actor_of(who), at=utc_now())
    except InputError as error:
        return _listed(services, given=form, error=message_of(error))
    noted(request, made)
    if made.user is None:
        return see_other("/users")
    path = link_for(services.office.store, made.user.name, by=who.name, at=utc_now())
    return _linked(request, services, made.user.name, path)


@router.post("/users/{name}/link")
@needs(Act.PEOPLE)
def link(request: Request, name: Name, services: Serving, who: Who) -> Response:
    """A one-time link for a user; the page shows it, once."""
    made = link_of_user(services.office, name, actor=actor_of(who), at=utc_now())
    noted(request, made)
    if made.path is None:
        return see_other("/users")
    return _linked(request, services, name, made.path)


@router.post("/users/{name}")
@needs(Act.PEOPLE)
def change(request: Request, name: Name, services: Serving, who: Who, form: Typed) -> Response:
    """Change role, institution, department or divisions."""
    told: dict[str, Any] = {key: form[key] for key in ("role", "institution", "department")}
    told["divisions"] = _codes(form["divisions"])
    return _done(
        request, services,
        lambda: change_user(services.office, name, **told, actor=actor_of(who), at=utc_now()),
    )  # fmt: skip


@router.post("/users/{name}/end")
@needs(Act.PEOPLE)
def end(name: Name, services: Serving) -> Response:
    """Put a user out of use."""
    try:
        end_person(services.office.store, name, at=utc_now())
    except InputError as error:
        return _listed(services, error=message_of(error))
    return see_other("/users")


@router.post("/users/{name}/second-factor/end")
@needs(Act.PEOPLE)
def drop_factor(request: Request, name: Name, services: Serving, who: Who) -> Response:
    """Take a lost second factor away."""
    return _done(
        request, services,
        lambda: drop_second_factor_of(services.office, name, actor=actor_of(who), at=utc_now()),
    )  # fmt: skip


def _done(request: Request, services: Any, do: Callable[[], RightsAnswer]) -> Response:
    try:
        noted(request, do())
    except InputError as error:
        return _listed(services, error=message_of(error))
    return see_other("/users")


def _codes(text: str) -> list[str]:
    return [code for code in text.replace("，", ",").replace("、", ",").split(",") if code.strip()]


def _linked(request: Request, services: Any, name: str, path: str) -> HTMLResponse:
    address = str(request.base_url).rstrip("/") + path
    found = person(services.office.store, name)
    return page("user_link.html", here="/users", named=found.display_name, address=address)


def _listed(services: Any, *, given: dict[str, str] | None = None, error: str = "") -> HTMLResponse:
    store = services.office.store
    return page(
        "users.html",
        _UNPROCESSABLE if error else 200,
        here="/users",
        people=list_people(store),
        changes=latest_changes(store, of_clients=False, at=utc_now()),
        alone=is_alone(store),
        roles=[one for one in Role if one not in (Role.VISITOR, Role.CLIENT)],
        institutions=services.institution_names(),
        given=given or dict.fromkeys(_FIELDS, ""),
        error=error,
    )
