"""The page of the working-day calendar: a year, what was entered and by whom, two forms."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import Whole
from api.day_lines import DAY_WORDS, read_days
from api.dependencies import Serving
from api.needs import EVERY_CLASS, needs
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from graph.time import today
from queries.working_days import calendar_in_force, calendar_year, change_days, open_year

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (Entry("信用办", 80, "/calendar", "工作日历", "放假和调休的日子，期限按此计算"),)

Days = Annotated[str, Form(max_length=20_000)]
By = Annotated[str, Form(max_length=64)]
Reason = Annotated[str, Form(max_length=500)]


@router.get("/calendar")
@needs(Act.OFFICE, *EVERY_CLASS)
def calendar(
    services: Serving, year: Annotated[Whole | None, Query(ge=1, le=9999)] = None
) -> HTMLResponse:
    """One year, by default this one, or the last that there is."""
    years = calendar_in_force(services.office.store).years
    chosen = min(max(today().year, years.start), years.stop - 1) if year is None else year
    return page(
        "calendar.html",
        here="/calendar",
        found=calendar_year(services.office.store, chosen),
        years=years,
        words=DAY_WORDS,
    )


@router.post("/calendar/edits")
@needs(Act.OFFICE, *EVERY_CLASS)
def edit(services: Serving, days: Days = "", user: By = "", reason: Reason = "") -> Response:
    """Change single days."""
    told = read_days(days)
    change_days(services.office.store, told, by=user, reason=reason)
    return see_other(f"/calendar?year={min(told).year}")


@router.post("/calendar/years")
@needs(Act.OFFICE, *EVERY_CLASS)
def enter(
    services: Serving,
    year: Annotated[Whole, Form(ge=1, le=9999)],
    days: Days = "",
    user: By = "",
    reason: Reason = "",
) -> Response:
    """Enter a whole year."""
    open_year(services.office.store, year, read_days(days), by=user, reason=reason)
    return see_other(f"/calendar?year={year}")
