"""The desk of the credit office: today's work, where its people begin."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.dependencies import Asking, Reading, Serving
from api.desk_line import Patience, yesterday
from api.needs import EVERY_CLASS, needs
from api.office_desk import OfficeDesk
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page
from api.pages.start import may_open
from ingest.delivery.changes import changes_since

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("信用办", 5, "/desk", "今日工作", "到期的、逾期的、待核实的，每个数点开是名单"),)


@router.get("/desk")
@needs(Act.OFFICE, *EVERY_CLASS)
def desk(reader: Reading, services: Serving, who: Asking) -> HTMLResponse:
    """Every number of the day; what is still being computed says so."""
    told = OfficeDesk(services, reader, who, partial(may_open, who), Patience(PATIENCE))
    groups = told.groups()
    return page(
        "desk.html",
        here="/desk",
        groups=groups,
        due_first=told.due_first(),
        near=told.near(),
        changes=changes_since(reader.moment.batches, yesterday(reader.moment.as_of)),
        waits=any(line.number is None for group in groups for line in group.lines),
        batches="/deliveries#files" if may_open(who, "/deliveries") else "",
        basis_told=reader.basis,
    )
