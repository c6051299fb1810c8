"""A calendar of working days, with a name for what stands in it.

    as published (days.csv)  --edited by the office-->  in force

A year that nobody entered is an error wherever a day of it is asked for: to count its weekdays would
be a guess that nobody notices.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from graph.errors import InputError

__all__ = ["DayKind", "NamedDay", "WorkingCalendar", "as_published"]

#: `holiday` a day off, `working` a day worked, `ordinary` whatever its weekday is.
DayKind: TypeAlias = Literal["holiday", "working", "ordinary"]

_SATURDAY = 5


class NamedDay(NamedTuple):
    """A day that is not what its weekday would make it, or no longer so."""

    on: date
    kind: DayKind


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """Which days are worked.

    Attributes:
        named: days that are not what their weekday says -> `holiday` or `working`.
        years: those of which everything is entered, without a gap.
    """

    named: Mapping[date, str]
    years: range = field(default=range(0))

    @cached_property
    def version(self) -> str:
        """Names the calendar by what stands in it: first and last year, and a hash of the days."""
        stated = "\n".join(f"{on} {kind}" for on, kind in sorted(self.named.items()))
        digest = hashlib.sha256(f"{self.years}\n{stated}".encode()).hexdigest()
        return f"{self.years.start}-{self.years.stop - 1}+{digest[:12]}"

    def is_working(self, day: date) -> bool:
        """Whether a day is worked; raises `InputError` (`calendar_unknown_year`)."""
        if day.year not in self.years:
            raise unknown_year(day.year)
        kind = self.named.get(day)
        return kind == "working" if kind else day.weekday() < _SATURDAY

    def after(self, day: date, n: int) -> date:
        """The `n`-th working day after `day`, which is not counted itself (`n` >= 1).

        Raises `InputError` (`calendar_unknown_year`) where a day on the way is of no known year.
        """
        if n < 1:
            raise ValueError("n counts from 1: the first working day after `day`")
        while n:
            day += timedelta(days=1)
            n -= self.is_working(day)
        return day

    def after_each(self, days: NDArray[np.datetime64], n: int) -> NDArray[np.datetime64]:
        """`after` for many days at once; NaT where `after` would raise, and for NaT itself."""
        if n < 1:
            raise ValueError("n counts from 1: the first working day after each")
        found = np.full(len(days), np.datetime64("NaT", "D"))
        worked, first = self._worked, np.datetime64(f"{self.years.start:04d}-01-01", "D")
        # the day itself need not be known, only those after it
        asked = ~np.isnat(days) & (days >= first - np.timedelta64(1, "D"))
        places = np.searchsorted(worked, days[asked], side="right") + n - 1
        there = places < len(worked)
        found[np.flatnonzero(asked)[there]] = worked[places[there]]
        return found

    def days_of(self, year: int) -> list[NamedDay]:
        """The days of a year that are named, in order; raises `InputError`
        (`calendar_unknown_year`)."""
        if year not in self.years:
            raise unknown_year(year)
        told = sorted((on, kind) for on, kind in self.named.items() if on.year == year)
        return [NamedDay(on, "working" if kind == "working" else "holiday") for on, kind in told]

    def edited(self, days: Iterable[NamedDay], *, opens: int | None = None) -> WorkingCalendar:
        """The calendar with some days as the office entered them, and a year that it entered whole.

        Raises `InputError`: `calendar_gap` where the year does not follow the last one.
        """
        named, years = dict(self.named), self.years
        for on, kind in days:
            if kind not in get_args(DayKind):
                raise ValueError(f"{kind} is no kind of day")
            if kind == "ordinary":
                named.pop(on, None)
            else:
                named[on] = kind
        if opens is not None and opens not in years:
            if opens != years.stop:
                raise InputError(
                    f"工作日历到 {years.stop - 1} 年为止，请先录入 {years.stop} 年，再录入 {opens} 年。",
                    f"The calendar ends with {years.stop - 1}: enter {years.stop} first.",
                    code="calendar_gap",
                )
            years = range(years.start, opens + 1)
        return WorkingCalendar(named, years)

    @cached_property
    def _worked(self) -> NDArray[np.datetime64]:
        """Every day that is worked, in order."""
        begin = np.datetime64(f"{self.years.start:04d}-01-01", "D")
        every = np.arange(begin, np.datetime64(f"{self.years.stop:04d}-01-01", "D"))
        # 1970-01-01 was a Thursday
        worked = (every.astype(np.int64) + 3) % 7 < _SATURDAY
        for on, kind in self.named.items():
            place = (np.datetime64(on, "D") - begin).astype(int)
            if 0 <= place < len(worked):
                worked[place] = kind == "working"
        return every[worked]


def unknown_year(year: int) -> InputError:
    """What is said of a year that nobody entered."""
    return InputError(
        f"工作日历中没有 {year} 年：请信用办按国务院办公厅当年的放假通知录入该年（“工作日历”页，或 "
        f"xinnong calendar open-year {year}）后再试。",
        f"The working-day calendar does not hold {year}: the credit office must enter the year from "
        "the State Council's holiday notice (`xinnong calendar open-year`).",
        code="calendar_unknown_year",
    )


@cache
def as_published() -> WorkingCalendar:
    """The calendar of the notices that came with this version."""
    text = (files("graph") / "calendar" / "days.csv").read_text(encoding="utf-8")
    named = {
        date.fromisoformat(row["on"]): row["kind"] for row in csv.DictReader(text.splitlines())
    }
    years = {day.year for day in named}
    return WorkingCalendar(named, range(min(years), max(years) + 1))
