"""What a file's facts add to, and end in, what the log holds of the same source.

Whole columns are compared at once.  Only a slot of which more was said than one thing before and
the same thing now goes through the timeline (`ingest.comparing.timeline`), one by one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.facts import arrow_schema, slot_columns
from graph.log import FactLog
from ingest.comparing.timeline import Stated, merge
from ingest.emit import FactFrame
from ingest.reading.aside import Aside
from ingest.reading.memory import give_back

__all__ = ["Difference", "compare", "fact_ids", "numbered_slots"]

_SAID_BY = ("fact_id", "known_from", "source", "batch", "row")
_AT_ONCE = 1 << 16  # rows of a frame turned into facts at a time
_NOT_CONTENT = frozenset({*_SAID_BY, "valid_from", "valid_to"})


@dataclass
class Difference:
    """What to write for one batch.

    Attributes:
        asserted: tables of new facts by kind, ready for the log but for when they become known.
        closed: by kind, identifiers of the facts that end being held.
        changed_rows: numbers of the rows of the file that said anything new, in order.
        stated: by kind, everything that the file says, new or not; columns of the log.
    """

    asserted: Aside = field(default_factory=Aside)
    closed: dict[str, pa.ChunkedArray] = field(default_factory=dict)
    changed_rows: NDArray[np.int64] = field(default_factory=lambda: np.array([], np.int64))
    stated: Aside = field(default_factory=Aside)

    def close(self, kind: str, fact_ids: pa.Array | pa.ChunkedArray) -> None:
        """Let facts of one kind end being held."""
        if len(fact_ids):
            before = self.closed.get(kind, pa.chunked_array([], pa.string()))
            more = (
                fact_ids if isinstance(fact_ids, pa.ChunkedArray) else pa.chunked_array([fact_ids])
            )
            self.closed[kind] = pa.chunked_array([*before.chunks, *more.chunks], pa.string())

    @property
    def closed_count(self) -> int:
        """How many facts end being held."""
        return sum(map(len, self.closed.values()))


def compare(log: FactLog, frames: Iterable[FactFrame], *, source: str, batch: str) -> Difference:
    """Lay the facts of a file over what the log holds of this source."""
    difference = Difference()
    for frame in frames:
        for table in _tables(frame):
            difference.stated.add(frame.kind, table)
            del table
        del frame
        give_back()
    give_back()  # what the source looked at is free by now
    for kind in sorted(difference.stated):
        news = difference.stated[kind]
        held = log.read(kind)
        held = held.filter(pc.equal(held["source"], source)).select(news.column_names)
        _compare_kind(kind, held, news, source, batch, difference)
        del news, held
        give_back()
    return difference


def fact_ids(batch: str, kind: str, count: int, first: int = 0) -> pa.Array:
    """Identifiers of the facts of one kind in one batch, from the place `first` on.

    A batch is named by what its file holds, so the same file gives the same identifiers.
    """
    stem = hashlib.blake2b(f"{batch}|{kind}".encode(), digest_size=12).hexdigest()
    numbers = pa.array(np.arange(first, first + count)).cast(pa.string())
    return pc.binary_join_element_wise(stem, pc.utf8_lpad(numbers, 8, "0"), "")


def numbered_slots(kind: str, table: pa.Table) -> NDArray[np.int64]:
    """A number for the slot of each row: the same slot, the same number."""
    found = np.zeros(len(table), np.int64)
    for name in slot_columns(kind):
        column = table[name].combine_chunks().dictionary_encode("encode")
        codes = column.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        found = pd.factorize(found * len(column.dictionary) + codes)[0].astype(np.int64)
    return found


def _tables(frame: FactFrame) -> Iterator[pa.Table]:
    """The frame, some rows at a time, under the columns of its kind; `fact_id` and who said it
    still to be filled in."""
    schema = arrow_schema(frame.kind)
    for begin in range(0, len(frame.frame), _AT_ONCE):
        rows = frame.frame.iloc[begin : begin + _AT_ONCE]
        columns = {}
        for item in schema:
            if item.name == "row":
                columns["row"] = pa.array(rows.index, pa.int32())
            elif item.name in _SAID_BY or item.name not in rows:
                columns[item.name] = pa.nulls(len(rows), item.type)
            else:
                columns[item.name] = pa.array(rows[item.name], item.type, from_pandas=True)
        yield pa.table(columns)


def _compare_kind(
    kind: str, held: pa.Table, news: pa.Table, source: str, batch: str, difference: Difference
) -> None:
    both = pa.concat_tables([held, news], promote_options="default")
    slots = numbered_slots(kind, both)
    before, now = slots[: len(held)], slots[len(held) :]
    size = int(slots.max(initial=-1)) + 1
    held_of = np.bincount(before, minlength=size)
    news_of = np.bincount(now, minlength=size)
    fresh = (held_of[now] == 0) & (news_of[now] == 1)
    again = _again(held, news, before, now, (held_of == 1) & (news_of == 1))
    take = np.flatnonzero(fresh) + len(held)
    until = news["valid_to"].combine_chunks().filter(pa.array(fresh))
    rest = ~(fresh | again)
    if rest.any():
        touched = np.zeros(size, bool)
        touched[now[rest]] = True
        places = np.flatnonzero(touched[slots])
        taken, ends = _merged(kind, both, slots, places, len(held), difference)
        take = np.concatenate([take, np.array(taken, np.int64)])
        until = pa.concat_arrays([until, pa.array(ends, pa.date32())])
    if not len(take):
        return
    # in the order of the file, what is carried over first
    order = np.argsort(take, kind="stable")
    take, until = take[order], until.take(pa.array(order))
    rows = both["row"].combine_chunks().take(pa.array(take)).to_numpy(zero_copy_only=False)
    is_new = take >= len(held)
    changed = rows[is_new].astype(np.int64)
    seen = np.concatenate([difference.changed_rows, changed])
    # marked in their order: sorting a million numbers a kind costs more
    hit = np.zeros(int(seen.max(initial=0)) + 1, bool)
    hit[seen] = True
    difference.changed_rows = np.flatnonzero(hit)
    # a first delivery is taken as it is
    whole = len(take) == len(both) and bool(np.all(take[1:] > take[:-1]))
    facts, count = both if whole else both.take(pa.array(take)), len(take)
    replaced = {
        "fact_id": fact_ids(batch, kind, count),
        "valid_to": until,
        "source": pa.repeat(source, count),
        "batch": pa.repeat(batch, count),
        # a fact carried over with a new end stands in no row of this file
        "row": pa.array(np.where(is_new, rows, 0), pa.int32()),
    }
    for name, column in replaced.items():
        facts = facts.set_column(facts.column_names.index(name), name, column)
    difference.asserted[kind] = facts


def _again(
    held: pa.Table,
    news: pa.Table,
    before: NDArray[np.int64],
    now: NDArray[np.int64],
    alone: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Which news say what their slot's only held fact says, of no earlier day: nothing new."""
    found = np.zeros(len(news), bool)
    single = np.flatnonzero(alone[now])
    if not len(single):
        return found
    holder = np.zeros(len(alone), np.int64)
    holder[before] = np.arange(len(before))
    of_old, of_new = pa.array(holder[now[single]]), pa.array(single)

    def pair(name: str) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
        return held[name].take(of_old), news[name].take(of_new)

    began, begins = pair("valid_from")
    same = pc.less_equal(_day(began), _day(begins))
    for name in news.column_names:
        if name not in _SAID_BY and name != "valid_from":
            old, new = pair(name)
            both_silent = pc.and_(pc.is_null(old), pc.is_null(new))
            equal = pc.fill_null(pc.equal(old, new), False)
            same = pc.and_(same, pc.or_(equal, both_silent))
    found[single] = same.to_numpy()
    return found


def _day(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column, date.min)


def _merged(
    kind: str,
    both: pa.Table,
    slots: NDArray[np.int64],
    places: NDArray[np.int64],
    held_count: int,
    difference: Difference,
) -> tuple[list[int], list[date | None]]:
    """Of the rows at `places`, those to assert, each with its end, slot by slot."""
    chosen = both.take(pa.array(places))
    contents = _contents(chosen)
    begins, ends = chosen["valid_from"].to_pylist(), chosen["valid_to"].to_pylist()
    ids = chosen["fact_id"].to_pylist()
    old: dict[int, list[int]] = defaultdict(list)
    new: dict[int, list[int]] = defaultdict(list)
    for at, (place, slot) in enumerate(zip(places.tolist(), slots[places].tolist(), strict=True)):
        (old if place < held_count else new)[slot].append(at)
    take: list[int] = []
    until: list[date | None] = []
    closed: list[str] = []
    for slot, said in new.items():
        before = sorted(old.get(slot, ()), key=lambda at: begins[at] or date.min)
        following = [*(begins[at] for at in before[1:]), None][: len(before)]
        timeline = [
            # an end where the successor begins was cut by it, not stated
            Stated(begins[a], None if ends[a] == nxt else ends[a], contents[a], ids[a], ends[a], a)
            for a, nxt in zip(before, following, strict=True)
        ]
        news = [Stated(begins[at], ends[at], contents[at], None, None, at) for at in said]
        change = merge(timeline, news)
        closed += change.closed
        for item in change.asserted:
            take.append(int(places[item.row]))
            until.append(item.held_to)
    difference.close(kind, pa.array(closed, pa.string()))
    return take, until


def _contents(table: pa.Table) -> list[str]:
    names = [name for name in table.column_names if name not in _NOT_CONTENT]
    columns = [map(str, table[name].to_pylist()) for name in names]
    return ["\x1f".join(values) for values in zip(*columns, strict=True)]
