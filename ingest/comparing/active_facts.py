"""What a table's files said and is still held, and by which row of which list it was said last.

A fact may be said by several rows: a village's cooperative by that of each of its farms.  It goes
by the row that said it first, until a list comes in which another row says it: from then on by
that one (`restated`, kept with the list).  Else a row of which nothing is left but what others say
too would count as there, and a list that lost everything as one that lost half.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.facts import arrow_schema, first_ids
from graph.log import Batch, FactLog
from ingest.comparing.difference import Difference
from ingest.comparing.listing import kept_listing
from ingest.comparing.slots import NO_SLOT, columns_read, numbered_slots
from ingest.spill import SpilledTables

__all__ = ["confirmed", "held_facts", "restated"]

_CONFIRMED = pa.schema([("fact_id", pa.string())])
_RESTATED = pa.schema([("fact_id", pa.string()), ("row", pa.int32())])

_AT_ONCE = 1 << 16  # facts looked at at a time

_NOTHING_HELD = pd.DataFrame(
    {name: pd.Series(dtype=object) for name in ("kind", "fact_id", "batch")}
    | {name: pd.Series(dtype=int) for name in ("place", "row", "stated")}
    | {"seen": pd.Series(dtype=bool)}
)
_NOTHING_LISTED = pd.DataFrame(
    {name: pd.Series(dtype=object) for name in ("batch", "key", "scope")}
    | {"row": pd.Series(dtype=int)}
)


def held_facts(
    log: FactLog, own: Sequence[Batch], others: dict[int, Batch], difference: Difference, day: date
) -> tuple[dict[str, pa.ChunkedArray], pd.DataFrame]:
    """The facts that a table's batches `own` said and that run on `day`, by kind as their identifiers;
    and a line for each.

    Lines: kind, fact_id (the first one), place (in the facts), key and scope of its row, `stated`
    (the row of this file that says it; 0: none), `seen` (by this file or another part of the list).
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
    ids: dict[str, pa.ChunkedArray] = {}
    lines = []
    for kind in sorted({kind for item in own for kind in item.kinds}):
        held = _running(log, kind, names, day)
        ids[kind] = held["fact_id"]
        stated = _stating_rows(kind, held, difference.stated)
        first = first_ids(held["fact_id"])
        # what this file ended otherwise is spoken of
        over = difference.closed.get(kind, pa.chunked_array([], pa.string())).combine_chunks()
        seen = pc.or_(
            pc.or_(
                pc.is_in(held["batch"], value_set=arrived), pc.is_in(first, value_set=elsewhere)
            ),
            pc.is_in(held["fact_id"], value_set=over),
        ).to_numpy()
        lines.append(
            pd.DataFrame(
                {
                    "kind": kind,
                    "fact_id": first.to_pandas(),
                    "place": np.arange(len(held)),
                    "batch": held["batch"].to_pandas(),
                    "row": held["row"].to_pandas(),
                    "stated": stated,
                    "seen": (stated > 0) | seen,
                }
            )
        )
    facts = pd.concat(lines, ignore_index=True) if lines else _NOTHING_HELD
    return ids, _with_rows(log, own, _by_last_word(log, own, facts))


def confirmed(facts: pd.DataFrame) -> pa.Table:
    """The facts that this file says again: fact_id."""
    again = facts.loc[facts["stated"] > 0, ["fact_id"]]
    return pa.Table.from_pandas(again, _CONFIRMED, preserve_index=False)


def restated(facts: pd.DataFrame, lines: pd.DataFrame) -> pa.Table:
    """The facts that a row of another key says in this file: fact_id, row."""
    said = facts[facts["stated"] > 0]
    key = lines.drop_duplicates("row").set_index("row")["key"].reindex(said["stated"]).to_numpy()
    other = said[said["key"].notna() & pd.notna(key) & (said["key"] != key)]
    told = other[["fact_id", "stated"]].rename(columns={"stated": "row"})
    return pa.Table.from_pandas(told, _RESTATED, preserve_index=False)


def _by_last_word(log: FactLog, own: Sequence[Batch], facts: pd.DataFrame) -> pd.DataFrame:
    """The facts with batch and row of the list that said them last, where it was another row."""
    told = [
        table.to_pandas().assign(batch=item.batch)
        for item, table in ((item, log.table(item, "restated")) for item in own)
        if table is not None
    ]
    if not told:
        return facts
    last = pd.concat(told).drop_duplicates("fact_id", keep="last").set_index("fact_id")
    there = facts["fact_id"].isin(last.index)
    now = last.loc[facts.loc[there, "fact_id"]]
    facts.loc[there, "batch"] = now["batch"].to_numpy()
    facts.loc[there, "row"] = now["row"].to_numpy()
    return facts


def _with_rows(log: FactLog, own: Sequence[Batch], facts: pd.DataFrame) -> pd.DataFrame:
    """Each line with key and scope of the row that it goes by."""
    in_use = set(facts["batch"])
    rows = [
        kept_listing(log, item).assign(batch=item.batch) for item in own if item.batch in in_use
    ]
    where = pd.concat(rows) if rows else _NOTHING_LISTED
    # a fact that stands in no listed row has no scope: no list speaks for it
    return facts.merge(where[["batch", "row", "key", "scope"]], on=["batch", "row"], how="left")


def _running(log: FactLog, kind: str, batches: pa.Array, day: date) -> pa.Table:
    """The held facts of some batches that run on a day: the columns that are looked at, and no others."""
    names = ["batch", "row", "valid_to", *columns_read(kind)]
    pieces = []
    for held in log.held(kind, rows=_AT_ONCE, columns=names):
        running = pc.fill_null(pc.greater(held["valid_to"], pa.scalar(day)), True)
        pieces.append(held.filter(pc.and_(pc.is_in(held["batch"], value_set=batches), running)))
    schema = pa.schema(
        [arrow_schema(kind).field(name) for name in dict.fromkeys((*names, "fact_id"))]
    )
    return pa.concat_tables([schema.empty_table(), *pieces], promote_options="default")


def _stating_rows(kind: str, held: pa.Table, stated: SpilledTables) -> NDArray[np.int32]:
    """For each held fact the first row of the file that says something in its slot; 0: none."""
    if kind not in stated or not len(held):
        return np.zeros(len(held), np.int32)
    names = list(columns_read(kind))
    news = stated.columns(kind, list(dict.fromkeys((*names, "row"))))
    both = pa.concat_tables([held.select(names), news.select(names)], promote_options="default")
    rows = news["row"].to_numpy()[::-1]
    found = np.zeros(len(held), np.int32)
    for numbers in numbered_slots(kind, both):
        row = np.zeros(int(numbers.max(initial=-1)) + 2, np.int32)
        row[numbers[len(held) :][::-1]] = rows
        row[NO_SLOT] = 0
        found = np.where(found > 0, found, row[numbers[: len(held)]])
    return found
