"""Single subjects that somebody watches, and what is new of them: each by the name of who watches.

A watch is a subscription to one subject.  It is its owner's alone: it stands in no list of
subscriptions, and shows nothing that its owner's reader does not see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pyarrow.compute as pc

from graph.operations import OperationsStore, Subscription, Subscriptions
from graph.time import Instant, utc_now
from queries.district import DistrictReader
from queries.monitoring.event import SectorWarning
from queries.monitoring.register import warning_register
from queries.monitoring.subscription import WATCHED

__all__ = [
    "WatchNews",
    "Watched",
    "is_watched",
    "note_seen",
    "unwatch",
    "watch",
    "watch_news",
    "watched",
]

_WHY, _ENOUGH = "关注", "取消关注"


@dataclass(frozen=True)
class Watched:
    """A subject, and since when it is watched."""

    subject: str
    since: Instant


@dataclass(frozen=True)
class WatchNews:
    """What is new: warnings of watched subjects that came since and were not noted as seen."""

    subjects: tuple[Watched, ...]
    warnings: tuple[SectorWarning, ...]


def watch(store: OperationsStore, owner: str, subject: str, *, at: datetime | None = None) -> None:
    """Watch a subject from now on; the same again while it is watched changes nothing."""
    now = at or utc_now()
    if not is_watched(store, owner, subject):
        Subscriptions(store).open(
            owner, {WATCHED: subject}, begins_at=now, ends_on=None, reason=_WHY, by=owner, at=now
        )


def unwatch(
    store: OperationsStore, owner: str, subject: str, *, at: datetime | None = None
) -> None:
    """Watch it no more; nothing where it was not watched."""
    for one in _running(store, owner):
        if one.wanted[WATCHED] == subject:
            Subscriptions(store).end(one.number, by=owner, why=_ENOUGH, at=at or utc_now())


def watched(store: OperationsStore, owner: str) -> tuple[Watched, ...]:
    """What somebody watches, the newest first."""
    found = [Watched(one.wanted[WATCHED], one.begins_at) for one in _running(store, owner)]
    return tuple(reversed(found))


def is_watched(store: OperationsStore, owner: str, subject: str) -> bool:
    """Whether somebody watches a subject."""
    return any(one.subject == subject for one in watched(store, owner))


def watch_news(
    reader: DistrictReader, store: OperationsStore, owner: str, *, within: float | None = None
) -> WatchNews | None:
    """What is new for somebody, what came last first; None while it is being computed."""
    mine = _running(store, owner)
    if not mine:
        return WatchNews((), ())
    register = warning_register(reader, within=within)
    if register is None:
        return None
    read = Subscriptions(store).read(mine[0].subscriber)
    found: dict[str, SectorWarning] = {}
    for one in mine:
        events = register.of(since=one.begins_at)
        of_it = events.filter(pc.equal(events["subject"], reader.stays(one.wanted[WATCHED])))
        for warning in register.shown(of_it):
            if not read & {warning.id, *warning.also}:
                found[warning.id] = warning
    ordered = sorted(found.values(), key=lambda item: (item.came_at, item.id), reverse=True)
    return WatchNews(watched(store, owner), tuple(ordered))


def note_seen(
    reader: DistrictReader,
    store: OperationsStore,
    owner: str,
    warnings: Iterable[str],
    *,
    at: datetime | None = None,
) -> int:
    """Note warnings that were shown as seen; returns how many were new."""
    mine, told = _running(store, owner), frozenset(warnings)
    news = watch_news(reader, store, owner)
    if not mine or news is None:
        return 0
    names = [name for one in news.warnings if one.id in told for name in (one.id, *one.also)]
    new = Subscriptions(store).note_read(
        mine[0].subscriber, names, at=at or utc_now(), position=reader.moment.position
    )
    return len(new & told)


def _running(store: OperationsStore, owner: str) -> list[Subscription]:
    return [one for one in Subscriptions(store).running(owner) if WATCHED in one.wanted]
