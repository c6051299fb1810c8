"""The page of figures that rural finance is monitored by, and the rows behind each of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.line_picture import draw_line
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, waiting
from queries.lending import (
    GROUPINGS,
    INDICATORS,
    Grouping,
    Period,
    lending_history,
    lending_rows,
    lending_table,
)

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry(
        "信贷", 45, "/lending", "普惠信贷", "建档、评级、授信、首贷和信用贷款，按镇村、机构、产品"
    ),
)

#: Rows of a list that a page shows; the rest is said, and is in the interface.
_SHOWN = 200

_DOING = "正在读取各月末的普惠信贷数据。"

Span = Annotated[str, Query(max_length=7)]


@router.get("/lending")
@needs(Act.ASK, *EVERY_CLASS)
def lending(reader: Reading, by: Grouping = "town", period: Span = "") -> HTMLResponse:
    """All figures of a period by one grouping."""
    told = lending_table(reader, by, Period.of(period, reader.moment.as_of))
    return page(
        "lending.html",
        here="/lending",
        told=told,
        groupings=GROUPINGS,
        indicators=INDICATORS,
        typed=period,
        shown=rows_shown(_SHOWN),
    )


@router.get("/lending/history")
@needs(Act.ASK, *EVERY_CLASS)
def history(
    request: Request,
    reader: Reading,
    by: Grouping = "district",
    key: Annotated[str | None, Query(max_length=128)] = None,
) -> HTMLResponse:
    """All figures month by month, each as a line; of a grouping its first group, unless one is asked for."""
    told = lending_history(reader, by, key or None, within=PATIENCE)
    if told is None:
        return waiting(request, _DOING, here="/lending")
    if key is None and told.groups:
        told = lending_history(reader, by, told.groups[0][0])
        assert told is not None
    return page(
        "lending_history.html",
        here="/lending",
        told=told,
        groupings=GROUPINGS,
        drawn=[
            (item, draw_line(item.values, most=float(item.unit == "ratio")))
            for item in told.indicators
        ],
    )


@router.get("/lending/rows")
@needs(Act.ASK, *EVERY_CLASS)
def rows(
    reader: Reading,
    code: Annotated[str, Query(max_length=40)],
    by: Grouping = "district",
    key: Annotated[str, Query(max_length=128)] = "",
    period: Span = "",
) -> HTMLResponse:
    """What was counted in one figure; a party leads to its page."""
    span = Period.of(period, reader.moment.as_of)
    found = lending_rows(reader, code, by, key or None, span)
    parties = [
        one for one in found[: rows_shown(_SHOWN)] if not one.startswith(("loan:", "credit_line:"))
    ]
    return page(
        "lending_rows.html",
        here="/lending",
        term=INDICATORS[code][0],
        by=by,
        group=GROUPINGS[by] if by == "district" else (key or "未登记"),
        span=span,
        typed=period,
        rows=found[: rows_shown(_SHOWN)],
        total=len(found),
        names=reader.names(parties),
        basis_told=reader.basis,
    )
