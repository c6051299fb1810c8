"""Pages of the data catalogue and the list of duties."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.admission import Whole
from api.dependencies import Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page
from ingest.duties import STATES
from ingest.duties.desk import DutyDesk

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry(
        "信用办", 96, "/duties", "目录和责任", "信用信息目录和责任清单：谁报什么、何时报、报得怎样"
    ),
)

#: Rows on a page.
_ON_A_PAGE = 50

Name = Annotated[str, Path(max_length=64, pattern="^[a-z0-9_]+$")]
Offset = Annotated[Whole, Query(ge=0, le=1_000_000)]


@router.get("/duties")
@needs(Act.OFFICE, *EVERY_CLASS)
def duties(
    reader: Reading,
    services: Serving,
    state: Annotated[str, Query(max_length=16)] = "",
    offset: Offset = 0,
) -> HTMLResponse:
    """Items, the pressing ones first, and what departments owe by the power list."""
    desk = DutyDesk(services.office, reader)
    found = desk.duties()
    items = found.of(state)
    return page(
        "duties.html",
        here="/duties",
        found=found,
        items=items[offset : offset + rows_shown(_ON_A_PAGE)],
        total=len(items),
        departments=desk.departments(PATIENCE),
        most=_ON_A_PAGE,
        state=state,
        states=STATES,
        offset=offset,
        step=_ON_A_PAGE,
    )


@router.get("/duties/{source}/{table}")
@needs(Act.OFFICE, *EVERY_CLASS)
def item(source: Name, table: Name, reader: Reading, services: Serving) -> HTMLResponse:
    """One item, field by field."""
    return page(
        "duty.html", here="/duties", item=DutyDesk(services.office, reader).item(source, table)
    )
