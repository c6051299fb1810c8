"""Logging in by an external issuer: sent there, and come back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.acts import Act
from api.admission import any_query
from api.dependencies import Serving
from api.needs import needs, open_to_all
from api.pages.english.speaking import message_of
from api.pages.rendering import page
from api.pages.start import start_of
from api.security.bearer import issuer_of
from api.security.cookies import address_of, carry
from api.security.external_login import MINUTES, Returned, begin, come_back
from api.security.known import asker_of
from api.security.oidc import ExternalLoginError, Issuer, external_issuer
from api.security.own_path import own_path
from graph.errors import NotFoundError
from graph.time import utc_now

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_HERE, _BACK = "/login/oidc", "/login/oidc/callback"
#: Carries what a browser that was sent off is known by.
_CARRIED = "xinnong_external"
_UNAUTHORISED, _UNAVAILABLE, _SEE_OTHER = 401, 503, 303

Told = Annotated[str, Query(max_length=4_000)]


@router.get(_HERE)
@needs(Act.LOOK)
@open_to_all
def leave(
    request: Request, services: Serving, leads_to: Annotated[str, Query(alias="next")] = ""
) -> Response:
    """Send the browser to the issuer."""
    try:
        sent = begin(
            _trusted(services), services.office, back=_back(request, services),
            leads_to=own_path(leads_to, ""), at=utc_now(),
        )  # fmt: skip
    except ExternalLoginError as error:
        return _refused(error)
    answer = RedirectResponse(sent.address, _SEE_OTHER)
    # it has to be sent along when the issuer leads back here: that is another site
    answer.set_cookie(
        _CARRIED, sent.state, max_age=60 * MINUTES, path=_HERE, httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


@router.get(_BACK)
@needs(Act.LOOK)
@open_to_all
@any_query
def back(
    request: Request,
    services: Serving,
    state: Told = "",
    code: Told = "",
    iss: Told | None = None,
    error: Told = "",
) -> Response:
    """Take up a log-in that comes back."""
    told = Returned(request.cookies.get(_CARRIED, ""), state, code, iss, error)
    try:
        entered, leads_to = come_back(
            _trusted(services), services.office, told, back=_back(request, services),
            address=address_of(request), at=utc_now(),
        )  # fmt: skip
    except ExternalLoginError as refused:
        answer: Response = _refused(refused)
    else:
        # the browser was led here from another site: it brings our cookie only where it goes on by itself
        goes_on = own_path(leads_to, start_of(asker_of(entered.user)))
        answer = page("external_login.html", goes_on=goes_on)
        carry(answer, request, entered)
    answer.delete_cookie(_CARRIED, path=_HERE, httponly=True, samesite="lax")
    return answer


def _trusted(services: Serving) -> Issuer:
    found = external_issuer(services.office.settings)
    if found is None:
        raise NotFoundError(
            "本系统没有接入统一身份认证。请用登录名和密码登录。",
            "No external issuer is trusted here (XINNONG_OIDC_ISSUER).",
            code="no_external_issuer",
        )
    return found


def _back(request: Request, services: Serving) -> str:
    return issuer_of(request, services.office.settings) + _BACK


def _refused(error: ExternalLoginError) -> HTMLResponse:
    status = _UNAVAILABLE if error.cause_code == "external_unavailable" else _UNAUTHORISED
    return page("login.html", status, leads_to="", name="", error=message_of(error), external=True)
