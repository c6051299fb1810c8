"""Days of the calendar as a clerk types them: one a line, `2027-01-01 放假` or `2027-02-06 上班`."""

from __future__ import annotations

from datetime import date

from graph.calendar import DayKind
from graph.errors import InputError
from graph.time import parse_date

__all__ = ["DAY_WORDS", "read_days"]

#: What each kind of day is called.
DAY_WORDS: dict[DayKind, str] = {"holiday": "放假", "working": "上班", "ordinary": "按星期"}

_KINDS: dict[str, DayKind] = {
    word: kind for kind, said in DAY_WORDS.items() for word in (said, kind)
}


def read_days(text: str) -> dict[date, DayKind]:
    """The days of some lines; raises `InputError` (`date`, `day_line`, `day_twice`)."""
    found: dict[date, DayKind] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day, _, word = line.partition(" ")
        kind = _KINDS.get(word.strip())
        if kind is None:
            raise InputError(
                "每行写一天：日期、空格、“放假”“上班”或“按星期”，如 2027-01-01 放假。",
                "One day a line: a date, a space, and holiday, working or ordinary, as 2027-01-01 holiday.",
                code="day_line",
            )
        on = parse_date(day)
        if on in found:
            raise InputError(
                f"{on} 写了两次。请只留一行。", f"{on} is there twice.", code="day_twice"
            )
        found[on] = kind
    return found
