"""A subject's own view, without a log-in: by a link from the window, and its own number.

The link is opened once.  What it opens is a view for half an hour, kept by a cookie of this page alone.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.audit_book import AuditBook
from api.dependencies import Serving
from api.needs import EVERY_CLASS, needs, open_to_all
from api.pages.english.speaking import message_of
from api.pages.rendering import page, see_other
from api.pages.typed_form import TypedForm
from api.rate_limit import RateLimit
from api.services import Services
from graph.errors import ForbiddenError, InputError, NotFoundError
from graph.time import utc_now
from ingest.repair import open_case
from queries.consent.desk import consents_of, revoke_consent, text_of, typed_subject
from queries.consent.own_view import (
    FREE_REPORTS,
    OWN_SCOPE,
    REQUESTS,
    asked_about,
    close_view,
    enter_request,
    held_of,
    issue_report,
    link_waits,
    open_link,
    reports_of,
    requests_of,
    view_of,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

#: Whoever guesses at links.
OPENING = RateLimit(most=20, seconds=600)

_COOKIE = "xinnong_mine"
_FORBIDDEN, _UNPROCESSABLE = 403, 422
_MOST_CONSENTS = 200
_BY_ITSELF = "本人（自助）"

Token = Annotated[str, Path(max_length=128)]
Number = Annotated[Whole, Path(ge=1, le=MOST)]


def _subject(request: Request, services: Serving) -> str:
    """Whose view the cookie opens; raises `NotFoundError` (`link_unknown`)."""
    secret = request.cookies.get(_COOKIE, "")
    return view_of(services.office, secret, at=utc_now()).subject


Own = Annotated[str, Depends(_subject)]


@router.get("/mine/links/{token}")
@open_to_all
@needs(Act.LOOK)
def ask(token: Token, services: Serving) -> HTMLResponse:
    """The form that asks for the subject's own number; looking uses nothing up."""
    waits = link_waits(services.office, token, at=utc_now())
    return page("own_link.html", 200 if waits else 404, token=token, waits=waits, error="")


@router.post("/mine/links/{token}", dependencies=[Depends(OPENING)])
@open_to_all
@needs(Act.LOOK)
def open_view(token: Token, request: Request, services: Serving, form: TypedForm) -> Response:
    """Open the link: once, by the subject's own number."""
    try:
        key: str | None = typed_subject(services.office, form.get("number", "")).key
    except InputError:
        key = None
    # a key of ours is no number that only the subject has
    if key is not None and form.get("number", "").startswith(("person:", "household:", "org:")):
        key = None
    try:
        secret = open_link(services.office, token, key, at=utc_now())
    except ForbiddenError as error:
        return page(
            "own_link.html", _FORBIDDEN, token=token, waits=True, error=message_of(error)
        )  # fmt: skip
    except NotFoundError:
        return page("own_link.html", 404, token=token, waits=False, error="")
    answer = see_other("/mine")
    answer.set_cookie(
        _COOKIE,
        secret,
        path="/mine",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.get("/mine")
@open_to_all
@needs(Act.LOOK, *EVERY_CLASS)
def view(subject: Own, services: Serving) -> HTMLResponse:
    """What is held, who asked, the consents, what was asked for, the reports."""
    return _view(subject, services)


@router.post("/mine/consents/{number}/revocation")
@open_to_all
@needs(Act.LOOK)
def revoke(number: Number, subject: Own, services: Serving, form: TypedForm) -> Response:
    """Revoke a consent of one's own; another's is unknown."""
    mine = consents_of(
        services.office, OWN_SCOPE, at=utc_now(), subject=subject, limit=_MOST_CONSENTS
    )
    if number not in {one.number for one in mine.rows}:
        raise NotFoundError(
            "没有这份授权。请核对编号。", "There is no such consent.", code="consent_unknown"
        )
    revoke_consent(
        services.office,
        OWN_SCOPE,
        number,
        how="线上",
        reason=form.get("reason", ""),
        by=_BY_ITSELF,
        at=utc_now(),
    )
    return see_other("/mine")


@router.post("/mine/requests")
@open_to_all
@needs(Act.LOOK, *EVERY_CLASS)
def request_for(subject: Own, services: Serving, form: TypedForm) -> Response:
    """Object, ask for a correction or a deletion; an objection to a public record freezes it."""
    kind, about, said = (form.get(name, "") for name in ("kind", "about", "said"))
    record_kind, _, record = about.partition(":")
    ours = held_of(services.reader(OWN_SCOPE), subject) if record else ()
    label = about
    for one in (fact for group in ours for fact in group.facts):
        if one.key == record and one.kind == record_kind:
            label = one.label
            if kind == "objection":
                open_case(
                    services.office.settings,
                    "objection",
                    record_kind,
                    record,
                    by=_BY_ITSELF,
                    stated={"reason": said},
                    store=services.office.store,
                )
    enter_request(services.office, subject, kind, about=label, said=said, at=utc_now())
    return see_other("/mine")


@router.post("/mine/reports")
@open_to_all
@needs(Act.LOOK, *EVERY_CLASS)
def report(subject: Own, services: Serving) -> HTMLResponse:
    """A report to print, with its number: which of the year's it is, and whether it is free."""
    made = issue_report(services.office, subject, channel="online", by=_BY_ITSELF, at=utc_now())
    return _view(subject, services, number=made.number, place=made.place)


@router.post("/mine/closing")
@open_to_all
@needs(Act.LOOK)
def close(request: Request, services: Serving) -> Response:
    """End the view, on a computer that others use too."""
    close_view(services.office, request.cookies.get(_COOKIE, ""), at=utc_now())
    answer = page("own_closed.html")
    answer.delete_cookie(_COOKIE, path="/mine")
    return answer


def _view(
    subject: str, services: Services, *, number: int | None = None, place: int = 0
) -> HTMLResponse:
    at = utc_now()
    reader = services.reader(OWN_SCOPE)
    consents = consents_of(services.office, OWN_SCOPE, at=at, subject=subject, limit=_MOST_CONSENTS)
    institutions = {one.institution for one in consents.rows}
    return page(
        "own_view.html",
        name=reader.name(subject),
        held=held_of(reader, subject),
        asked=asked_about(services.office, subject, trails=[AuditBook(services).asked]),
        consents=consents.rows,
        texts={one.number: text_of(services.office, one) for one in consents.rows},
        names=reader.names(institutions),
        requests=requests_of(services.office, subject),
        kinds=REQUESTS,
        reports=reports_of(services.office, subject, at=at),
        free=FREE_REPORTS,
        number=number,
        place=place,
        at=at,
    )
