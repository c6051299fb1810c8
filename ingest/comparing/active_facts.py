"""What a table's files said and is still held, and by which row of which list it was said last.

A fact may be said by several rows: a village's cooperative by that of each of its farms.  It goes
by the row that said it first, until a list comes in which another row says it: from then on by
that one (`restated`, kept with the list).  Else a row of which nothing is left but what others say
too would count as there, and a list that lost everything as one that lost half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.facts import arrow_schema, first_ids
from graph.log import Batch, FactLog
from ingest.comparing.difference import Difference, Held
from ingest.comparing.listed_rows import UNNAMED, ListedRows
from ingest.memory import release_memory
from ingest.reading.texts import text_series
from ingest.spill import SpilledTables

__all__ = ["ActiveFacts", "active_facts", "confirmed", "restated"]

_CONFIRMED = pa.schema([("fact_id", pa.string())])
_RESTATED = pa.schema([("fact_id", pa.string()), ("row", pa.int32())])

_AT_ONCE = 1 << 16  # facts looked at at a time


@dataclass(frozen=True)
class ActiveFacts:
    """The facts that a table's batches said and that run on a day, a place each.

    Attributes:
        kinds: of which there are some; the facts of one lie together, in this order.
        kind: place in `kinds`.
        key, scope: numbers of what the fact's row is about (`ingest.comparing.listed_rows`); a fact
            that stands in no listed row has no scope: no list speaks for it.
        stated: the row of this file that says it; 0: none.
        seen: whether this file or another part of the list says it.
        ids: by kind their identifiers.
    """

    kinds: tuple[str, ...]
    kind: NDArray[np.int16]
    key: NDArray[np.int32]
    scope: NDArray[np.int32]
    stated: NDArray[np.int32]
    seen: NDArray[np.bool_]
    ids: SpilledTables

    def chosen(self, which: NDArray[np.bool_]) -> list[tuple[str, pa.ChunkedArray]]:
        """By kind the identifiers of some facts; kinds of which there are none are left out."""
        found = []
        for at, kind in enumerate(self.kinds):
            here = which[self.kind == at]
            if here.any():
                ids = self.ids.columns(kind, ["fact_id"])["fact_id"]
                found.append((kind, ids.filter(pa.array(here))))
        return found

    def first_ids(self, which: NDArray[np.bool_]) -> pa.ChunkedArray:
        """The identifiers under which some facts were stated the first time."""
        chunks = [chunk for _, ids in self.chosen(which) for chunk in first_ids(ids).chunks]
        return pa.chunked_array(chunks, pa.string())


def active_facts(
    log: FactLog,
    own: Sequence[Batch],
    others: dict[int, Batch],
    listed: ListedRows,
    difference: Difference,
    day: date,
) -> ActiveFacts:
    """The facts that a table's batches `own` said and that run on `day`.

    Args:
        others: the other parts of the list that have arrived.
        listed: the rows of `own`, and what those are about.
        difference: with what was held (`compare`, `keep_held`).
    """
    names = pa.array([item.batch for item in own], pa.string())
    elsewhere = pa.concat_arrays(
        [pa.array([], pa.string())]
        + [
            table["fact_id"].combine_chunks()
            for table in (log.table(item, "confirmed") for item in others.values())
            if table is not None
        ]
    )
    arrived = pa.array([item.batch for item in others.values()], pa.string())
    last_word = _last_word(log, own)
    kinds = tuple(sorted({kind for item in own for kind in item.kinds}))
    held_ids = SpilledTables(packed=False)
    assert difference.held is not None
    kept = difference.held
    found: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for at, kind in enumerate(kinds):
        held, stated = _running(log, kind, kept.get(kind), names, day)
        held_ids.add(kind, held.select(["fact_id"]))
        first = first_ids(held["fact_id"])
        # what this file ended otherwise is spoken of
        over = difference.closed.get(kind, pa.chunked_array([], pa.string())).combine_chunks()
        seen = stated > 0
        for column, values in (
            (held["batch"], arrived),
            (first, elsewhere),
            (held["fact_id"], over),
        ):
            if len(values):
                seen |= pc.is_in(column, value_set=values).to_numpy()
        batch = pc.index_in(held["batch"], value_set=names).to_numpy()
        row = held["row"].to_numpy()
        if last_word is not None:
            batch, row = _by_last_word(first, batch, row, last_word)
        key, scope = listed.about(batch, row)
        kind_of = np.full(len(held), at, np.int16)
        for name, column in zip(_COLUMNS, (kind_of, key, scope, stated, seen), strict=True):
            found[name].append(column)
        del held, first
        release_memory()
    columns = {
        name: np.concatenate([np.zeros(0, dtype), *found[name]]) for name, dtype in _COLUMNS.items()
    }
    return ActiveFacts(kinds=kinds, ids=held_ids, **columns)


_COLUMNS = {
    "kind": np.int16,
    "key": np.int32,
    "scope": np.int32,
    "stated": np.int32,
    "seen": np.bool_,
}


def confirmed(facts: ActiveFacts) -> pa.Table:
    """The facts that this file says again: fact_id."""
    again = facts.first_ids(facts.stated > 0)
    return _kept(_CONFIRMED, again, {})


def restated(facts: ActiveFacts, key_of: NDArray[np.int32]) -> pa.Table:
    """The facts that a row of another key says in this file: fact_id, row.

    Args:
        key_of: the number of the key of each row of the file (`ListedRows.key_of`).
    """
    now = key_of[facts.stated]
    other = (facts.stated > 0) & (facts.key != UNNAMED) & (now != UNNAMED) & (facts.key != now)
    return _kept(_RESTATED, facts.first_ids(other), {"row": facts.stated[other]})


def _kept(
    schema: pa.Schema, fact_ids: pa.ChunkedArray, more: dict[str, NDArray[np.int32]]
) -> pa.Table:
    frame = pd.DataFrame(
        {"fact_id": text_series(fact_ids, pd.RangeIndex(len(fact_ids))), **more}, copy=False
    )
    return pa.Table.from_pandas(frame, schema, preserve_index=False)


def _last_word(
    log: FactLog, own: Sequence[Batch]
) -> tuple[pa.Array, NDArray[np.int32], NDArray[np.int32]] | None:
    """The facts that another row said later, by their first identifiers: which batch, which row."""
    told = [
        (at, table)
        for at, table in ((at, log.table(item, "restated")) for at, item in enumerate(own))
        if table is not None
    ]
    if not told:
        return None
    ids = pa.chunked_array([chunk for _, table in told for chunk in table["fact_id"].chunks])
    batch = np.repeat([at for at, _ in told], [len(table) for _, table in told]).astype(np.int32)
    row = np.concatenate([table["row"].to_numpy() for _, table in told])
    coded = ids.combine_chunks().dictionary_encode()
    last = np.zeros(len(coded.dictionary), np.int64)
    last[coded.indices.to_numpy()] = np.arange(len(row))  # of several the last one stays
    return coded.dictionary, batch[last], row[last]


def _by_last_word(
    first: pa.ChunkedArray,
    batch: NDArray[np.int32],
    row: NDArray[np.int32],
    last: tuple[pa.Array, NDArray[np.int32], NDArray[np.int32]],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Batch and row of the list that said each fact last, where it was another row."""
    ids, batch_of, row_of = last
    place = pc.fill_null(pc.index_in(first, value_set=ids), -1).to_numpy()
    there = place >= 0
    return np.where(there, batch_of[place], batch), np.where(there, row_of[place], row)


def _running(
    log: FactLog, kind: str, kept: Held | None, batches: pa.Array, day: date
) -> tuple[pa.Table, NDArray[np.int32]]:
    """The held facts of some batches that run on a day, and the row of the file that states each.

    Args:
        kept: what was held of the kind, where the file states any of it; else the log is asked.
    """
    names = ["fact_id", "batch", "row", "valid_to"]
    schema = pa.schema([arrow_schema(kind).field(name) for name in names])
    held = kept.facts.pieces(kind, names) if kept else log.held(kind, rows=_AT_ONCE, columns=names)
    pieces, running = [schema.empty_table()], [np.zeros(0, bool)]
    for piece in held:
        runs = pc.fill_null(pc.greater(piece["valid_to"], pa.scalar(day)), True)
        ours = pc.and_(pc.is_in(piece["batch"], value_set=batches), runs)
        pieces.append(piece if pc.all(ours).as_py() else piece.filter(ours))
        running.append(ours.to_numpy())
    found = pa.concat_tables([piece.select(names) for piece in pieces])
    stated = kept.stated[np.concatenate(running)] if kept else np.zeros(len(found), np.int32)
    return found, stated
