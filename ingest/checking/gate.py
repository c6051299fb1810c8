"""Check rows against the field catalogue and give them their types.

The catalogue of a table becomes three pandera schemas, each validated lazily, so that one pass
names every fault.  What the file *says*: required cells, cells that a spreadsheet has spoilt,
texts that have no value.  What it *means*: bounds, references, rules.  What the rows are to each
other: keys.  Each looks only where the one before found nothing, so that a fault is told once.

Identifiers lose their raw value here: behind the gate there are only keys, labels and masked forms.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ingest.checking.rules import value_column
from ingest.checking.schema import on_row, on_text, on_value, validate
from ingest.checking.values import Reading, read_column
from ingest.finding import Finding
from ingest.reading.table import Table
from ingest.reading.texts import Texts

__all__ = ["Gated", "check"]


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
    index = pd.Index(table.numbers, name="row")
    fields = {spec.name: spec for spec in table.spec.fields}
    # a field without a column in the file is an empty column, one for all such fields
    absent = Texts.of([None] * len(index))
    readings: dict[str, Reading] = {}
    spoilt: dict[str, np.ndarray] = {}
    for name, spec in fields.items():
        said = table.columns.get(name, absent)
        readings[name] = read_column(spec, said, index, identity_key)
        found = list(
            validate(
                pd.DataFrame({name: said.series(index)}, copy=False),
                {name: list(on_text(spec, said, readings[name], from_sheet=table.from_sheet))},
                {name: spec.title},
            )
        )
        findings += found
        spoilt[name] = index.isin(_refused(found))
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
    findings += _twins(table, typed, ~index.isin(_refused(findings)))
    del typed, readings, rules  # a million rows are there once, not twice
    quarantined = _refused(findings)
    good = ~index.isin(quarantined)
    kept = {name: columns.pop(name)[good] for name in list(columns)}
    return Gated(pd.DataFrame(kept, copy=False), findings, set(quarantined))


def _refused(findings: Iterable[Finding]) -> list[int]:
    return sorted({item.row for item in findings if item.severity == "error" and item.row})


def _twins(table: Table, typed: pd.DataFrame, good: np.ndarray) -> list[Finding]:
    """A key twice among the good rows: the same row is one row; different rows are all refused."""
    fields = [item for item in table.spec.fields if item.name in table.spec.key]
    key = [value_column(item) for item in fields]
    keys = typed[key][good]
    repeated = keys[keys.duplicated(keep=False)] if key else keys.iloc[:0]
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
