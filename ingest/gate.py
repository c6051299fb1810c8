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

from graph.errors import InputError
from ingest.finding import Finding
from ingest.rules import value_column
from ingest.schema import on_row, on_text, on_value, validate
from ingest.source import Expected
from ingest.table import Table
from ingest.values import read_column

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


def check(
    table: Table,
    *,
    identity_key: str,
    known: Callable[[str], Collection[str]],
    expected: Expected | None = None,
) -> Gated:
    """Check a table.

    Args:
        identity_key: of the keyed hash that turns a resident id into a person key.
        known: label -> keys of the things of that label that exist.
        expected: how many rows a delivery usually has; a returned error workbook is not measured.

    Returns:
        `rows_in = len(rows) + len(quarantined)`, always.

    Raises:
        InputError: `too_few_rows`: fewer than expected at least; nothing is taken then.
    """
    findings = [*table.notes, *table.refused]
    if expected and not table.is_correction:
        findings += _measured(table, expected)
    index = table.frame.index
    fields = {spec.name: spec for spec in table.spec.fields}
    # a field without a column in the file is an empty column, one for all such fields
    absent = pd.Series(np.full(len(index), None, object), index=index)
    said = {name: table.frame.get(name, absent) for name in fields}
    readings = {name: read_column(fields[name], said[name], identity_key) for name in fields}
    findings += validate(
        pd.DataFrame(said, copy=False),
        {name: list(on_text(fields[name], said[name], readings[name])) for name in fields},
        {name: spec.title for name, spec in fields.items()},
    )
    columns = {name: each for one in readings.values() for name, each in one.columns.items()}
    typed = pd.DataFrame(columns, index=index, copy=False)
    rules = {value_column(spec): list(on_value(spec, typed, known)) for spec in fields.values()}
    for row_check in table.spec.checks:
        first = value_column(fields[row_check.fields[0]])
        rules[first].append(on_row(row_check, fields, typed, readings))
    findings += validate(typed, rules, {value_column(spec): spec.title for spec in fields.values()})
    findings += _twins(table, typed[~index.isin(_refused(findings))])
    quarantined = _refused(findings)
    return Gated(typed[~index.isin(quarantined)], findings, set(quarantined))


def _refused(findings: Iterable[Finding]) -> list[int]:
    return sorted({item.row for item in findings if item.severity == "error" and item.row})


def _measured(table: Table, expected: Expected) -> list[Finding]:
    """Whether the file has about as many rows as it should."""
    count = table.rows_in
    if expected.min is not None and count < expected.min:
        raise InputError(
            f"{table.file_name} 只有 {count} 行，该来源至少应有 {expected.min} 行，整份未接收。"
            "请检查是否导出不全；确属减少的，请信用办调整 source.yaml 的 expected。",
            f"{table.file_name} has {count} rows, fewer than the {expected.min} expected.",
            code="too_few_rows",
        )
    if expected.max is None or count <= expected.max:
        return []
    return [
        Finding(
            1,
            None,
            "too_many_rows",
            f"共 {count} 行，多于通常的 {expected.max} 行。请核对是否重复导出。",
            f"{count} rows, more than the {expected.max} expected.",
            f"{count} 行",
            "warning",
        )
    ]


def _twins(table: Table, typed: pd.DataFrame) -> list[Finding]:
    """A key twice: the same row twice is one row; different rows are all refused."""
    if not table.spec.key or typed.empty:
        return []
    key = [f"{name}_key" if f"{name}_key" in typed else name for name in table.spec.key]
    repeated = typed[typed.duplicated(key, keep=False)]
    if repeated.empty:
        return []
    columns = "、".join(item.title for item in table.spec.fields if item.name in table.spec.key)
    # rows are compared as they were sent: a lossy type must not make two rows equal
    sent = table.frame.loc[repeated.index].fillna("").astype(str).agg("\x1f".join, axis=1)
    group = repeated[key].astype(object).fillna("").astype(str).agg("\x1f".join, axis=1)
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
