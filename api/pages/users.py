"""The page of users: who may log in, as what, and their one-time links."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.dependencies import Serving, asker
from api.needs import needs
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.security import Asker, Role
from api.security.people import (
    add_person,
    change_person,
    end_person,
    forget_second_factor,
    link_for,
    list_people,
    person,
)
from graph.errors import InputError
from graph.time import utc_now

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("数据", 90, "/users", "用户", "谁可以登录、什么角色，一次性登录链接"),)

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
def add(request: Request, services: Serving, who: Who, form: Typed) -> HTMLResponse:
    """Enter a user; the page shows their link, once."""
    told: dict[str, Any] = {**form, "divisions": _codes(form["divisions"])}
    store, at = services.office.store, utc_now()
    try:
        made = add_person(store, **told, by=who.name, at=at)
    except InputError as error:
        return _listed(services, given=form, error=error.message_zh)
    return _linked(request, services, made.name, who)


@router.post("/users/{name}/link")
@needs(Act.PEOPLE)
def link(request: Request, name: Name, services: Serving, who: Who) -> HTMLResponse:
    """A one-time link for a user; the page shows it, once."""
    return _linked(request, services, name, who)


@router.post("/users/{name}")
@needs(Act.PEOPLE)
def change(name: Name, services: Serving, form: Typed) -> Response:
    """Change role, institution, department or divisions."""
    told: dict[str, Any] = {key: form[key] for key in ("role", "institution", "department")}
    try:
        change_person(services.office.store, name, **told, divisions=_codes(form["divisions"]))
    except InputError as error:
        return _listed(services, error=error.message_zh)
    return see_other("/users")


@router.post("/users/{name}/end")
@needs(Act.PEOPLE)
def end(name: Name, services: Serving) -> Response:
    """Put a user out of use."""
    try:
        end_person(services.office.store, name, at=utc_now())
    except InputError as error:
        return _listed(services, error=error.message_zh)
    return see_other("/users")


@router.post("/users/{name}/second-factor/end")
@needs(Act.PEOPLE)
def drop_factor(name: Name, services: Serving) -> Response:
    """Take a lost second factor away."""
    forget_second_factor(services.office.store, name)
    return see_other("/users")


def _codes(text: str) -> list[str]:
    return [code for code in text.replace("，", ",").replace("、", ",").split(",") if code.strip()]


def _linked(request: Request, services: Any, name: str, who: Asker) -> HTMLResponse:
    path = link_for(services.office.store, name, by=who.name, at=utc_now())
    address = str(request.base_url).rstrip("/") + path
    found = person(services.office.store, name)
    return page("user_link.html", here="/users", person=found, address=address)


def _listed(services: Any, *, given: dict[str, str] | None = None, error: str = "") -> HTMLResponse:
    return page(
        "users.html",
        _UNPROCESSABLE if error else 200,
        here="/users",
        people=list_people(services.office.store),
        roles=[one for one in Role if one not in (Role.VISITOR, Role.CLIENT)],
        given=given or dict.fromkeys(_FIELDS, ""),
        error=error,
    )
