"""The page of city-monitoring indicators."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, see_other, waiting
from graph.errors import InputError
from ingest.city_monitoring import city_monitoring, period_named
from queries.city_monitoring import city_edition, mark_indicator, unmark_indicator

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry(
        "信用办", 98, "/city-monitoring", "城市监测", "城市信用监测指标：能算的算，其余凭材料填报"
    ),
)

_PLAIN = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_DOING = "正在汇总各项指标。"

By = Annotated[str, Form(max_length=64)]


@router.get("/city-monitoring")
@needs(Act.OFFICE, *EVERY_CLASS)
def table(
    request: Request,
    reader: Reading,
    services: Serving,
    period: Annotated[str, Query(max_length=7)] = "",
) -> HTMLResponse:
    """One month or quarter, by default the newest month that has decisions."""
    found = city_monitoring(services.office, reader, period, within=PATIENCE)
    if found is None:
        return waiting(request, _DOING, here="/city-monitoring")
    book = city_edition()
    return page(
        "city_monitoring.html",
        here="/city-monitoring",
        found=found,
        marks=book.marks,
        by_hand=[one for one in book.indicators if not one.figures],
    )


@router.post("/city-monitoring/marks")
@needs(Act.OFFICE, *EVERY_CLASS)
def mark(
    services: Serving,
    indicator: Annotated[str, Form(max_length=64)] = "",
    period: Annotated[str, Form(max_length=7)] = "",
    mark: Annotated[str, Form(max_length=16)] = "",
    value: Annotated[str, Form(max_length=32)] = "",
    evidence: Annotated[str, Form(max_length=500)] = "",
    by: By = "",
) -> Response:
    """Mark one by hand."""
    made = mark_indicator(
        services.office.store, indicator, period_named(period), mark,
        value=_number(value), evidence=evidence, by=by,
    )  # fmt: skip
    return see_other(f"/city-monitoring?period={made.period}")


@router.post("/city-monitoring/marks/{number:int}/withdrawal")
@needs(Act.OFFICE, *EVERY_CLASS)
def unmark(
    services: Serving,
    number: Annotated[Whole, Path(ge=1, le=MOST)],
    because: Annotated[str, Form(max_length=500)] = "",
    by: By = "",
) -> Response:
    """Take a mark back."""
    made = unmark_indicator(services.office.store, number, by=by, because=because)
    return see_other(f"/city-monitoring?period={made.period}")


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    # nothing but plain digits: no number that is none, and none without end
    if not _PLAIN.fullmatch(text.strip()):
        raise InputError("数值请写数字，如 95.5。", "The value is no number.", code="number")
    return float(text)
