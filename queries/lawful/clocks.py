"""Within how many working days something must be told: by channel and authority, with clause.

Clocks are data (`clocks.yaml`); which days are worked is the calendar's (`graph.calendar`).
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from graph.calendar import WorkingCalendar
from graph.errors import InputError
from graph.time import MIN_DATE
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["Channel", "Clock", "Clocks", "clock_for", "clocks", "due_on"]

#: Where it is told: the credit platform, the publicity system of market supervision, or that
#: something published is withdrawn.
Channel: TypeAlias = Literal["credit_platform", "market_supervision", "withdrawal"]


class Clock(Strict):
    """One clock.

    Attributes:
        in_name: it is for authorities whose name has one of these words; none: for every one.
        working_days: after the day of the decision, which is not counted.
        begins: first day of decisions that it is for; None: open.
    """

    code: str
    channel: Channel
    in_name: tuple[str, ...] = ()
    working_days: int = Field(ge=1)
    begins: date | None = Field(default=None, alias="from")
    clause: str
    sure: Literal["found", "known_high"]
    note: str = ""

    def fits(self, channel: str, authority: str | None, day: date) -> bool:
        """Whether it runs for a decision of that day; an authority that nobody named has no words."""
        named = not self.in_name or any(word in (authority or "") for word in self.in_name)
        return self.channel == channel and named and (self.begins or MIN_DATE) <= day


class Clocks(RuleFile):
    """All of them."""

    FILE: ClassVar[str] = "clocks"

    clocks: tuple[Clock, ...]

    @model_validator(mode="after")
    def _named_once(self) -> Clocks:
        codes = [item.code for item in self.clocks]
        if len(set(codes)) != len(codes):
            raise ValueError(f"a code is there twice: {codes}")
        return self


@cache
def clocks() -> Clocks:
    """The clocks as they stand in the file; raises pydantic's `ValidationError`."""
    return read_rules(Clocks)


def clock_for(channel: Channel, authority: str | None, day: date) -> Clock:
    """The clock of a decision that an authority made on a day.

    Raises `InputError` (`no_clock`) where no rule sets one: then only the document says a day.
    """
    fitting = [item for item in clocks().clocks if item.fits(channel, authority, day)]
    if not fitting:
        raise InputError(
            "没有适用于该渠道和机关的期限规定，请按文书所载的日期办理。",
            f"No clock is known on {channel} for that authority: go by the document's own date.",
            code="no_clock",
        )
    return max(fitting, key=lambda item: (bool(item.in_name), item.begins or MIN_DATE))


def due_on(decided_on: date, clock: Clock, calendar: WorkingCalendar) -> date:
    """The last day on which it is in time; raises `InputError` (`calendar_unknown_year`)."""
    return calendar.after(decided_on, clock.working_days)
