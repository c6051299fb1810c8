"""The difference row by row, as clear and slow as it was first written: the oracle of the fast one."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.facts import INSTANT, arrow_schema, slot_columns
from graph.log import FactLog
from ingest.comparing.difference import Difference
from ingest.comparing.timeline import Stated, merge
from ingest.emit import FactFrame

__all__ = ["slow_compare"]

_SAID_BY = ("fact_id", "known_from", "source", "batch", "row")
_NOT_CONTENT = frozenset({*_SAID_BY, "valid_from", "valid_to"})


def slow_compare(
    log: FactLog,
    frames: Iterable[FactFrame],
    *,
    source: str,
    batch: str,
    known_at: datetime,
) -> Difference:
    """Lay the facts of a file over what the log holds of this source."""
    by_kind: dict[str, list[pa.Table]] = defaultdict(list)
    for frame in frames:
        if len(frame.frame):
            by_kind[frame.kind].append(_table(frame))
    difference = Difference()
    for kind in sorted(by_kind):
        news = pa.concat_tables(by_kind[kind], promote_options="default")
        held = log.read(kind)
        held = held.filter(pc.equal(held["source"], source)).select(news.column_names)
        _compare_kind(kind, held, news, source, batch, known_at, difference)
    return difference


def _table(frame: FactFrame) -> pa.Table:
    """The frame under the columns of its kind; `fact_id` and who said it still to be filled in."""
    schema = arrow_schema(frame.kind)
    columns = {}
    for item in schema:
        if item.name == "row":
            columns["row"] = pa.array(frame.frame.index, pa.int32())
        elif item.name in _SAID_BY or item.name not in frame.frame:
            columns[item.name] = pa.nulls(len(frame.frame), item.type)
        else:
            columns[item.name] = pa.array(_plain(frame.frame[item.name]), item.type)
    return pa.table(columns)


def _plain(column: pd.Series) -> list[object]:
    values: list[object] = column.astype(object).where(column.notna(), None).tolist()
    return values


def _compare_kind(
    kind: str,
    held: pa.Table,
    news: pa.Table,
    source: str,
    batch: str,
    known_at: datetime,
    difference: Difference,
) -> None:
    both = pa.concat_tables([held, news], promote_options="default")
    slots = list(zip(*(both[name].to_pylist() for name in slot_columns(kind)), strict=True))
    contents = _contents(both)
    begins, ends = both["valid_from"].to_pylist(), both["valid_to"].to_pylist()
    ids, rows = both["fact_id"].to_pylist(), both["row"].to_pylist()
    touched = set(slots[len(held) :])
    old: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in range(len(held)):
        if slots[place] in touched:
            old[slots[place]].append(place)
    new: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in range(len(held), len(both)):
        new[slots[place]].append(place)
    take: list[int] = []
    until = []
    for slot, places in new.items():
        if slot not in old and len(places) == 1:
            take.append(places[0])
            until.append(ends[places[0]])
            continue
        before = sorted(old.get(slot, ()), key=lambda place: begins[place] or date.min)
        following = [*(begins[place] for place in before[1:]), None][: len(before)]
        timeline = [
            # an end where the successor begins was cut by it, not stated
            Stated(begins[p], None if ends[p] == nxt else ends[p], contents[p], ids[p], ends[p], p)
            for p, nxt in zip(before, following, strict=True)
        ]
        said = [Stated(begins[p], ends[p], contents[p], None, None, p) for p in places]
        change = merge(timeline, said)
        difference.close(kind, pa.array(change.closed, pa.string()))
        for item in change.asserted:
            take.append(item.row)
            until.append(item.held_to)
    if not take:
        return
    changed = {*difference.changed_rows.tolist(), *(rows[at] for at in take if at >= len(held))}
    difference.changed_rows = np.array(sorted(changed), np.int64)
    facts = both.take(pa.array(take, pa.int64()))
    stated = [
        "|".join((batch, kind, *slots[place], str(begins[place]), str(end), contents[place]))
        for place, end in zip(take, until, strict=True)
    ]
    fact_ids = [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in stated]
    count = len(take)
    replaced = {
        "fact_id": pa.array(fact_ids, pa.string()),
        "valid_to": pa.array(until, pa.date32()),
        "known_from": pa.array([known_at] * count, INSTANT),
        "source": pa.array([source] * count, pa.string()),
        "batch": pa.array([batch] * count, pa.string()),
        # a fact carried over with a new end stands in no row of this file
        "row": pa.array([rows[p] if p >= len(held) else 0 for p in take], pa.int32()),
    }
    for name, column in replaced.items():
        facts = facts.set_column(facts.column_names.index(name), name, column)
    difference.asserted[kind] = facts.cast(arrow_schema(kind))


def _contents(table: pa.Table) -> list[str]:
    names = [name for name in table.column_names if name not in _NOT_CONTENT]
    columns = [map(str, table[name].to_pylist()) for name in names]
    return ["\x1f".join(values) for values in zip(*columns, strict=True)]
