"""What a file's facts add to, and end in, what the log holds of the same source.

Whole columns are compared at once.  Only a slot of which more was said than one thing before and
the same thing now goes through the timeline (`ingest.comparing.timeline`), one by one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.facts import INSTANT, arrow_schema, slot_columns
from graph.log import FactLog
from ingest.comparing.timeline import Stated, merge
from ingest.emit import FactFrame
from ingest.reading.alike import looks
from ingest.reading.aside import Aside
from ingest.reading.memory import give_back
from ingest.reading.texts import TEXT

__all__ = ["Difference", "compare", "fact_ids", "numbered_slots"]

_FILLED_IN = ("fact_id", "known_from", "source", "batch")
_SAID_BY = (*_FILLED_IN, "row")
_AT_ONCE = 1 << 16  # rows of a frame turned into facts at a time
_NOT_CONTENT = frozenset({*_SAID_BY, "valid_from", "valid_to"})


@dataclass
class Difference:
    """What to write for one batch.

    Attributes:
        asserted: tables of new facts by kind, ready for the log but for when they become known.
        closed: by kind, identifiers of the facts that end being held.
        changed_rows: numbers of the rows of the file that said anything new, in order.
        stated: by kind, everything that the file says, new or not; columns of the log but for
            those that say which fact it is and who said it.
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

    def note_changed(self, rows: NDArray[np.int32]) -> None:
        """Rows of the file that said something new."""
        # marked in their order: sorting a million numbers a kind costs more
        last = max(self.changed_rows.max(initial=0), rows.max(initial=0))
        hit = np.zeros(int(last) + 1, bool)
        hit[self.changed_rows] = hit[rows] = True
        self.changed_rows = np.flatnonzero(hit)


def compare(log: FactLog, frames: Iterable[FactFrame], *, source: str, batch: str) -> Difference:
    """Lay the facts of a file over what the log holds of this source."""
    difference = Difference()
    for frame in frames:
        for table in _tables(frame):
            difference.stated.add(frame.kind, table)
            del table
            give_back()
        del frame
    give_back()  # what the source looked at is free by now
    for kind in sorted(difference.stated):
        both = _Both(kind, _held(log, kind, source), difference.stated)
        _compare_kind(both, source, batch, difference)
        del both
        give_back()
    return difference


def fact_ids(batch: str, kind: str, count: int, first: int = 0) -> pa.Array:
    """Identifiers of the facts of one kind in one batch, from the place `first` on.

    A batch is named by what its file holds, so the same file gives the same identifiers.
    """
    stem = hashlib.blake2b(f"{batch}|{kind}".encode(), digest_size=12).hexdigest()
    numbers = pa.array(np.arange(first, first + count)).cast(pa.string())
    return pc.binary_join_element_wise(stem, pc.utf8_lpad(numbers, 8, "0"), "")


def numbered_slots(kind: str, table: pa.Table) -> NDArray[np.int32]:
    """A number for the slot of each row: the same slot, the same number."""
    names = list(slot_columns(kind))
    number = np.asarray(pd.factorize(looks(_texts(table, names)))[0], dtype=np.int32)
    first = np.zeros(number.max(initial=-1) + 1, np.int32)
    places = np.arange(len(number), dtype=np.int32)
    first[number[::-1]] = places[::-1]
    # what looks alike is as a rule the same slot; it is made sure, some rows at a time
    again = np.flatnonzero(first[number] != places)
    for name in names if len(again) else ():
        texts = table[name]
        firsts = texts.slice(0, first[number[again]].max() + 1).combine_chunks()
        for begin in range(0, len(again), _AT_ONCE):
            here = again[begin : begin + _AT_ONCE]
            near = texts.slice(here[0], here[-1] + 1 - here[0]).combine_chunks()
            same = pc.equal(
                near.take(pa.array(here - here[0])), firsts.take(pa.array(first[number[here]]))
            )
            if not pc.all(same).as_py():
                exact = _texts(table, names).groupby(names).ngroup()
                return np.asarray(exact, dtype=np.int32)
    return number


def _texts(table: pa.Table, names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: TEXT.__from_arrow__(table[name]) for name in names}, copy=False)


def _tables(frame: FactFrame) -> Iterator[pa.Table]:
    """The facts, some at a time, under the columns of their kind but for those that say which
    fact it is and who said it."""
    fields = [item for item in arrow_schema(frame.kind) if item.name not in _FILLED_IN]
    for numbers, said in frame.pieces(_AT_ONCE):
        columns = {}
        for item in fields:
            column = said.get(item.name)
            if item.name == "row":
                columns["row"] = pa.array(numbers, pa.int32())
            elif isinstance(column, pd.Series):
                columns[item.name] = pa.array(column, item.type, from_pandas=True)
            else:
                columns[item.name] = pa.repeat(pa.scalar(column, item.type), len(numbers))
        yield pa.table(columns)


def _held(log: FactLog, kind: str, source: str) -> Aside:
    """What the log holds of this source, in pieces that are looked at where they lie."""
    held = Aside(packed=False)
    held.add(kind, arrow_schema(kind).empty_table())
    for facts in log.held(kind, rows=_AT_ONCE):
        held.add(kind, facts.filter(pc.equal(facts["source"], source)))
    give_back()
    return held


class _Both:
    """The facts of a kind that are held, and below them those that the file states."""

    def __init__(self, kind: str, held: Aside, stated: Aside) -> None:
        self.kind = kind
        self.held_count = held.counts()[kind]
        self._parts = (held, stated)

    def held(self, names: Sequence[str]) -> pa.Table:
        """Some columns of what is held."""
        return self._parts[0].columns(self.kind, names)

    def news(self, names: Sequence[str]) -> pa.Table:
        """Some columns of what the file states."""
        return self._parts[1].columns(self.kind, names)

    def taken(self, places: NDArray[np.int64]) -> Iterator[pa.Table]:
        """Facts at places in rising order, piece by piece."""
        begin = 0
        for part in self._parts:
            for piece in part.pieces(self.kind):
                here = slice(*np.searchsorted(places, (begin, begin + len(piece))))
                if here.start < here.stop:
                    at = places[here] - begin
                    is_whole = len(at) == len(piece) and bool(np.all(np.diff(at) == 1))
                    yield piece if is_whole else piece.take(pa.array(at))
                begin += len(piece)


def _compare_kind(both: _Both, source: str, batch: str, difference: Difference) -> None:
    kind, held_count = both.kind, both.held_count
    names = slot_columns(kind)
    keys = [both.held(names), both.news(names)]
    slots = numbered_slots(kind, pa.concat_tables(keys, promote_options="default"))
    del keys
    give_back()
    before, now = slots[:held_count], slots[held_count:]
    size = int(slots.max(initial=-1)) + 1
    held_of = np.bincount(before, minlength=size)
    news_of = np.bincount(now, minlength=size)
    fresh = (held_of[now] == 0) & (news_of[now] == 1)
    again = _again(both, before, now, (held_of == 1) & (news_of == 1))
    take = np.flatnonzero(fresh) + held_count
    until = both.news(["valid_to"])["valid_to"].filter(pa.array(fresh)).combine_chunks()
    rest = ~(fresh | again)
    if rest.any():
        touched = np.zeros(size, bool)
        touched[now[rest]] = True
        places = np.flatnonzero(touched[slots])
        taken, ends = _merged(both, slots, places, difference)
        take = np.concatenate([take, np.array(taken, np.int64)])
        until = pa.concat_arrays([until, pa.array(ends, pa.date32())])
    # in the order of the file, what is carried over first
    order = np.argsort(take, kind="stable")
    take, until = take[order], until.take(pa.array(order))
    del slots, before, now, order
    done, changed = 0, []
    for facts in both.taken(take):
        some = slice(done, done + len(facts))
        is_new = take[some] >= held_count
        rows = facts["row"].to_numpy()
        changed.append(rows[is_new])
        columns = dict(zip(facts.column_names, facts.columns, strict=True)) | {
            "fact_id": fact_ids(batch, kind, len(facts), done),
            "valid_to": until.slice(done, len(facts)),
            "known_from": pa.nulls(len(facts), INSTANT),
            "source": pa.repeat(source, len(facts)),
            "batch": pa.repeat(batch, len(facts)),
            # a fact carried over with a new end stands in no row of this file
            "row": pa.array(np.where(is_new, rows, 0), pa.int32()),
        }
        facts = pa.table({name: columns[name] for name in arrow_schema(kind).names})
        difference.asserted.add(kind, facts)
        done = some.stop
    if changed:
        difference.note_changed(np.concatenate(changed))


def _again(
    both: _Both, before: NDArray[np.int32], now: NDArray[np.int32], alone: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which news say what their slot's only held fact says, of no earlier day: nothing new."""
    found = np.zeros(len(now), bool)
    single = np.flatnonzero(alone[now])
    if not len(single):
        return found
    holder = np.zeros(len(alone), np.int64)
    holder[before] = np.arange(len(before))
    of_old, of_new = pa.array(holder[now[single]]), pa.array(single)

    def pair(name: str) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
        return both.held([name])[name].take(of_old), both.news([name])[name].take(of_new)

    began, begins = pair("valid_from")
    same = pc.less_equal(_day(began), _day(begins))
    for name in arrow_schema(both.kind).names:
        if name not in (*_SAID_BY, *slot_columns(both.kind), "valid_from"):
            old, new = pair(name)
            both_silent = pc.and_(pc.is_null(old), pc.is_null(new))
            equal = pc.fill_null(pc.equal(old, new), False)
            same = pc.and_(same, pc.or_(equal, both_silent))
            give_back()
    found[single] = same.to_numpy()
    return found


def _day(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column, date.min)


def _merged(
    both: _Both, slots: NDArray[np.int32], places: NDArray[np.int64], difference: Difference
) -> tuple[list[int], list[date | None]]:
    """Of the rows at `places`, those to assert, each with its end, slot by slot."""
    nothing = arrow_schema(both.kind).empty_table()
    chosen = pa.concat_tables([nothing, *both.taken(places)], promote_options="default")
    contents = _contents(chosen)
    begins, ends = chosen["valid_from"].to_pylist(), chosen["valid_to"].to_pylist()
    ids = chosen["fact_id"].to_pylist()
    old: dict[int, list[int]] = defaultdict(list)
    new: dict[int, list[int]] = defaultdict(list)
    for at, (place, slot) in enumerate(zip(places.tolist(), slots[places].tolist(), strict=True)):
        (old if place < both.held_count else new)[slot].append(at)
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
    difference.close(both.kind, pa.array(closed, pa.string()))
    return take, until


def _contents(table: pa.Table) -> list[str]:
    names = [name for name in table.column_names if name not in _NOT_CONTENT]
    columns = [map(str, table[name].to_pylist()) for name in names]
    return ["\x1f".join(values) for values in zip(*columns, strict=True)]
