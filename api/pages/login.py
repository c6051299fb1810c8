"""Pages of the log-in: by name and password, by a one-time link, and out again."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import URL

from api.acts import Act
from api.dependencies import Serving, known
from api.needs import needs, open_to_all
from api.pages.english.speaking import message_of
from api.pages.navigation import entry_of
from api.pages.rendering import page, see_other
from api.pages.start import start_of
from api.security import Role, policy_of
from api.security.cookies import DEVICE, address_of, carry, let_go
from api.security.known import asker_of
from api.security.login import Entered, LinkOf, enter_by_link, link_of, log_in
from api.security.own_path import own_path
from graph.errors import BusyError, LoginError
from graph.time import utc_now

__all__ = ["login_path", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_OK, _UNAUTHORISED, _TOO_OFTEN, _GONE = 200, 401, 429, 410

Typed = Annotated[str, Form(max_length=200)]
Token = Annotated[str, Path(max_length=128, pattern="^[A-Za-z0-9_-]+$")]


def login_path(asked: URL, method: str = "GET") -> str:
    """Where somebody logs in who asked for that, and is then led on to it."""
    if method not in ("GET", "HEAD") or asked.path == "/":
        return "/login"
    return f"/login?next={quote(asked.path + (f'?{asked.query}' if asked.query else ''))}"


@router.get("/login")
@needs(Act.LOOK)
@open_to_all
def form(
    request: Request, services: Serving, leads_to: Annotated[str, Query(alias="next")] = ""
) -> Response:
    """The form; who is inside is led on."""
    held = known(request)
    if held is not None:
        return see_other(own_path(leads_to, start_of(held.asker)))
    return page(
        "login.html", leads_to=own_path(leads_to, ""), name="", error="",
        external=_has_issuer(services),
    )  # fmt: skip


@router.post("/login")
@needs(Act.LOOK)
@open_to_all
def enter(
    request: Request,
    services: Serving,
    name: Typed = "",
    password: Typed = "",
    code: Typed = "",
    leads_to: Annotated[str, Form(alias="next", max_length=1_000)] = "",
) -> Response:
    """Log in; the session is a new one, whatever the browser carried before."""
    try:
        entered = log_in(
            services.office, name=name, password=password, code=code,
            device=request.cookies.get(DEVICE, ""), address=address_of(request), at=utc_now(),
        )  # fmt: skip
    except (LoginError, BusyError) as error:
        status = _TOO_OFTEN if isinstance(error, BusyError) else _UNAUTHORISED
        return page(
            "login.html", status, leads_to=own_path(leads_to, ""), name=name, error=message_of(error),
            external=_has_issuer(services),
        )  # fmt: skip
    return _inside(request, entered, leads_to)


@router.get("/login/link/{token}")
@needs(Act.LOOK)
@open_to_all
def link(token: Token, services: Serving) -> HTMLResponse:
    """For whom a one-time link is; to open it uses nothing up, whoever looks at it on the way."""
    found = link_of(services.office, token, at=utc_now())
    return _of_link(found, token, _OK if found else _GONE)


@router.post("/login/link/{token}")
@needs(Act.LOOK)
@open_to_all
def use(request: Request, token: Token, services: Serving, code: Typed = "") -> Response:
    """Use a link up, and be inside."""
    try:
        entered = enter_by_link(
            services.office, token, code=code, address=address_of(request), at=utc_now()
        )
    except (LoginError, BusyError) as error:
        found = link_of(services.office, token, at=utc_now())
        status = _TOO_OFTEN if isinstance(error, BusyError) else _UNAUTHORISED
        return _of_link(found, token, status, error=message_of(error))
    return _inside(request, entered, "")


@router.post("/logout")
@needs(Act.LOOK)
@open_to_all
def leave(request: Request, services: Serving) -> Response:
    """End this session."""
    held = known(request)
    if held is not None:
        services.end_session(held)
    answer = see_other("/login")
    let_go(answer)
    return answer


def _of_link(found: LinkOf | None, token: str, status: int, *, error: str = "") -> HTMLResponse:
    """Who somebody will be by a link, and where they will begin."""
    role = Role(found.role) if found else None
    return page(
        "login_link.html", status, found=found, token=token, error=error,
        role=role, begins=entry_of(policy_of(role).start) if role else None,
    )  # fmt: skip


def _has_issuer(services: Serving) -> bool:
    return services.office.settings.oidc_issuer is not None


def _inside(request: Request, entered: Entered, leads_to: str) -> Response:
    begins = "/account" if entered.user.must_change else start_of(asker_of(entered.user))
    if not entered.user.must_change:
        begins = own_path(leads_to, begins)
    answer = see_other(begins)
    carry(answer, request, entered)
    return answer
