"""Pages of 双公示: a table of departments and classes, every number with its rows."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.line_picture import draw_line
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, see_other, waiting
from graph.schema.ledger import DECISION_CLASSES
from graph.time import parse_date
from ingest.department_rates import DepartmentRates, months_of
from queries.indicators import MEASURES, RATES
from queries.indicators.concealed import conceal, take_back
from queries.indicators.months import month_name
from queries.indicators.rows import ATTENTION

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信用办", 20, "/rates", "双公示", "各部门上报率、合规率、及时率、入库率，临近期限的先看"),
)

_DOING = "正在按台账、报送记录和退回的行统计各部门。"
_ON_A_PAGE = 50
_FIRST = 10

Period = Annotated[str, Query(max_length=7)]
Text = Annotated[str | None, Query(max_length=128)]
Offset = Annotated[Whole, Query(ge=0, le=MOST)]
By = Annotated[str, Form(max_length=64)]


@router.get("/rates")
@needs(Act.OFFICE, *EVERY_CLASS)
def rates(
    request: Request, reader: Reading, services: Serving, period: Period = ""
) -> HTMLResponse:
    """One month or quarter, by default the month that is over last."""
    told = DepartmentRates(services.office, reader)
    book = told.ready(PATIENCE)
    if book is None:
        return waiting(request, _DOING, here="/rates")
    chosen = period or told.newest(book)
    market = told.ready(PATIENCE, "market_supervision")
    if market is None:
        return waiting(request, _DOING, here="/rates")
    return page(
        "rates.html",
        market=told.rates(chosen, market),
        here="/rates",
        found=told.rates(chosen, book),
        period=chosen,
        last_month=month_name(months_of(chosen)[1]),
        newest=book.newest,
        near=told.attention("near", limit=_FIRST, book=book),
        overdue=told.attention("overdue", limit=_FIRST, book=book),
        measures=MEASURES,
        rates=RATES,
        classes=DECISION_CLASSES,
        today=date.isoformat(reader.moment.as_of),
        query=quote,
    )


@router.get("/rates/history")
@needs(Act.OFFICE, *EVERY_CLASS)
def history(
    request: Request,
    reader: Reading,
    services: Serving,
    department: Text = None,
    period: Period = "",
) -> HTMLResponse:
    """The four rates month by month, each as a line."""
    told = DepartmentRates(services.office, reader)
    book = told.ready(PATIENCE)
    if book is None:
        return waiting(request, _DOING, here="/rates")
    found = told.history(period or told.newest(book), department=department or None, book=book)
    return page(
        "rates_history.html",
        here="/rates",
        told=found,
        parts=RATES,
        drawn=[
            (item, draw_line([one.value for one in item.rates], most=1.0)) for item in found.rates
        ],
    )


@router.get("/rates/rows")
@needs(Act.OFFICE, *EVERY_CLASS)
def rows(
    request: Request,
    reader: Reading,
    services: Serving,
    measure: Annotated[str, Query(max_length=32)],
    period: Period = "",
    department: Text = None,
    act_class: Text = None,
    offset: Offset = 0,
    channel: Annotated[
        Literal["credit_platform", "market_supervision"], Query()
    ] = "credit_platform",
) -> HTMLResponse:
    """The decisions behind one number."""
    told = DepartmentRates(services.office, reader)
    book = told.ready(PATIENCE, channel)
    if book is None:
        return waiting(request, _DOING, here="/rates")
    chosen = period or told.newest(book)
    if measure in ATTENTION and not period:
        found = told.attention(
            measure, department=department, act_class=act_class, limit=rows_shown(_ON_A_PAGE), offset=offset,
            book=book,
        )  # fmt: skip
    else:
        found = told.rows(
            chosen, measure, department=department, act_class=act_class, limit=rows_shown(_ON_A_PAGE),
            offset=offset, book=book,
        )  # fmt: skip
    asked = {"measure": measure, "period": period, "department": department, "act_class": act_class}
    if channel != "credit_platform":
        asked["channel"] = channel
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items() if value)
    return page(
        "rate_rows.html", here="/rates", found=found, period=period, query=query, step=_ON_A_PAGE
    )


@router.post("/rates/concealments")
@needs(Act.OFFICE, *EVERY_CLASS)
def found(
    services: Serving,
    department: Annotated[str, Form(max_length=128)],
    act_class: Annotated[str, Form(max_length=32)],
    document_no: Annotated[str, Form(max_length=256)],
    decided_on: Annotated[str, Form(max_length=10)],
    evidence: Annotated[str, Form(max_length=500)] = "",
    user: By = "",
) -> Response:
    """Enter what an inspector found."""
    made = conceal(
        services.office.store, department, act_class, document_no, parse_date(decided_on),
        evidence=evidence, by=user,
    )  # fmt: skip
    return see_other(f"/rates?period={made.decided_on:%Y-%m}")


@router.post("/rates/concealments/{number}/withdraw")
@needs(Act.OFFICE, *EVERY_CLASS)
def undone(
    services: Serving,
    number: Annotated[Whole, Path(ge=1, le=MOST)],
    why: Annotated[str, Form(max_length=500)] = "",
    user: By = "",
) -> Response:
    """Take a finding back."""
    made = take_back(services.office.store, number, why=why, by=user)
    return see_other(f"/rates?period={made.decided_on:%Y-%m}")
