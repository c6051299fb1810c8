"""Time as Xinnong counts it: dates, instants, the two clocks of a question, and working days.

Validity in the world is half-open, `[valid_from, valid_to)`: a fact holds on `valid_from` and no
longer on `valid_to`.  `MIN_DATE` and `MAX_DATE` stand where a bound is open, so that every fact
has two comparable dates: "since before we know" and "until further notice".

Instants are aware and in UTC; a date without a clock is a date in China (UTC+8 all year).

Working days are those of `graph.calendar`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Annotated, Final

from pydantic import PlainSerializer, WithJsonSchema

from graph.calendar import as_published
from graph.errors import InputError

__all__ = [
    "MAX_DATE",
    "MIN_DATE",
    "AsOf",
    "Instant",
    "clock_of",
    "day_of",
    "end_of_day",
    "instant_on",
    "is_working_day",
    "months_after",
    "parse_date",
    "parse_instant",
    "past",
    "past_instant",
    "today",
    "utc_now",
    "working_days_after",
]

MIN_DATE: Final = date.min
"""0001-01-01: `valid_from` of what was true before anybody wrote it down."""

MAX_DATE: Final = date.max
"""9999-12-31: `valid_to` of what is true until further notice."""

Instant = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An aware moment in UTC; `parse_instant` and `utc_now` are the two ways to one."""

_CHINA = timezone(timedelta(hours=8))  # no summer time since 1992: a fixed offset is exact
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def utc_now() -> Instant:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present date in China, where a fact of today is true."""
    return day_of(utc_now())


def day_of(instant: Instant) -> date:
    """The date in China at an instant."""
    return instant.astimezone(_CHINA).date()


def clock_of(instant: Instant) -> time:
    """The time of day in China at an instant."""
    return instant.astimezone(_CHINA).time()


def instant_on(day: date, clock: time) -> Instant:
    """The instant at which clocks in China show a time of a day."""
    return datetime.combine(day, clock, _CHINA).astimezone(UTC)


def end_of_day(day: date) -> Instant:
    """The last instant of a day in China."""
    after = datetime.combine(day + timedelta(days=1), datetime.min.time(), _CHINA)
    return after.astimezone(UTC) - timedelta(microseconds=1)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or earlier; the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_date(text: str) -> date:
    """Read `YYYY-MM-DD` and nothing else; raises `InputError` (code `date`)."""
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InputError(
        "日期须写作 2026-01-31 这样的形式，并且确有其日。",
        "A date must be written YYYY-MM-DD and exist in the calendar.",
        code="date",
    )


def parse_instant(text: str) -> Instant:
    """Read an ISO 8601 instant that says its offset, and return it in UTC.

    Raises `InputError` with code `instant` when it cannot be read, `instant_naive` when it has no
    offset: a moment without one may be eight hours off, and nobody would notice.
    """
    try:
        instant = datetime.fromisoformat(text)
        naive = instant.utcoffset() is None
        if not naive:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        naive = False
    if naive:
        raise InputError(
            "时间须注明时区，例如 2026-01-31T08:00:00+08:00。",
            "An instant must carry its offset, as in 2026-01-31T08:00:00+08:00.",
            code="instant_naive",
        )
    raise InputError(
        "时间须写作 2026-01-31T08:00:00+08:00 这样的形式。",
        "An instant must be ISO 8601, as in 2026-01-31T08:00:00+08:00.",
        code="instant",
    )


def past_instant(text: str) -> Instant:
    """An instant at which something was known; raises as `parse_instant`, and `known_at_future`.

    What will be known nobody knows: an answer "as known tomorrow" would be another one tomorrow.
    """
    return past(parse_instant(text))


def past(instant: Instant) -> Instant:
    """The instant, where it has been; raises `InputError` (`known_at_future`)."""
    if instant > utc_now():
        raise InputError(
            "知悉时点（接收时间）不能晚于现在。请改正时间；不写则为现在。",
            "What was known, or received, lies in the future: give an instant that has been.",
            code="known_at_future",
        )
    return instant


@dataclass(frozen=True, slots=True)
class AsOf:
    """The two clocks of a question: what was true on a day, as far as it was known at an instant.

    Attributes:
        as_of: the day in the world (`valid_from <= as_of < valid_to`).
        known_at: the instant of our knowledge, aware (`known_from <= known_at < known_to`).
    """

    as_of: date
    known_at: Instant

    def __post_init__(self) -> None:
        # datetime is a date to isinstance, and comparing the two raises far away from here
        if isinstance(self.as_of, datetime):
            raise TypeError("as_of is a date; write moment.date() to say which one")
        if self.known_at.utcoffset() is None:
            raise ValueError("known_at must be aware; use parse_instant or utc_now")

    @classmethod
    def now(cls) -> AsOf:
        """Today in China, with everything known so far."""
        return cls(today(), utc_now())


def is_working_day(day: date) -> bool:
    """Whether `day` is a working day in China, by the notices that came with this version.

    Raises `InputError` (code `calendar_unknown_year`) for a year whose notice is not on file.
    """
    return as_published().is_working(day)


def working_days_after(day: date, n: int) -> date:
    """The `n`-th working day after `day` (the day itself is not counted; `n` >= 1).

    By the published notices alone; who is to heed what the office entered since takes the calendar
    in force (`queries.working_days`).  Raises `InputError` as `is_working_day` does.
    """
    return as_published().after(day, n)
