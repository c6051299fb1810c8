"""Pages of consents: registering at the window, the list, one consent with its receipt, its end."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import UploadFile

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Reading, Scoped, Serving
from api.needs import asked, needs
from api.pages.english.speaking import message_of
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from graph.errors import InputError
from graph.time import parse_date, today, utc_now
from queries.consent import AskedConsent, Channel, Mode, consent_rules, find_purpose
from queries.consent.desk import (
    confirm_consent,
    consent_view,
    consents_of,
    enter_consent,
    kept_scan,
    revoke_consent,
    store_scan,
    text_of,
    typed_subject,
    use_consent,
)
from queries.consent.own_view import answer_request, make_link, open_requests

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信贷", 60, "/consents", "信息授权", "登记、查看和撤回信息主体的授权，办理本人查询"),
)

_ON_A_PAGE = 50
_OK, _UNPROCESSABLE = 200, 422
#: A scan, and what else a form holds.
_MOST_FORM = 9 << 20
_CHANNELS = {channel.value: channel for channel in Channel}
_MODES = {mode.value: mode for mode in Mode}

Number = Annotated[Whole, Path(ge=1, le=MOST)]
Offset = Annotated[Whole, Query(ge=0, le=MOST)]


class Filled:
    """What a form holds: texts by name, what was ticked of `items`, and the scan."""

    def __init__(self, told: dict[str, str], items: tuple[str, ...], scan: bytes) -> None:
        self.told, self.items, self.scan = told, items, scan

    def get(self, name: str) -> str:
        """A text, empty where it was not filled in."""
        return self.told.get(name, "")


async def _form(request: Request) -> Filled:
    # what was spooled is closed with it
    async with request.form() as form:
        items = tuple(str(value) for value in form.getlist("items"))
        scan, told = b"", {}
        for name, value in form.items():
            if isinstance(value, UploadFile):
                scan = await value.read()
            else:
                told[name] = value.strip()
    return Filled(told, items, scan)


Form = Annotated[Filled, Depends(_form)]


@router.get("/consents")
@needs(Act.CONSENT)
def listed(scope: Scoped, services: Serving, offset: Offset = 0, purpose: str = "") -> HTMLResponse:
    """Consents to one's institution, and the form of a new one for a purpose."""
    return _listed(scope, services, offset=offset, purpose=purpose)


@router.post("/consents", max_body_size=_MOST_FORM)
@needs(Act.CONSENT)
def register(scope: Scoped, services: Serving, form: Form) -> Response:
    """Register what a subject agreed to at the window."""
    try:
        if not form.get("institution") and scope.institution is None:
            raise InputError(
                "请填写被授权机构的编号。", "Name the institution.", code="consent_incomplete"
            )
        subject = typed_subject(services.office, form.get("subject"))
        asked = AskedConsent(
            subject=subject.key,
            birth_on=subject.birth_on,
            institution=form.get("institution") or scope.institution or "",
            institution_name=form.get("institution_name"),
            contact=form.get("contact"),
            office_contact=form.get("office_contact"),
            purpose=form.get("purpose"),
            items=form.items,
            mode=_MODES.get(form.get("mode"), Mode.CONTINUOUS),
            channel=_CHANNELS.get(form.get("channel"), Channel.WINDOW),
            frequency=form.get("frequency"),
            from_on=parse_date(form.get("from_on")),
            to_on=parse_date(form.get("to_on")) if form.get("to_on") else None,
            sensitive_tick=form.get("sensitive_tick") == "yes",
            onward_tick=form.get("onward_tick") == "yes",
            evidence_sha256=store_scan(services.office, form.scan) if form.scan else None,
            guardian=form.get("guardian"),
        )
        made = enter_consent(services.office, scope, asked, by=form.get("by"), at=utc_now())
    except InputError as error:
        return _listed(
            scope, services, purpose=form.get("purpose"), given=form.told, error=message_of(error)
        )
    return see_other(f"/consents/{made.number}")


@router.post("/consents/search")
@needs(Act.CONSENT)
def search(scope: Scoped, services: Serving, form: Form) -> HTMLResponse:
    """Consents of somebody, by the number that was typed."""
    try:
        key = typed_subject(services.office, form.get("subject")).key
    except InputError as error:
        return _listed(scope, services, error=message_of(error))
    return _listed(scope, services, subject=key)


@router.get("/consents/{number}")
@needs(Act.CONSENT, *asked("party_card"))
def one(number: Number, scope: Scoped, services: Serving, reader: Reading) -> HTMLResponse:
    """One consent: its receipt, its text, and what may be done with it."""
    found = consent_view(services.office, scope, number, at=utc_now())
    names = reader.names([found.subject, found.institution])
    text = text_of(services.office, found)
    return page("consent.html", here="/consents", one=found, text=text, names=names)


@router.get("/consents/{number}/scan")
@needs(Act.CONSENT)
def scan(number: Number, scope: Scoped, services: Serving) -> Response:
    """The scan of what was signed."""
    found = consent_view(services.office, scope, number, at=utc_now())
    content, kind = kept_scan(services.office, found)
    name = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}[kind]
    where = {"Content-Disposition": f'attachment; filename="consent-{number}.{name}"'}
    return Response(content, media_type=kind, headers=where)


@router.post("/consents/{number}/confirmation")
@needs(Act.CONSENT)
def confirm(number: Number, scope: Scoped, services: Serving, form: Form) -> Response:
    """A second person has looked at the paper."""
    confirm_consent(services.office, scope, number, by=form.get("by"), at=utc_now())
    return see_other(f"/consents/{number}")


@router.post("/consents/{number}/revocation")
@needs(Act.CONSENT)
def revoke(number: Number, scope: Scoped, services: Serving, form: Form) -> Response:
    """End a consent at the subject's wish."""
    revoke_consent(
        services.office,
        scope,
        number,
        how="窗口",
        reason=form.get("reason"),
        by=form.get("by"),
        at=utc_now(),
    )
    return see_other(f"/consents/{number}")


@router.post("/consents/{number}/use")
@needs(Act.CONSENT)
def use(number: Number, scope: Scoped, services: Serving, form: Form) -> Response:
    """A consent for once was used."""
    use_consent(
        services.office, scope, number, reason=form.get("reason"), by=form.get("by"), at=utc_now()
    )
    return see_other(f"/consents/{number}")


@router.post("/consents/links")
@needs(Act.CONSENT)
def link(services: Serving, form: Form) -> HTMLResponse:
    """A link for a subject to look at what is held of it: shown once, to be handed over."""
    subject = typed_subject(services.office, form.get("subject"))
    token = make_link(services.office, subject.key, by=form.get("by"), at=utc_now())
    return page("own_link_made.html", here="/consents", path=f"/mine/links/{token}")


@router.post("/consents/requests/{number}")
@needs(Act.OFFICE)
def answer(number: Number, services: Serving, form: Form) -> Response:
    """Answer what a subject asked of what is held of it."""
    answer_request(services.office, number, form.get("answer"), by=form.get("by"), at=utc_now())
    return see_other("/consents")


def _listed(
    scope: Scoped,
    services: Serving,
    *,
    offset: int = 0,
    purpose: str = "",
    subject: str | None = None,
    given: dict[str, str] | None = None,
    error: str = "",
) -> HTMLResponse:
    rules = consent_rules()
    chosen = find_purpose(purpose or rules.purposes[0].code)
    found = consents_of(
        services.office,
        scope,
        at=utc_now(),
        subject=subject,
        limit=rows_shown(_ON_A_PAGE),
        offset=offset,
    )
    return page(
        "consents.html",
        _UNPROCESSABLE if error else _OK,
        here="/consents",
        found=found,
        institutions=services.institution_names(),
        offset=offset,
        step=_ON_A_PAGE,
        rules=rules,
        chosen=chosen,
        classes=sorted(chosen.classes, key=lambda item: item.value),
        searched=subject is not None,
        institution=scope.institution or "",
        requests=open_requests(services.office) if scope.is_of_the_office else [],
        given=given or {"from_on": today().isoformat()},
        error=error,
    )
