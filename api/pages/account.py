"""The page of one's own account: password, second factor, log-ins."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Serving, known
from api.needs import needs, own
from api.pages.coming_back import came_from
from api.pages.english.speaking import message_of
from api.pages.rendering import page, see_other
from api.pages.start import start_of
from api.security.account import (
    begin_second_factor,
    choose_purpose,
    confirm_second_factor,
    drop_second_factor,
    end_session,
    own_sessions,
    set_password,
)
from api.security.known import Known
from graph.errors import BusyError, InputError, NotFoundError
from graph.time import utc_now

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_UNPROCESSABLE = 422
#: How a log-in began, in Chinese.
_BY = {"password": "密码", "link": "一次性链接", "external": "外部登录"}


async def _logged_in(request: Request) -> Known:
    """Raises `NotFoundError` for whoever uses this machine: they have no account."""
    found = known(request)
    if found is None:
        raise NotFoundError(
            "本机管理员没有账户。", "Whoever uses this machine has no account.", code="no_account"
        )
    return found


Own = Annotated[Known, Depends(_logged_in)]
Typed = Annotated[str, Form(max_length=200)]


@router.get("/account")
@needs(Act.LOOK)
@own
def account(held: Own, services: Serving) -> HTMLResponse:
    """Whose account it is, and what may be changed."""
    return _shown(held, services)


@router.post("/account/password")
@needs(Act.LOOK)
@own
def password(
    held: Own, services: Serving, new: Typed = "", again: Typed = "", old: Typed = ""
) -> Response:
    """Choose a password; the other log-ins end."""
    try:
        set_password(services.office, held, old=old, new=new, again=again, at=utc_now())
    except (InputError, BusyError) as error:
        return _shown(held, services, error=message_of(error))
    return see_other("/account")


@router.post("/account/purpose")
@needs(Act.LOOK)
@own
def ask_for(request: Request, held: Own, services: Serving, purpose: Typed = "") -> Response:
    """Ask for another purpose from now on, and go on where it was chosen."""
    choose_purpose(services.office, held, purpose)
    return see_other(came_from(request) or start_of(held.asker))


@router.post("/account/second-factor")
@needs(Act.LOOK)
@own
def begin(held: Own, services: Serving) -> HTMLResponse:
    """What the authenticator is shown."""
    return _enrolling(held, services)


@router.post("/account/second-factor/confirmation")
@needs(Act.LOOK)
@own
def confirm(held: Own, services: Serving, nonce: Typed = "", code: Typed = "") -> HTMLResponse:
    """Keep it once a code was shown; the recovery codes stand on this page and nowhere else."""
    try:
        codes = confirm_second_factor(services.office, held, nonce=nonce, code=code, at=utc_now())
    except InputError as error:
        return _enrolling(held, services, error=message_of(error))
    return page("recovery_codes.html", codes=codes)


@router.post("/account/second-factor/end")
@needs(Act.LOOK)
@own
def drop(held: Own, services: Serving, code: Typed = "") -> Response:
    """Go without."""
    try:
        drop_second_factor(services.office, held, code=code, at=utc_now())
    except InputError as error:
        return _shown(held, services, error=message_of(error))
    return see_other("/account")


@router.post("/account/sessions/{number}/end")
@needs(Act.LOOK)
@own
def end(held: Own, services: Serving, number: Annotated[Whole, Path(ge=1, le=MOST)]) -> Response:
    """End a log-in of one's own."""
    end_session(services.office, held, number, at=utc_now())
    return see_other("/account")


def _shown(held: Known, services: Any, *, error: str = "") -> HTMLResponse:
    return page(
        "account.html",
        _UNPROCESSABLE if error else 200,
        user=held.user,
        institutions=services.institution_names(),
        came_by_link=held.session.by == "link",
        sessions=own_sessions(services.office, held, at=utc_now()),
        by=_BY,
        error=error,
    )


def _enrolling(held: Known, services: Any, *, error: str = "") -> HTMLResponse:
    shown = begin_second_factor(services.office, held)
    return page(
        "second_factor.html",
        _UNPROCESSABLE if error else 200,
        nonce=shown.nonce,
        typed=shown.typed,
        picture=Markup(shown.svg),  # noqa: S704 - drawn here, of our own letters
        error=error,
    )
