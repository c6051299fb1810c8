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
import pyarrow as pa
from numpy.typing import NDArray

from ingest.catalogue.source import Shared
from ingest.checking.reference import Joined, referred
from ingest.checking.rules import value_column
from ingest.checking.schema import on_row, on_text, on_value, validate
from ingest.checking.values import read_column
from ingest.finding import Finding
from ingest.reading.alike import looks
from ingest.reading.aside import Aside
from ingest.reading.memory import give_back
from ingest.reading.table import Table
from ingest.reading.texts import TEXT, Texts

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
    confirmed: frozenset[str] = frozenset(),
    joined: Joined = lambda _kind, _targets: {},
) -> Gated:
    """Check a table.

    Args:
        identity_key: of the keyed hash that turns a resident id into a person key.
        known: label -> keys of the things of that label that exist.
        confirmed: codes of organisations that a person has confirmed in spite of their check digit.
        joined: who is tied to them.

    Returns:
        `rows_in = len(rows) + len(quarantined)`, always.
    """
    findings = [*table.notes, *table.refused]
    parts = []
    aside = Aside(packed=False)
    for index, said in table.slices():
        columns, good, found = _check_rows(
            table, index, said, identity_key, known, confirmed, joined
        )
        findings += found
        parts.append(_good_rows(columns, index, good, aside))
        if len(index) < len(table.numbers):
            give_back()
    key = [value_column(item) for item in table.spec.fields if item.name in table.spec.key]
    twins = _twins(table, _whole([{name: part[name] for name in key} for part in parts]))
    if table.spec.shared:
        twins += _unlike(table, table.spec.shared, parts, set(_refused(twins)))
    findings += twins
    if twins:
        refused, first, aside = _refused(twins), parts, Aside(packed=False)
        parts = []
        while first:
            part = first.pop(0)
            index = next(iter(part.values())).index
            parts.append(_good_rows(part, index, ~index.isin(refused), aside))
    return Gated(_whole(parts), findings, set(_refused(findings)))


def _check_rows(
    table: Table,
    index: pd.Index,
    said: dict[str, Texts],
    identity_key: str,
    known: Callable[[str], Collection[str]],
    confirmed: frozenset[str],
    joined: Joined,
) -> tuple[dict[str, pd.Series], NDArray[np.bool_], list[Finding]]:
    """Some rows by themselves: typed columns, which rows are good, and what was found."""
    fields = {spec.name: spec for spec in table.spec.fields}
    # a field without a column in the file is an empty column, one for all such fields
    absent = Texts.of([None] * len(index))
    said = {name: said.get(name, absent) for name in fields}
    readings = {
        name: read_column(
            spec,
            said[name],
            index,
            identity_key,
            names=said.get(spec.name_field),
            confirmed=confirmed,
        )
        for name, spec in fields.items()
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
    for name, spec in fields.items():
        if spec.within:
            columns[name] = typed[name] = referred(spec, typed, known(spec.reference or ""))
    rules = {
        value_column(spec): list(on_value(spec, typed, known, spoilt[spec.name]))
        for spec in fields.values()
    }
    for row_check in table.spec.checks:
        first = value_column(fields[row_check.fields[0]])
        rules[first].append(on_row(row_check, fields, typed, spoilt, joined))
    findings += validate(typed, rules, {value_column(spec): spec.title for spec in fields.values()})
    return columns, ~index.isin(_refused(findings)), findings


def _good_rows(
    columns: dict[str, pd.Series], index: pd.Index, good: NDArray[np.bool_], aside: Aside
) -> dict[str, pd.Series]:
    """The good rows of some, with their texts looked at in a file instead of held in memory."""
    # not as a frame, which would hold its columns of objects in one block, freed together
    kept = {name: column.array[good] for name, column in columns.items()}
    name = f"{len(aside)}"
    aside.add(name, pa.table({name: pa.array(x) for name, x in kept.items() if x.dtype == TEXT}))
    texts = aside[name]
    kept |= {name: TEXT.__from_arrow__(texts[name]) for name in texts.column_names}
    left = index[good]
    return {
        name: pd.Series(values, index=left, dtype=columns[name].dtype, copy=False)
        for name, values in kept.items()
    }


def _whole(parts: list[dict[str, pd.Series]]) -> pd.DataFrame:
    """The parts as one frame; they are used up.

    Column by column, so that a million rows are there once and not twice.
    """
    if not parts[0]:
        return pd.DataFrame()
    index = pd.Index(
        np.concatenate([next(iter(part.values())).index for part in parts]), name="row"
    )
    found = {
        name: pd.concat([part.pop(name) for part in parts], ignore_index=True).set_axis(index)
        for name in list(parts[0])
    }
    return pd.DataFrame(found, copy=False)


def _refused(findings: Iterable[Finding]) -> list[int]:
    return sorted({item.row for item in findings if item.severity == "error" and item.row})


def _twins(table: Table, keys: pd.DataFrame) -> list[Finding]:
    """A key twice among the good rows: the same row is one row; different rows are all refused."""
    if keys.columns.empty:
        return []
    alike = keys.loc[pd.Series(looks(keys)).duplicated(keep=False).to_numpy()]
    repeated = alike[alike.duplicated(keep=False)]
    if repeated.empty:
        return []
    columns = "、".join(item.title for item in table.spec.fields if item.name in table.spec.key)
    # rows are compared as they were sent: a lossy type must not make two rows equal
    sent, group = _numbered(table.rows(repeated.index)), _numbered(repeated)
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


def _unlike(
    table: Table, shared: Shared, parts: list[dict[str, pd.Series]], refused: set[int]
) -> list[Finding]:
    """Rows of one thing that tell it differently: all are refused, nobody knows which is right."""
    fields = {item.name: item for item in table.spec.fields}
    by = [value_column(fields[name]) for name in shared.by]
    keys = _whole([{name: part[name] for name in by} for part in parts])
    keys = keys[~keys.index.isin(refused)]
    keys = keys[keys.duplicated(keep=False)]
    if keys.empty:
        return []
    same = [value_column(item) for name, item in fields.items() if name not in shared.apart]
    told = pd.concat(
        [
            pd.DataFrame({name: part[name] for name in same}).loc[
                lambda rows: rows.index.isin(keys.index)
            ]
            for part in parts
        ]
    )
    columns = "、".join(fields[name].title for name in shared.by)
    apart = "、".join(fields[name].title for name in shared.apart)
    unlike = _numbered(told).groupby(_numbered(told[by])).transform("nunique") > 1
    return [
        Finding(
            int(row),
            columns,
            "duplicate_key",
            f"“{columns}”相同的几行，除{apart}外应当一致。请核对是否填错了编号；"
            "确是共同借款的，请把各行改成一致。",
            "Rows of one thing tell it differently; none of them was taken.",
            "重复",
        )
        for row in told.index[unlike]
    ]


def _numbered(rows: pd.DataFrame) -> pd.Series:
    """A number for each row: equal rows, equal numbers."""
    return rows.groupby(list(rows), sort=False, dropna=False).ngroup()
