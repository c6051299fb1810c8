"""Check rows against the field catalogue and give them their types.

The catalogue of a table becomes three pandera schemas, each validated lazily, so that one pass
names every fault.  What the file *says*: required cells, cells that a spreadsheet has spoilt,
texts that have no value.  What it *means*: bounds, references, rules.  What the rows are to each
other: keys.  Each looks only where the one before found nothing, so that a fault is told once.

Identifiers lose their raw value here: behind the gate there are only keys, labels and masked forms.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas.util import hash_pandas_object

from ingest.checking.rules import value_column
from ingest.checking.schema import on_row, on_text, on_value, validate
from ingest.checking.values import read_column
from ingest.finding import Finding
from ingest.reading.memory import give_back
from ingest.reading.table import Table
from ingest.reading.texts import Texts

__all__ = ["Gated", "check"]

_HASHED_AT_ONCE = 1 << 16  # keys


@dataclass
class Gated:
    """What came through.

    Attributes:
        rows: typed columns of the good rows.
        findings: errors and warnings.
        quarantined: numbers of the rows refused.
    """

    rows: pd.DataFrame
    findings: list[Finding] = field(default_factory=list)
    quarantined: set[int] = field(default_factory=set)

    @property
    def accepted(self) -> int:
        """How many rows are good."""
        return len(self.rows)

    def give_up(self) -> pd.DataFrame:
        """The good rows, given away: what stays here is their numbers."""
        rows, self.rows = self.rows, pd.DataFrame(index=self.rows.index)
        return rows


def check(
    table: Table,
    *,
    identity_key: str,
    known: Callable[[str], Collection[str]],
) -> Gated:
    """Check a table.

    Args:
        identity_key: of the keyed hash that turns a resident id into a person key.
        known: label -> keys of the things of that label that exist.

    Returns:
        `rows_in = len(rows) + len(quarantined)`, always.
    """
    findings = [*table.notes, *table.refused]
    parts = []
    for index, said in table.slices():
        rows, found = _check_rows(table, index, said, identity_key, known)
        findings += found
        parts.append(rows)
        if len(index) < len(table.numbers):
            # pandera's report holds the slice, in a circle with its traceback; Arrow what it freed
            gc.collect()
            give_back()
    rows = _joined(parts)
    twins = _twins(table, rows)
    give_back()
    findings += twins
    if twins:
        good = ~rows.index.isin(_refused(twins))
        columns = [{name: rows.pop(name) for name in list(rows)}]
        rows = _joined(columns, good)
    return Gated(rows, findings, set(_refused(findings)))


def _check_rows(
    table: Table,
    index: pd.Index,
    said: dict[str, Texts],
    identity_key: str,
    known: Callable[[str], Collection[str]],
) -> tuple[dict[str, pd.Series], list[Finding]]:
    """Some rows by themselves: typed columns of the good ones, and what was found."""
    fields = {spec.name: spec for spec in table.spec.fields}
    # a field without a column in the file is an empty column, one for all such fields
    absent = Texts.of([None] * len(index))
    said = {name: said.get(name, absent) for name in fields}
    readings = {
        name: read_column(spec, said[name], index, identity_key) for name, spec in fields.items()
    }
    titles = {name: spec.title for name, spec in fields.items()}
    findings = list(
        validate(
            pd.DataFrame({name: cells.series(index) for name, cells in said.items()}, copy=False),
            {
                name: list(on_text(spec, said[name], readings[name], from_sheet=table.from_sheet))
                for name, spec in fields.items()
            },
            titles,
        )
    )
    spoilt = {
        name: index.isin(_refused(item for item in findings if item.column == title))
        for name, title in titles.items()
    }
    columns = {name: each for one in readings.values() for name, each in one.columns.items()}
    typed = pd.DataFrame(columns, copy=False)
    rules = {
        value_column(spec): list(on_value(spec, typed, known, spoilt[spec.name]))
        for spec in fields.values()
    }
    for row_check in table.spec.checks:
        first = value_column(fields[row_check.fields[0]])
        rules[first].append(on_row(row_check, fields, typed, spoilt))
    findings += validate(typed, rules, {value_column(spec): spec.title for spec in fields.values()})
    good = ~index.isin(_refused(findings))
    left = index[good]
    # not as a frame, which would hold its columns of objects in one block, freed together
    return {
        name: pd.Series(column.array[good], index=left, dtype=column.dtype)
        for name, column in columns.items()
    }, findings


def _joined(parts: list[dict[str, pd.Series]], good: np.ndarray | None = None) -> pd.DataFrame:
    """The (`good`) rows of the parts as one frame; the parts are used up.

    Column by column, so that a million rows are there once and not twice.
    """
    index = pd.Index(
        np.concatenate([next(iter(part.values())).index for part in parts]), name="row"
    )
    index = index if good is None else index[good]
    found = {}
    for name in list(parts[0]):
        column = pd.concat([part.pop(name) for part in parts])
        values = column.array if good is None else column.array[good]
        found[name] = pd.Series(values, index=index, dtype=column.dtype)
        give_back()
    return pd.DataFrame(found, copy=False)


def _refused(findings: Iterable[Finding]) -> list[int]:
    return sorted({item.row for item in findings if item.severity == "error" and item.row})


def _twins(table: Table, rows: pd.DataFrame) -> list[Finding]:
    """A key twice among the good rows: the same row is one row; different rows are all refused."""
    fields = [item for item in table.spec.fields if item.name in table.spec.key]
    key = [value_column(item) for item in fields]
    if not key:
        return []
    # Hashes tell where to look, some rows at a time: a million keys as Python's texts are 100 MB,
    # and so is Arrow's dictionary of them.  What looks repeated is compared as it is.
    hashes = np.zeros(len(rows), np.uint64)
    for begin in range(0, len(rows), _HASHED_AT_ONCE):
        some = slice(begin, begin + _HASHED_AT_ONCE)
        hashes[some] = hash_pandas_object(rows[key].iloc[some].astype(object), index=False)
    looks = rows.loc[pd.Series(hashes).duplicated(keep=False).to_numpy(), key]
    repeated = looks[looks.duplicated(keep=False)]
    if repeated.empty:
        return []
    columns = "、".join(item.title for item in fields)
    # rows are compared as they were sent: a lossy type must not make two rows equal
    sent = table.rows(repeated.index).fillna("").astype(str).agg("\x1f".join, axis=1)
    group = repeated.astype(object).fillna("").astype(str).agg("\x1f".join, axis=1)
    same = sent.groupby(group).transform("nunique") == 1
    found = [
        Finding(
            int(row),
            columns,
            "duplicate_key",
            f"“{columns}”重复而内容不同，无法判断哪一行正确。请保留正确的一行。",
            "The key occurs again with other content; no row of it was taken.",
            "重复",
        )
        for row in repeated.index[~same]
    ]
    again = repeated.index[same & group.duplicated()]
    found += [
        Finding(
            int(row),
            columns,
            "duplicate_row",
            "与前面某行完全相同，已忽略本行。",
            "The same row stands above; this one was not taken.",
            "重复",
        )
        for row in again
    ]
    return found
