"""The working-day calendar: a year as it is in force, and acts that change it.

Who acts is whoever is logged in (`api.security.acting`); where nobody has to be, the body says who.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from api.acts import Act
from api.admission import Day, Whole
from api.dependencies import Body, Serving
from api.needs import EVERY_CLASS, needs
from graph.calendar import DayKind
from queries.working_days import CalendarEdit, CalendarYear, calendar_year, change_days, open_year

__all__ = ["router"]

router = APIRouter(prefix="/v1/calendar", tags=["calendar"])

Year = Annotated[Whole, Path(title="年份", ge=1, le=9999)]


class DaysRequest(Body):
    """日期及其性质."""

    days: dict[Day, DayKind] = Field(
        title="日期：holiday 放假，working 上班，ordinary 按星期", max_length=366
    )
    user: str = Field(title="办理人", max_length=64)
    reason: str = Field(title="依据", max_length=500)


@router.get("/{year:int}", summary="某年的工作日历 / the working days of a year")
@needs(Act.OFFICE, *EVERY_CLASS)
def one_year(year: Year, services: Serving) -> CalendarYear:
    """Days that are not what their weekday says, and every act that touched the year."""
    return calendar_year(services.office.store, year)


@router.post("/edits", summary="修改个别日期 / change single days")
@needs(Act.OFFICE, *EVERY_CLASS)
def edit(body: DaysRequest, services: Serving) -> CalendarEdit:
    """Days of years that are there; every act is kept."""
    return change_days(services.office.store, body.days, by=body.user, reason=body.reason)


@router.post("/{year:int}", summary="录入新年度 / enter a year")
@needs(Act.OFFICE, *EVERY_CLASS)
def enter(year: Year, body: DaysRequest, services: Serving) -> CalendarEdit:
    """A whole year, as its notice has it."""
    return open_year(services.office.store, year, body.days, by=body.user, reason=body.reason)
