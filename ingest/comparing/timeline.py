"""What a source says of one slot through time, and what a new statement does to it.

A slot's facts form a timeline: each begins at its `valid_from` and holds until its own end or
until the next one begins.  A statement with a new beginning succeeds the one before it; with the
same beginning it corrects it; one that says what already holds changes nothing.  The log stays
append-only: a fact whose end moved is closed and asserted again with its new end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

__all__ = ["Change", "Stated", "merge"]


@dataclass(frozen=True)
class Stated:
    """One statement about a slot.

    Attributes:
        content: digest of everything said but the validity.
        own_to: the end that was stated itself (not the one cut off by a successor).
        held_to: the end as the log holds it; None = open.
        fact_id: in the log; None while new.
        row: the row of the file that says it; of the log's facts, where it stood there.
    """

    valid_from: date | None
    own_to: date | None
    content: str
    fact_id: str | None = None
    held_to: date | None = None
    row: int = -1


@dataclass(frozen=True)
class Change:
    """What to write for one slot: facts to assert (with their `held_to`), facts to close."""

    asserted: tuple[Stated, ...]
    closed: tuple[str, ...]
    unchanged_rows: frozenset[int]


def merge(held: Sequence[Stated], news: Sequence[Stated]) -> Change:
    """Lay `news` over the `held` timeline of one slot; both in any order."""
    timeline = {_start(item): item for item in held}
    unchanged: set[int] = set()
    for item in sorted(news, key=_start):
        if _already_says(timeline, item):
            unchanged.add(item.row)
        else:
            timeline[_start(item)] = item
    ends = _cut(timeline)
    asserted, kept = [], set()
    for start, item in timeline.items():
        if item.fact_id and item.held_to == ends[start]:
            kept.add(item.fact_id)
        else:
            asserted.append(replace(item, held_to=ends[start]))
    closed = tuple(item.fact_id for item in held if item.fact_id and item.fact_id not in kept)
    return Change(tuple(asserted), closed, frozenset(unchanged))


def _start(item: Stated) -> date:
    return item.valid_from or date.min


def _already_says(timeline: dict[date, Stated], item: Stated) -> bool:
    """Whether the statement in force where `item` begins says the same, to the same end."""
    before = [start for start in timeline if start <= _start(item)]
    if not before:
        return False
    current = timeline[max(before)]
    return current.content == item.content and current.own_to == item.own_to


def _cut(timeline: dict[date, Stated]) -> dict[date, date | None]:
    starts = sorted(timeline)
    ends: dict[date, date | None] = {}
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        candidates = [end for end in (timeline[start].own_to, following) if end is not None]
        ends[start] = min(candidates) if candidates else None
    return ends
