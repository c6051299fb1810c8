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
from api.rights_noted import WAITING, or_waiting
from api.security import Asker
from api.security.cookies import DEVICE, address_of, carry, let_go
from api.security.known import asker_of
from api.security.login import log_in
from api.security.people import Person, end_person, list_people, person
from api.security.rights import RightsView, actor_of
from api.security.user_rights import add_user, change_user, drop_second_factor_of, link_of_user
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


@router.post("/users", status_code=201, responses=WAITING, summary="新增用户 / enter a user")
@needs(Act.PEOPLE)
@once_by_key
def add(
    body: NewUser, request: Request, response: Response, services: Serving, who: Who
) -> Person | RightsView:
    """Enter a user without a password, who logs in by a link first; where there is a second
    administrator, once that one confirmed (202)."""
    made = add_user(services.office, **body.model_dump(), actor=actor_of(who), at=utc_now())
    return or_waiting(request, response, made, made.user)


@router.get("/users/{name}", summary="一名用户 / one user")
@needs(Act.PEOPLE)
@editable
def one(name: Name, services: Serving) -> Person:
    """One, as they are now; nothing by which one could log in."""
    return person(services.office.store, name)


@router.patch("/users/{name}", responses=WAITING, summary="修改用户 / change a user")
@needs(Act.PEOPLE)
@if_match(one)
def change(
    name: Name,
    body: UserChange,
    request: Request,
    response: Response,
    services: Serving,
    who: Who,
) -> Person | RightsView:
    """Change what is told, from their next request on; what gives rights once a second administrator
    confirmed (202)."""
    told = body.model_dump()
    made = change_user(services.office, name, **told, actor=actor_of(who), at=utc_now())
    return or_waiting(request, response, made, made.user)


@router.post(
    "/users/{name}/link",
    status_code=201,
    responses=WAITING,
    summary="一次性登录链接 / a one-time link",
)
@needs(Act.PEOPLE)
def link(
    name: Name, request: Request, response: Response, services: Serving, who: Who
) -> LinkAnswer | RightsView:
    """A link for a day, used once; one that was made before is of no use any more.  For another
    administrator a second person confirms it (202)."""
    made = link_of_user(services.office, name, actor=actor_of(who), at=utc_now())
    path = None if made.path is None else LinkAnswer(made.path)
    return or_waiting(request, response, made, path)


@router.post(
    "/users/{name}/second-factor/end",
    responses=WAITING,
    summary="取消动态口令 / take a second factor away",
)
@needs(Act.PEOPLE)
def drop_factor(
    name: Name, request: Request, response: Response, services: Serving, who: Who
) -> Person | RightsView:
    """Take a lost second factor away, once a second administrator confirmed (202)."""
    made = drop_second_factor_of(services.office, name, actor=actor_of(who), at=utc_now())
    return or_waiting(request, response, made, made.user)


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
