"""The regimes of repair: which one a record stands under, from when it may be repaired, what follows.

Law is data (`repair.yaml`).  A regime follows from the authority and the day of law; of one record
there is one regime on every day since the first, never two and never none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field, model_validator

from graph.errors import InputError
from graph.time import MAX_DATE, months_after, working_days_after
from queries.lawful.clocks import clock_for
from queries.lawful.regimes import regimes
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = [
    "CALENDAR",
    "Calendar",
    "Due",
    "Effects",
    "GravityClass",
    "RepairLaw",
    "RepairRegime",
    "Window",
    "repair_effects",
    "repair_law",
    "window_of",
]


class Calendar(Protocol):
    """Counts working days; raises `InputError` (`calendar_unknown_year`)."""

    def __call__(self, day: date, n: int, /) -> date:
        """The n-th working day after a day."""


class GravityClass(Strict):
    """One class of a regime: after how many months it may be repaired, and when it stops by itself.

    Attributes:
        covers: classes of other regimes that are this one here.
    """

    title: str
    min_months: int = Field(ge=0)
    max_months: int = Field(ge=0)
    covers: tuple[str, ...] = ()
    note: str = ""


class RepairRegime(Strict):
    """One regime.

    Attributes:
        authority: it counts for authorities with this in their name; empty: for all others.
        conditions, results: words of `RepairLaw.conditions` and `RepairLaw.results`.
        clocks: working days to accept and to answer; what is not there is not stated anywhere.
    """

    title: str
    number: str
    authority: str = ""
    begins: date = Field(alias="from")
    ends: date | None = Field(default=None, alias="until")
    sure: Literal["found", "known_high"]
    classes: Mapping[str, GravityClass]
    conditions: tuple[str, ...]
    results: tuple[str, ...]
    clocks: Mapping[Literal["accept", "answer"], int]

    def in_force(self, day: date) -> bool:
        """Whether it counts on a day."""
        return self.begins <= day <= (self.ends or MAX_DATE)

    def class_of(self, gravity: str | None) -> str | None:
        """Its own class for one that somebody said; None: nobody said one that it knows."""
        if gravity in self.classes:
            return gravity
        return next((name for name, each in self.classes.items() if gravity in each.covers), None)


class Worded(Strict):
    """A word of the law with its clause."""

    title: str
    clause: str


class Clock(Strict):
    """A term for somebody's work: in working days or in days of the calendar."""

    title: str
    working_days: int | None = None
    days: int | None = None
    clause: str
    sure: Literal["found", "known_high", "assumed"]


class Transition(Strict):
    """What is not said of repairs of before; `note` is for the office."""

    regime: str
    since: date
    sure: Literal["unsure"]
    note: str


@dataclass(frozen=True)
class Due:
    """By when something is due; `on` is None where the calendar of that year is not known yet."""

    clock: str
    on: date | None
    clause: str


class RepairLaw(RuleFile):
    """All of it."""

    FILE: ClassVar[str] = "repair"

    regimes: Mapping[str, RepairRegime]
    conditions: Mapping[str, Worded]
    documents: Mapping[str, Worded]
    refused: Mapping[str, Worded]
    results: Mapping[str, str]
    receivers: Mapping[str, str]
    clocks: Mapping[str, Clock]
    transition: Transition

    @model_validator(mode="after")
    def _whole(self) -> RepairLaw:
        for name, regime in self.regimes.items():
            if {*regime.conditions} - {*self.conditions} or {*regime.results} - {*self.results}:
                raise ValueError(f"{name}: a word that is not explained")
        general = sorted(
            (item for item in self.regimes.values() if not item.authority),
            key=lambda item: item.begins,
        )
        for before, after in pairwise(general):
            if before.ends is None or before.ends + timedelta(days=1) != after.begins:
                raise ValueError("regimes for all authorities follow each other without a gap")
        if {*self.refused} & {*self.conditions, *self.documents}:
            raise ValueError("what is refused is asked for")
        return self

    def under(self, authority: str | None, day: date) -> tuple[str, RepairRegime]:
        """The regime of a record by this authority on a day of law.

        Raises `InputError` (`repair_no_regime`) for a day before the first.
        """
        fits = [
            (name, item)
            for name, item in self.regimes.items()
            if item.in_force(day) and item.authority in (authority or "")
        ]
        if not fits:
            first = min(item.begins for item in self.regimes.values())
            raise InputError(
                f"{first} 以前的信用修复规定没有录入，请填写该日以后的日期。",
                f"No regime of repair is on file before {first}.",
                code="repair_no_regime",
            )
        # an authority's own regime before the one for all
        return max(fits, key=lambda pair: bool(pair[1].authority))

    def due(self, name: str, begins: date, regime: str = "", *, calendar: Calendar) -> Due | None:
        """By when something is due that a day set going; None where no rule says how long.

        Args:
            name: `accept` or `answer` of a regime, `withdraw` of what was annulled, else a word of
                `clocks`.
        """
        if name == "withdraw":
            withdrawal = clock_for("withdrawal", None, begins)
            return Due(name, _after(calendar, begins, withdrawal.working_days), withdrawal.clause)
        if name in ("accept", "answer"):
            held = self.regimes[regime]
            days = held.clocks.get(name)  # type: ignore[call-overload]
            if days is None:
                return None
            return Due(name, _after(calendar, begins, days), held.number)
        clock = self.clocks[name]
        if clock.working_days is not None:
            return Due(name, _after(calendar, begins, clock.working_days), clock.clause)
        assert clock.days is not None
        return Due(name, begins + timedelta(days=clock.days), clock.clause)


def _after(calendar: Calendar, begins: date, days: int) -> date | None:
    try:
        return calendar(begins, days)
    except InputError:
        return None


@cache
def repair_law() -> RepairLaw:
    """The law of repair as it stands in the file; raises pydantic's `ValidationError`."""
    return read_rules(RepairLaw)


@dataclass(frozen=True)
class Window:
    """Between which days a record may be repaired.

    Attributes:
        gravity, classed_by: as the paper says; None: nobody said, and nothing is computed from it.
        begins: the day of the document.
        may_from: first day on which repair may be applied for; None: not known.
        stops_on: day through which it is published at most; None: not known.
    """

    regime: str
    gravity: str | None
    classed_by: str | None
    begins: date | None
    may_from: date | None
    stops_on: date | None

    def may_apply(self, day: date) -> bool | None:
        """Whether repair may be applied for on a day; None: the class or the document's day is not
        known, and the office has to say it."""
        return None if self.may_from is None else self.may_from <= day


def window_of(kind: str, statement: Mapping[str, Any], lawful_on: date) -> Window:
    """The window of a record as one statement tells it; raises as `RepairLaw.under`.

    It is counted from the day of the document, clamped to the end of a month.
    """
    name, regime = repair_law().under(statement.get("authority"), lawful_on)
    gravity = regime.class_of(statement.get("credit_class"))
    record = regimes().records.get(kind)
    begins = statement.get(record.begins) if record and record.begins else None
    may_from = ends = None
    if gravity and begins:
        known = regime.classes[gravity]
        may_from = months_after(begins, known.min_months)
        ends = months_after(begins, known.max_months)
    classed_by = statement.get("classed_by") if gravity else None
    return Window(name, gravity, classed_by, begins, may_from, ends)


@dataclass(frozen=True)
class Effects:
    """What follows from a repair on a day; `flag` is what the office has to look at."""

    results: tuple[str, ...]
    flag: str = ""


def repair_effects(regime: str, lawful_on: date) -> Effects:
    """What a repair made under a regime means on a day of law."""
    law = repair_law()
    results, moved = law.regimes[regime].results, law.transition
    if regime == moved.regime and lawful_on >= moved.since:
        return Effects(tuple(law.results), moved.note)
    return Effects(results)


#: Working days without the office's own edits.
CALENDAR: Calendar = working_days_after
