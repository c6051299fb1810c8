"""The working-day calendar of the office: what is in force, what was entered, and entering more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from graph.calendar import DayKind, NamedDay, WorkingCalendar
from graph.errors import InputError
from graph.operations import CalendarEdit, CalendarEdits, OperationsStore
from graph.time import utc_now

__all__ = [
    "CalendarEdit",
    "CalendarYear",
    "calendar_in_force",
    "calendar_year",
    "change_days",
    "open_year",
]

#: 全国年节及纪念日放假办法 第二条, since 2025: thirteen days, of which these are the same every year.
_LEAST_HOLIDAYS = 13
_FIXED = ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03")


@dataclass(frozen=True)
class CalendarYear:
    """A year as it is in force.

    Attributes:
        years: first and last year that the calendar holds.
        named: its days that are not what their weekday says.
        working_days: how many days of it are worked.
        edits: every act that ever touched it, the last first.
    """

    year: int
    version: str
    years: tuple[int, int]
    named: tuple[NamedDay, ...]
    working_days: int
    edits: tuple[CalendarEdit, ...]


def calendar_in_force(store: OperationsStore) -> WorkingCalendar:
    """The published calendar with what the office entered since."""
    return CalendarEdits(store).in_force()


def calendar_year(store: OperationsStore, year: int) -> CalendarYear:
    """One year; raises `InputError` (`calendar_unknown_year`)."""
    calendar = CalendarEdits(store).in_force()
    edits = [
        edit
        for edit in reversed(CalendarEdits(store).all())
        if edit.opens == year or any(day.on.year == year for day in edit.days)
    ]
    named = tuple(calendar.days_of(year))
    first = date(year, 1, 1)
    worked = sum(
        calendar.is_working(first + timedelta(days=n))
        for n in range((date(year, 12, 31) - first).days + 1)
    )
    return CalendarYear(
        year,
        calendar.version,
        (calendar.years.start, calendar.years.stop - 1),
        named,
        worked,
        tuple(edits),
    )


def change_days(
    store: OperationsStore, days: Mapping[date, DayKind], *, by: str, reason: str
) -> CalendarEdit:
    """Change some days of years that are there.

    Raises `InputError`: `no_days`, and as `graph.operations.CalendarEdits.enter`.
    """
    if not days:
        raise InputError(
            "请至少写一天及其性质。", "Say at least one day and what it is.", code="no_days"
        )
    named = [NamedDay(on, kind) for on, kind in sorted(days.items())]
    return CalendarEdits(store).enter(named, opens=None, user=by, reason=reason, at=utc_now())


def open_year(
    store: OperationsStore, year: int, days: Mapping[date, DayKind], *, by: str, reason: str
) -> CalendarEdit:
    """Enter a whole year as its notice has it.

    Raises `InputError`: `calendar_year_there`; `calendar_year_not_whole` where a holiday lacks
    that every year has, or a day is of another year; and as `change_days`.
    """
    edits = CalendarEdits(store)
    if year in edits.in_force().years:
        raise InputError(
            f"{year} 年已经录入。个别日期有变动的，请只改那几天。",
            f"{year} is there already: change single days instead.",
            code="calendar_year_there",
        )
    strange = sorted(on for on in days if on.year != year)
    off = {on for on, kind in days.items() if kind == "holiday"}
    lacking = [on for on in _FIXED if date.fromisoformat(f"{year:04d}-{on}") not in off]
    if strange or lacking or len(off) < _LEAST_HOLIDAYS:
        raise InputError(
            f"{year} 年的日历不完整，没有录入：放假日至少 {_LEAST_HOLIDAYS} 天，收到 {len(off)} 天"
            + (f"；缺 {'、'.join(lacking)}" if lacking else "")
            + (f"；{strange[0]} 不在该年" if strange else "")
            + "。请按放假通知一次录全（放假日和调休上班日）。",
            f"The year is not whole: {len(off)} holidays, lacking {lacking}, of other years {len(strange)}.",
            code="calendar_year_not_whole",
        )
    named = [NamedDay(on, kind) for on, kind in sorted(days.items())]
    return edits.enter(named, opens=year, user=by, reason=reason, at=utc_now())
