"""Periods of reporting: the last one that is over, and by which day its delivery is owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from graph.time import months_after
from ingest.catalogue.local import Due, Every

__all__ = ["EVERY", "ReportingPeriod", "due_label", "last_period"]

EVERY: Mapping[Every, str] = {
    "week": "每周", "month": "每月", "quarter": "每季", "half_year": "每半年", "year": "每年",
}  # fmt: skip
_MONTHS: Mapping[Every, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class ReportingPeriod:
    """Days of a period, both included, and the last day on which its delivery is in time."""

    first: date
    last: date
    due_on: date


def last_period(due: Due, day: date) -> ReportingPeriod | None:
    """The last period that ended before a day; None of what is owed act by act.

    >>> told = last_period(Due(every="year", within_months=6, clause="x"), date(2026, 11, 29))
    >>> told.last.isoformat(), told.due_on.isoformat()
    ('2025-12-31', '2026-06-30')
    """
    if due.every is None:
        return None
    if due.every == "week":
        after = day - timedelta(days=day.weekday())
        first, next_after = after - timedelta(days=7), after + timedelta(days=7)
    else:
        months = _MONTHS[due.every]
        begun = (day.month - 1) // months * months + 1
        after = date(day.year, begun, 1)
        first, next_after = months_after(after, -months), months_after(after, months)
    last = after - timedelta(days=1)
    if due.within_days:
        until = last + timedelta(days=due.within_days)
    else:
        end = months_after(after, due.within_months) if due.within_months else next_after
        until = end - timedelta(days=1)
    return ReportingPeriod(first, last, until)


def due_label(due: Due | None) -> str:
    """By when it is owed, in Chinese."""
    if due is None:
        return "没有规定期限"
    if due.every is None:
        return f"每件作出后 {due.working_days} 个工作日内"
    if due.within_days:
        return f"{EVERY[due.every]}，期末后 {due.within_days} 日内"
    if due.within_months:
        return f"{EVERY[due.every]}，期末后 {due.within_months} 个月内"
    return f"{EVERY[due.every]}，下一期末以前"
