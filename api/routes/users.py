"""Users: who may log in, and their one-time links; and whoever asks, as we know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field

from api.acts import Act
from api.dependencies import Body, Serving, asker, known
from api.guarded import editable, if_match
from api.idempotency import once_by_key
from api.needs import needs, open_to_all, own
from api.security import Asker
from api.security.cookies import DEVICE, address_of, carry, let_go
from api.security.known import asker_of
from api.security.login import log_in
from api.security.people import (
    Person,
    add_person,
    change_person,
    end_person,
    link_for,
    list_people,
    person,
)
from graph.time import utc_now

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["users"])

Name = Annotated[str, Path(title="登录名", max_length=64)]
Who = Annotated[Asker, Depends(asker)]


class _Told(Body):
    institution: str = Field(default="", title="机构编号", max_length=128)
    department: str = Field(default="", title="部门", max_length=128)
    divisions: list[Annotated[str, Field(max_length=12)]] = Field(
        default_factory=list, title="区划代码", max_length=50
    )


class NewUser(_Told):
    """新增用户."""

    name: str = Field(title="登录名", max_length=64)
    display_name: str = Field(title="姓名或工号", max_length=64)
    role: str = Field(title="角色", max_length=32)


class UserChange(Body):
    """修改用户；不写的不变."""

    role: str | None = Field(default=None, title="角色", max_length=32)
    institution: str | None = Field(default=None, title="机构编号", max_length=128)
    department: str | None = Field(default=None, title="部门", max_length=128)
    divisions: list[Annotated[str, Field(max_length=12)]] | None = Field(
        default=None, title="区划代码", max_length=50
    )
    issuer: str | None = Field(default=None, title="外部登录的签发方", max_length=255)
    external_id: str | None = Field(default=None, title="外部登录的编号", max_length=255)
    person_key: str | None = Field(default=None, title="本人的主体编号", max_length=128)


class Credentials(Body):
    """登录."""

    name: str = Field(title="登录名", max_length=200)
    password: str = Field(title="密码", max_length=200)
    code: str = Field(default="", title="动态口令", max_length=32)


@dataclass(frozen=True)
class SessionAnswer:
    """Who asks: role, what they may do, for which institution and in which divisions."""

    id: str
    name: str
    role: str
    role_label: str
    institution: str | None
    department: str | None
    divisions: tuple[str, ...] | None
    purpose: str
    acts: tuple[str, ...]


@dataclass(frozen=True)
class LinkAnswer:
    """Path of a one-time link, told once."""

    path: str


@router.get("/users", summary="用户 / users")
@needs(Act.PEOPLE)
def listed(services: Serving) -> list[Person]:
    """Everybody who was ever entered; nothing by which one could log in."""
    return list_people(services.office.store)


@router.post("/users", status_code=201, summary="新增用户 / enter a user")
@needs(Act.PEOPLE)
@once_by_key
def add(body: NewUser, services: Serving, who: Who) -> Person:
    """Enter a user without a password: they log in by a link first."""
    return add_person(services.office.store, **body.model_dump(), by=who.name, at=utc_now())


@router.get("/users/{name}", summary="一名用户 / one user")
@needs(Act.PEOPLE)
@editable
def one(name: Name, services: Serving) -> Person:
    """One, as they are now; nothing by which one could log in."""
    return person(services.office.store, name)


@router.patch("/users/{name}", summary="修改用户 / change a user")
@needs(Act.PEOPLE)
@if_match(one)
def change(name: Name, body: UserChange, services: Serving) -> Person:
    """Change what is told; it holds from their next request on."""
    return change_person(services.office.store, name, **body.model_dump())


@router.post("/users/{name}/link", status_code=201, summary="一次性登录链接 / a one-time link")
@needs(Act.PEOPLE)
def link(name: Name, services: Serving, who: Who) -> LinkAnswer:
    """A link for a day, used once; one that was made before is of no use any more."""
    return LinkAnswer(link_for(services.office.store, name, by=who.name, at=utc_now()))


@router.post("/users/{name}/end", summary="停用用户 / put a user out of use")
@needs(Act.PEOPLE)
@if_match(one)
def end(name: Name, services: Serving) -> Person:
    """End all their sessions; what they did stays theirs."""
    return end_person(services.office.store, name, at=utc_now())


@router.get("/session", summary="当前登录 / who asks")
@needs(Act.LOOK)
@own
def session(who: Who) -> SessionAnswer:
    """Whoever asks, as we know them."""
    return _told(who)


@router.post("/session", status_code=201, summary="登录 / log in")
@needs(Act.LOOK)
@open_to_all
def enter(
    body: Credentials, request: Request, response: Response, services: Serving
) -> SessionAnswer:
    """Log in by name and password; the session is carried by a cookie."""
    entered = log_in(
        services.office, name=body.name, password=body.password, code=body.code,
        device=request.cookies.get(DEVICE, ""), address=address_of(request), at=utc_now(),
    )  # fmt: skip
    carry(response, request, entered)
    return _told(asker_of(entered.user))


@router.delete("/session", status_code=204, summary="退出 / log out")
@needs(Act.LOOK)
@own
def leave(request: Request, response: Response, services: Serving) -> None:
    """End this session."""
    held = known(request)
    if held is not None:
        services.end_session(held)
    let_go(response)


def _told(who: Asker) -> SessionAnswer:
    scope = who.scope
    return SessionAnswer(
        who.id, who.name, str(who.role), who.role.term, scope.institution, who.department,
        scope.divisions, scope.purpose, tuple(sorted(str(act) for act in who.acts)),
    )  # fmt: skip
