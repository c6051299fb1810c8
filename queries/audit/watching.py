"""Holding the rules of alerts to what was entered since the last time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from graph.calendar import WorkingCalendar
from graph.errors import XinnongError
from graph.operations import OperationsStore, Trail
from graph.operations.audit import AlertBook, AuditEntry
from queries.audit.alerts import Look, alerts_of
from queries.audit.rules import load_alert_rules
from queries.reader import Reader

__all__ = ["raise_alerts"]

_AT_ONCE = 5_000
_DAY = timedelta(days=1)
_SELF = "本人"


def raise_alerts(
    store: OperationsStore, reader: Reader, calendar: WorkingCalendar, *, at: datetime
) -> int:
    """Raise what is to be raised of the entries since the last time; how many are new.

    Args:
        reader: sees the whole district; asked for the families of readers who are known to it.
    """
    trail, book, rules = Trail(store), AlertBook(store), load_alert_rules()
    since = book.position(rules.FILE)
    new = 0
    relatives, listed = _relatives(trail, book, reader), _listed(trail, book)
    while entries := trail.after(since, limit=_AT_ONCE):
        # what is about nobody is no look: whoever opens the alerts has not to read a day for that
        about = [entry for entry in entries if entry.subjects]
        before = trail.leading_to(
            entries[0].number, since=entries[0].at - _DAY, who={entry.who for entry in about}
        )
        looks = [*_looks(trail, before, is_new=False), *_looks(trail, about, is_new=True)]
        found = alerts_of(looks, rules, calendar, relatives=relatives, listed=listed)
        since = entries[-1].number
        new += book.add(found, rules=rules.FILE, through=since, at=at)
    return new


def _looks(trail: Trail, entries: Iterable[AuditEntry], *, is_new: bool) -> Iterator[Look]:
    every = list(entries)
    marks: dict[int, set[str]] = {}
    for begins in range(0, len(every), 500):
        marks |= trail.marks(*(entry.number for entry in every[begins : begins + 500]))
    for entry in every:
        told = frozenset(marks[entry.number])
        yield Look(
            entry.number, entry.at, entry.who, entry.name, entry.role, told,
            entry.subjects - len(told), is_new,
        )  # fmt: skip


def _relatives(trail: Trail, book: AlertBook, reader: Reader) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for watch in book.watches():
        if watch.kind == "reader":
            own = found.setdefault(watch.who, {})
            try:
                kin = reader.conflicts(watch.subject)
            except XinnongError:
                kin = {}  # nobody the graph knows: then only they themselves
            own |= {trail.mark(key): why for key, why in kin.items()}
            own[trail.mark(watch.subject)] = _SELF
    return found


def _listed(trail: Trail, book: AlertBook) -> Mapping[str, str]:
    return {
        trail.mark(watch.subject): watch.why for watch in book.watches() if watch.kind == "listed"
    }
