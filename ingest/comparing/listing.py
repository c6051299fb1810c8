"""The rows of a complete list by what they are about: their keys, and the scopes they stand in.

A refused row counts too where its key can be read: that it is wrong does not mean that what it
names has ended.
"""

from __future__ import annotations

from functools import reduce

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.log import Batch, FactLog
from ingest.catalogue.source import TableSpec
from ingest.checking.gate import Gated
from ingest.checking.values import read_column
from ingest.reading.table import Table
from ingest.reading.texts import TEXT, Texts, arrow_texts, text_series
from ingest.spill import SpilledTables

__all__ = ["kept_listing", "listing", "listing_table"]

_SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("key", pa.string()),
        ("scope", pa.string()),
        ("refused", pa.bool_()),
    ]
)


def listing(table: Table, gated: Gated, identity_key: str) -> pa.Table:
    """One line a row of the file: `row`, `key`, `scope` (null: cannot be read), `refused`.

    Looked at in a file: it is there from the gate to the end.
    """
    spec = table.spec
    bad = table.rows(gated.quarantined)
    typed: dict[str, pd.Series] = {}
    for item in spec.fields:
        if item.name in {*spec.key, *spec.scope}:
            named = item.name_field
            typed |= read_column(
                item,
                _texts(bad, item.name),
                bad.index,
                identity_key,
                names=_texts(bad, named) if named in bad else None,
            ).columns
    lines = [
        _lines(spec, gated.rows, refused=False),
        _lines(spec, pd.DataFrame(typed, index=bad.index), refused=True),
    ]
    torn = [item.row for item in table.refused if item.row]
    if torn:
        lines.append(pd.DataFrame({"row": torn, "key": None, "scope": None, "refused": True}))
    whole = pd.concat([item for item in lines if len(item)] or lines[:1], ignore_index=True)
    kept = SpilledTables(packed=False)
    kept["listed"] = listing_table(whole)
    return kept["listed"]


def listing_table(lines: pd.DataFrame) -> pa.Table:
    """The form in which a listing is kept with its batch."""
    return pa.Table.from_pandas(lines, _SCHEMA, preserve_index=False)


def kept_listing(log: FactLog, batch: Batch) -> pa.Table:
    """The listing that was kept with a batch; empty for one that was no complete list."""
    kept = log.table(batch, "listed")
    return _SCHEMA.empty_table() if kept is None else kept


def _texts(rows: pd.DataFrame, name: str) -> Texts:
    return Texts.of(rows[name].tolist() if name in rows else [None] * len(rows))


def _lines(spec: TableSpec, typed: pd.DataFrame, *, refused: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": typed.index,
            "key": _joined(typed, spec.key, strict=refused).array if spec.key else None,
            "scope": _joined(typed, spec.scope, strict=True).array,
            "refused": refused,
        }
    )


def _joined(typed: pd.DataFrame, names: tuple[str, ...], *, strict: bool) -> pd.Series:
    """The values of several columns as one text; `strict`: None where one of them is missing."""
    columns = [typed[f"{name}_key" if f"{name}_key" in typed else name] for name in names]
    if not columns:
        return pd.Series("", typed.index, object)
    texts = [_shown(column) for column in columns]
    known = [text.is_valid() for text in texts]
    joined = pc.binary_join_element_wise(*(pc.fill_null(text, "") for text in texts), "\x1f")
    if strict:
        joined = pc.if_else(reduce(pc.and_, known), joined, None)
    if joined.null_count == len(joined):
        return pd.Series([None] * len(joined), typed.index, object)  # kept as what it is: nothing
    return text_series(joined, typed.index)


def _shown(column: pd.Series) -> pa.ChunkedArray:
    """The values of a column as texts."""
    if column.dtype == TEXT:
        return arrow_texts(column)
    plain = column.astype(object)
    return arrow_texts(plain.where(plain.isna(), plain.astype(str)).where(plain.notna(), None))
