"""The desk of who lends, the loans of their own institution past their day, and whom they watch."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Asking, Key, Reading, Serving
from api.desk_line import Patience, yesterday
from api.lending_desk import LendingDesk, past_due
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, see_other, waiting
from ingest import load_source, source_names
from ingest.delivery.changes import changes_since
from queries.lending import PAST_DUE
from queries.monitoring import note_seen, unwatch, watch, watch_news
from queries.reader import Reader

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_HERE, _WATCHING = "/lending-desk", "/watching"
ENTRIES = (
    Entry("信贷", 5, _HERE, "今日办理", "在办申请、本机构逾期和到期的贷款、走访和关注"),
    Entry("信贷", 55, _WATCHING, "我的关注"),
)

_ON_A_PAGE = 50
_DOING = "正在按全区的记录查找变化。"
_NAME = re.compile("[0-9a-f]{64}")


@router.get("/lending-desk")
@needs(Act.DECIDE, *EVERY_CLASS)
def desk(reader: Reading, services: Serving, who: Asking) -> HTMLResponse:
    """Every number of the day, of the asker's own institution."""
    # a borrower is opened next, and the engine takes long over what a role asks first
    services.warm(reader.scope)
    told = LendingDesk(services, reader, who, Patience(PATIENCE))
    groups = told.groups()
    demands = told.demands.rows if told.demands else ()
    subjects = [one.subject for one in demands if one.subject is not None]
    sees = frozenset(name for name in source_names() if _is_seen(reader, name))
    return page(
        "lending_desk.html",
        here=_HERE,
        groups=groups,
        demands=demands,
        names=reader.names(subjects) if subjects else {},
        products={name: product.title for name, product in reader.products.items()},
        changes=changes_since(
            reader.moment.batches, yesterday(reader.moment.as_of), sees=sees.__contains__
        ),
        waits=any(line.number is None for group in groups for line in group.lines),
        basis_told=reader.basis,
    )


@router.get("/lending-desk/past-due")
@needs(Act.DECIDE, *EVERY_CLASS)
def loans(
    request: Request,
    reader: Reading,
    who: Asking,
    state: Literal["", "overdue", "matured", "to_verify"] = "",
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
) -> HTMLResponse:
    """Loans past their day of the asker's institution, as far as they see them."""
    every = past_due(reader, who.scope.institution, within=PATIENCE)
    if every is None:
        return waiting(request, "正在核对本机构的贷款。", here=_HERE)
    found = [one for one in every if state in ("", one.state)]
    shown = found[offset : offset + rows_shown(_ON_A_PAGE)]
    parties = [party for one in shown for party in one.borrowers]
    return page(
        "past_due.html",
        here=_HERE,
        shown=shown,
        total=len(found),
        states=PAST_DUE,
        state=state,
        names=reader.names(parties) if parties else {},
        offset=offset,
        step=_ON_A_PAGE,
        basis_told=reader.basis,
    )


@router.get("/watching")
@needs(Act.ASK, *EVERY_CLASS)
def watching(request: Request, reader: Reading, services: Serving, who: Asking) -> HTMLResponse:
    """Whom the asker watches, and what is new of them."""
    found = watch_news(reader, services.office.store, who.id, within=PATIENCE)
    if found is None:
        return waiting(request, _DOING, here=_WATCHING)
    seen = reader.known_among(one.subject for one in found.subjects) if found.subjects else []
    return page(
        "watching.html",
        here=_WATCHING,
        subjects=[one for one in found.subjects if one.subject in seen],
        total=len(found.warnings),
        warnings=found.warnings[: rows_shown(_ON_A_PAGE)],
        names=reader.names(seen) if seen else {},
        basis_told=reader.basis,
    )


@router.post("/parties/{key}/watching")
@needs(Act.ASK, *EVERY_CLASS)
def begin(
    key: Key,
    reader: Reading,
    services: Serving,
    who: Asking,
    action: Annotated[Literal["watch", "end"], Form()] = "watch",
) -> Response:
    """Watch a party whose page one may open, or watch it no more."""
    known = reader.known(key)
    change = watch if action == "watch" else unwatch
    change(services.office.store, who.id, known)
    return see_other(_WATCHING)


@router.post("/watching")
@needs(Act.ASK, *EVERY_CLASS)
def note(
    reader: Reading,
    services: Serving,
    who: Asking,
    warning: Annotated[list[str], Form(max_length=1_000)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Note what stood on the page as seen; nothing else, whatever came since."""
    note_seen(reader, services.office.store, who.id, filter(_NAME.fullmatch, warning))
    return see_other(_WATCHING)


def _is_seen(reader: Reader, source: str) -> bool:
    """Whether some kind of fact that a source states is open to the reader without a consent."""
    states = {kind for table in load_source(source).tables.values() for kind in table.states}
    return bool(states & reader.scope.open_kinds)
