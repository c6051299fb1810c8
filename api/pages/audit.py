"""Pages of the audit: search, one entry, the check with its sheet of heads, alerts and the list."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.audit_book import AuditBook, AuditPage, Wanted
from api.dependencies import Serving
from api.needs import needs
from api.pages.english.speaking import message_of
from api.pages.navigation import Entry, navigation
from api.pages.rendering import page, see_other
from api.pages.typed_form import TypedForm
from graph.errors import InputError
from graph.information import InformationClass
from graph.time import parse_date

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("管理", 95, "/audit", "审计", "谁在何时为何查阅了谁、办理了什么；异常查阅预警"),
    Entry("管理", 96, "/audit/alerts", "查阅预警"),
)

#: Rows on a page.
_ON_A_PAGE = 50
_OK, _UNPROCESSABLE = 200, 422
_NOTHING = Wanted()
_CLASSES = {item.value: item.term for item in InformationClass}

Number = Annotated[Whole, Path(ge=1, le=MOST)]
Offset = Annotated[Whole, Query(ge=0, le=MOST)]


@router.get("/audit")
@needs(Act.AUDIT)
def newest(services: Serving) -> HTMLResponse:
    """The newest entries, and the form of a search."""
    return _shown(AuditBook(services).search(_NOTHING, limit=_ON_A_PAGE))


@router.post("/audit")
@needs(Act.AUDIT)
def search(services: Serving, form: TypedForm) -> HTMLResponse:
    """What was found; a form, since whom one looks for stands in no address."""
    try:
        wanted = Wanted(
            form.get("who") or None,
            form.get("subject") or None,
            parse_date(form["from_on"]) if form.get("from_on") else None,
            parse_date(form["to_on"]) if form.get("to_on") else None,
            form.get("act") or None,
            form.get("number") or None,
        )
        told = form.get("before", "")
        before = int(told) if told.isascii() and told.isdigit() and len(told) < 12 else None
        found = AuditBook(services).search(wanted, before=before, limit=_ON_A_PAGE)
    except InputError as error:
        return _shown(AuditPage(0, []), given=form, error=message_of(error))
    return _shown(found, given=form, is_older=before is not None)


@router.get("/audit/alerts")
@needs(Act.AUDIT)
def alerts(services: Serving, offset: Offset = 0) -> HTMLResponse:
    """Unusual reading, and who is watched."""
    return _alerts(services, offset=offset)


@router.post("/audit/alerts/{number}/finding")
@needs(Act.AUDIT)
def look_into(number: Number, services: Serving, form: TypedForm) -> Response:
    """What was found of an alert."""
    try:
        AuditBook(services).look_into(
            number, by=form.get("by", ""), finding=form.get("finding", "")
        )
    except InputError as error:
        return _alerts(services, error=message_of(error))
    return see_other("/audit/alerts")


@router.post("/audit/watches")
@needs(Act.AUDIT)
def watch(services: Serving, form: TypedForm) -> Response:
    """Watch a subject, or say which subject a reader is."""
    try:
        AuditBook(services).watch(
            form.get("subject", ""),
            why=form.get("why", ""),
            by=form.get("by", ""),
            who=form.get("who", ""),
        )
    except InputError as error:
        return _alerts(services, given=form, error=message_of(error))
    return see_other("/audit/alerts")


@router.post("/audit/watches/{number}/end")
@needs(Act.AUDIT)
def end_watch(number: Number, services: Serving, form: TypedForm) -> Response:
    """Watch one no more."""
    try:
        AuditBook(services).end_watch(number, by=form.get("by", ""))
    except InputError as error:
        return _alerts(services, error=message_of(error))
    return see_other("/audit/alerts")


@router.get("/audit/heads")
@needs(Act.AUDIT)
def heads(services: Serving) -> HTMLResponse:
    """Whether the chain is whole, and the sheet of heads to be printed and kept elsewhere."""
    book = AuditBook(services)
    return page("audit_heads.html", here="/audit", check=book.check(), heads=book.heads()[-31:])


@router.post("/audit/heads")
@needs(Act.AUDIT)
def seal(services: Serving) -> Response:
    """Sign the last entry."""
    AuditBook(services).seal()
    return see_other("/audit/heads")


@router.get("/audit/{number}")
@needs(Act.AUDIT)
def entry(number: Number, services: Serving) -> HTMLResponse:
    """One entry, with whom it is about."""
    found = AuditBook(services).entry(number)
    items = [_CLASSES.get(code, code) for code in found.items]
    return page("audit_entry.html", here="/audit", one=found, items=items, way=_way(found.way))


def _shown(
    found: AuditPage,
    *,
    given: dict[str, str] | None = None,
    is_older: bool = False,
    error: str = "",
) -> HTMLResponse:
    return page(
        "audit.html",
        _UNPROCESSABLE if error else _OK,
        here="/audit",
        found=found,
        ways=[_way(one.way) for one in found.entries],
        given=given or {},
        acts=list(Act),
        is_older=is_older,
        error=error,
    )


def _alerts(
    services: Serving,
    *,
    offset: int = 0,
    given: dict[str, str] | None = None,
    error: str = "",
) -> HTMLResponse:
    book = AuditBook(services)
    return page(
        "audit_alerts.html",
        _UNPROCESSABLE if error else _OK,
        here="/audit/alerts",
        found=book.alerts(limit=_ON_A_PAGE, offset=offset),
        watches=book.watches(),
        given=given or {},
        offset=offset,
        step=_ON_A_PAGE,
        error=error,
    )


def _way(way: str) -> str:
    """By which way, in Chinese: the page that it belongs to, an interface, or a command."""
    method, _, path = way.partition(" ")
    if method == "xinnong":
        return "命令行"
    if path.startswith("/v1"):
        return "接口"
    every = [item for desk in navigation().values() for item in desk if item.path != "/"]
    held = [item for item in every if path == item.path or path.startswith(f"{item.path}/")]
    return f"页面：{max(held, key=lambda item: len(item.path)).title}" if held else "页面"
