"""By when the next step of an application is expected: terms as data, counted in working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from graph.calendar import WorkingCalendar
from graph.errors import InputError
from graph.operations import FinancingCase
from graph.operations.financing_moves import STATES, moves
from graph.time import day_of
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["FinancingLimits", "Waiting", "financing_limits", "waiting_for"]


class Limit(Strict):
    """A term: so many working days from the day of a state."""

    days: int = Field(ge=1, le=366)
    title: str
    clause: str
    sure: Literal["found", "known_high", "assumed"]


class FinancingLimits(RuleFile):
    """Terms by state; a state without one waits for nobody by a day."""

    FILE: ClassVar[str] = "limits"

    limits: Mapping[str, Limit]

    @model_validator(mode="after")
    def _of_states(self) -> FinancingLimits:
        for state in self.limits:
            if state not in STATES or not moves(state):
                raise ValueError(f"{state}: nothing comes after it")
        return self


@dataclass(frozen=True)
class Waiting:
    """What is waited for; `on` is None where the calendar of that year is not known."""

    title: str
    on: date | None
    clause: str
    overdue: bool


@cache
def financing_limits() -> FinancingLimits:
    """The terms; raises pydantic's `ValidationError`."""
    return read_rules(FinancingLimits)


def waiting_for(
    case: FinancingCase, day: date, calendar: WorkingCalendar, limits: FinancingLimits | None = None
) -> Waiting | None:
    """What an application waits for on a day; None where it waits for nothing by a day."""
    limit = (limits or financing_limits()).limits.get(case.state)
    if limit is None:
        return None
    try:
        on = calendar.after(day_of(case.changed_at), limit.days)
    except InputError:
        on = None
    return Waiting(limit.title, on, limit.clause, on is not None and on < day)
