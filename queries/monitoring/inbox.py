"""What is new for a subscriber: warnings that stand now, in the time of a subscription, and not read.

A pure function of the log, law today, the hour, and the names of what was read.  Nothing is moved or
marked when it is shown, so that whoever is cut off sees it again; it is over once it was noted as
read, and noting it twice is noting it once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from graph.operations import LastRead, OperationsStore, Subscriptions
from graph.time import Instant, utc_now
from queries.basis import Basis
from queries.district import DistrictReader
from queries.monitoring.event import SectorWarning
from queries.monitoring.register import WarningRegister, warning_register
from queries.monitoring.subscription import Running, subscriptions

__all__ = ["Inbox", "InboxItem", "inbox", "mark_read"]


@dataclass(frozen=True)
class InboxItem:
    """A warning, and the numbers of the subscriptions by which it comes."""

    warning: SectorWarning
    subscriptions: tuple[int, ...]


@dataclass(frozen=True)
class Inbox:
    """What a subscriber is to read.

    Attributes:
        items: what came last first.  total: of all, where only some are given.
        held, held_until: how many wait for the end of quiet hours or for a digest, and when the first
            of them is delivered; None where none waits.
        last_read: None where nothing was read yet.
    """

    subscriber: int
    name: str
    items: tuple[InboxItem, ...]
    total: int
    held: int
    held_until: Instant | None
    last_read: LastRead | None
    basis: Basis
    rules: str


def inbox(
    reader: DistrictReader,
    store: OperationsStore,
    subscriber: int,
    *,
    at: datetime | None = None,
    limit: int = 100,
    within: float | None = None,
) -> Inbox | None:
    """What somebody is to read at an instant, by default now; None while it is being computed.

    Raises `NotFoundError` (`subscriber_unknown`).
    """
    book, now = Subscriptions(store), at or utc_now()
    name = book.name(subscriber)
    register = warning_register(reader, within=within)
    if register is None:
        return None
    loud, held_until = [], []
    for warning, by in _unread(register, book, subscriber, subscriptions(store)):
        due = min(_due(one, warning, now) for one in by)
        if due <= now:
            loud.append(InboxItem(warning, tuple(one.kept.number for one in by)))
        else:
            held_until.append(due)
    return Inbox(
        subscriber=subscriber,
        name=name,
        items=tuple(loud[:limit]),
        total=len(loud),
        held=len(held_until),
        held_until=min(held_until, default=None),
        last_read=book.last_read(subscriber),
        basis=register.basis,
        rules=register.book.name,
    )


def mark_read(
    reader: DistrictReader,
    store: OperationsStore,
    subscriber: int,
    warnings: Iterable[str],
    *,
    at: datetime | None = None,
) -> int:
    """Note that somebody read warnings that were shown to him; returns how many were not noted before.

    Raises `NotFoundError` (`subscriber_unknown`).
    """
    book, told = Subscriptions(store), frozenset(warnings)
    book.name(subscriber)
    register = warning_register(reader)
    assert register is not None
    # under every key that its parties have had, so that it stays read when a judgement is undone
    unread = _unread(register, book, subscriber, subscriptions(store))
    names = told.union(*(warning.also for warning, _ in unread if warning.id in told))
    new = book.note_read(subscriber, names, at=at or utc_now(), position=reader.moment.position)
    return len(new & told)


def _unread(
    register: WarningRegister, book: Subscriptions, subscriber: int, every: Iterable[Running]
) -> list[tuple[SectorWarning, list[Running]]]:
    """Warnings in the time of some subscription of his, with those that they come by."""
    read = book.read(subscriber)
    found: dict[str, tuple[SectorWarning, list[Running]]] = {}
    for one in every:
        if one.kept.subscriber != subscriber:
            continue
        events = register.of(
            one.wanted.sector, rules=one.wanted.rules, since=one.kept.begins_at, until=one.until
        )
        for warning in register.shown(events):
            if not read & {warning.id, *warning.also}:
                found.setdefault(warning.id, (warning, []))[1].append(one)
    return sorted(found.values(), key=lambda item: (item[0].came_at, item[0].id), reverse=True)


def _due(one: Running, warning: SectorWarning, now: datetime) -> datetime:
    """When it may be delivered by a subscription: in its quiet hours nothing is, whenever it came."""
    return max(one.wanted.due_at(warning.came_at), one.wanted.next_loud(now))
