"""Check rows against the field catalogue and give them their types.

The catalogue of a table becomes three sets of rules, each looked at to its end, so that one pass
names every fault.  What the file *says*: required cells, cells that a spreadsheet has spoilt,
texts that have no value.  What it *means*: bounds, references, rules.  What the rows are to each
other: keys.  Each looks only where the one before found nothing, so that a fault is told once.

Identifiers lose their raw value here: behind the gate there are only keys, labels and masked forms.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ingest.catalogue.field import FieldSpec
from ingest.catalogue.source import Shared, TableSpec
from ingest.checking.emptiness import told_as_empty, without_empty_words
from ingest.checking.reference import Joined, referred
from ingest.checking.rules import value_column
from ingest.checking.schema import Rule, Told, on_name, on_row, on_text, on_value, validate
from ingest.checking.values import read_column
from ingest.finding import RowFinding
from ingest.memory import release_memory
from ingest.reading.row_hash import row_hashes
from ingest.reading.table import Table
from ingest.reading.texts import TEXT, Texts
from ingest.spill import SpilledTables

__all__ = ["Gated", "check"]

_FORGIVEN = "（本格按空处理，本行其余内容照常接收。）"


@dataclass
class Gated:
    """What came through.

    Attributes:
        rows: typed columns of the good rows.
        findings: errors and warnings.
        quarantined: numbers of the rows refused.
    """

    rows: pd.DataFrame
    findings: list[RowFinding] = field(default_factory=list)
    quarantined: set[int] = field(default_factory=set)

    @property
    def accepted(self) -> int:
        """How many rows are good."""
        return len(self.rows)

    def take_rows(self) -> pd.DataFrame:
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
    spilled = SpilledTables(packed=False)
    empty: Counter[str] = Counter()
    for index, said in table.slices():
        columns, good, found = _check_rows(
            table, index, said, identity_key, known, confirmed, joined, empty
        )
        findings += found
        parts.append(_good_rows(columns, index, good, spilled))
        if len(index) < len(table.numbers):
            release_memory()
    findings += told_as_empty(empty)
    key = _key_columns(table.spec)
    repeated = _duplicate_keys(
        table, _whole([{name: part[name] for name in key} for part in parts])
    )
    if table.spec.shared:
        repeated += _unlike(table, table.spec.shared, parts, set(_refused(repeated)))
    findings += repeated
    if repeated:
        refused, first, spilled = _refused(repeated), parts, SpilledTables(packed=False)
        parts = []
        while first:
            part = first.pop(0)
            index = next(iter(part.values())).index
            parts.append(_good_rows(part, index, ~index.isin(refused), spilled))
    return Gated(_whole(parts), findings, set(_refused(findings)))


def _key_columns(spec: TableSpec) -> list[str]:
    """Typed columns of a table's key; a party without a number is told apart by what names it."""
    named = {item.name: item for item in spec.fields}
    fields = [item for item in spec.fields if item.name in spec.key]
    further = [named[name] for item in fields for name in item.otherwise]
    return list(dict.fromkeys(value_column(item) for item in (*fields, *further)))


def _check_rows(
    table: Table,
    index: pd.Index,
    said: dict[str, Texts],
    identity_key: str,
    known: Callable[[str], Collection[str]],
    confirmed: frozenset[str],
    joined: Joined,
    empty: Counter[str],
) -> tuple[dict[str, pd.Series], NDArray[np.bool_], list[RowFinding]]:
    """Some rows by themselves: typed columns, which rows are good, and what was found."""
    fields = {spec.name: spec for spec in table.spec.fields}
    # a field without a column in the file is an empty column, one for all such fields
    absent = Texts.of([None] * len(index))
    said = without_empty_words(fields, said, empty)
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
    forgiving = {name for name, spec in fields.items() if not table.spec.costs_row(spec)}
    titles = {name: spec.title for name, spec in fields.items()}
    of_text = list(
        validate(
            index,
            {
                name: list(on_text(spec, said[name], readings[name]))
                for name, spec in fields.items()
            },
            titles,
        )
    )
    faulty = _faulty(of_text)
    columns = {
        name: _emptied(each, index, faulty[field_name] if field_name in forgiving else ())
        for field_name, one in readings.items()
        for name, each in one.columns.items()
    }
    value_of = {name: value_column(spec) for name, spec in fields.items()}
    value_titles = {value_of[name]: title for name, title in titles.items()}
    typed = pd.DataFrame(columns, copy=False)
    for name, spec in fields.items():
        if spec.within:
            columns[name] = typed[name] = referred(spec, typed, known(spec.reference or ""))
    spoilt = {name: _rows_among(index, faulty[name]) for name in fields}
    meant = {
        value_of[name]: list(on_value(spec, typed, known, spoilt[name]))
        for name, spec in fields.items()
    }
    for spec in fields.values():
        named = fields.get(spec.name_field)
        if named is not None and named.type == "text":
            told = spoilt[spec.name] | (spoilt[spec.coded_by] if spec.coded_by else False)
            meant[named.name] += on_name(spec, named, typed, told)
    of_values = list(validate(index, meant, value_titles))
    also = _faulty(of_values)
    for name in fields:
        if name in forgiving:  # what is left out is empty for the rules on whole rows
            for each in readings[name].columns:
                columns[each] = _emptied(columns[each], index, also[value_of[name]])
    of_rows = _on_rows(table, fields, columns, index, (of_text, of_values), forgiving, joined)
    cells = [(each, each.column in forgiving) for each in of_text]
    forgiven_values = {value_of[name] for name in forgiving}
    cells += [(each, each.column in forgiven_values) for each in of_values]
    findings = _settled(cells, of_rows)
    return columns, ~index.isin(_refused(findings)), findings


def _on_rows(
    table: Table,
    fields: dict[str, FieldSpec],
    columns: dict[str, pd.Series],
    index: pd.Index,
    before: tuple[list[Told], list[Told]],
    forgiving: Collection[str],
    joined: Joined,
) -> list[tuple[RowFinding, bool]]:
    """What the rules on several fields find, and whether a cell that was told is the reason: left
    out, it is missing.

    Args:
        before: what was found in texts, which leaves nothing to look at, and in values.
    """
    if not table.spec.checks:
        return []
    value_of = {name: value_column(spec) for name, spec in fields.items()}
    unread, wrong = map(_faulty, before)
    told = {name: _rows_among(index, () if name in forgiving else unread[name]) for name in fields}
    typed = pd.DataFrame(columns, copy=False)
    rules: dict[str, list[Rule]] = {}
    without: dict[str, set[int]] = defaultdict(set)
    for row_check in table.spec.checks:
        first = value_of[row_check.fields[0]]
        rules.setdefault(first, []).append(on_row(row_check, fields, typed, told, joined))
        for name in row_check.fields:
            if name in forgiving:
                without[first] |= unread[name] | wrong[value_of[name]]
    titles = {value_of[name]: spec.title for name, spec in fields.items()}
    seen = {(each.column, each.finding.row) for each in before[1]}
    return [
        (each.finding, each.finding.row in without[each.column])
        for each in validate(index, rules, titles)
        if (each.column, each.finding.row) not in seen  # a cell is told once
    ]


def _settled(
    cells: Iterable[tuple[Told, bool]], rows: Iterable[tuple[RowFinding, bool]]
) -> list[RowFinding]:
    """All findings of some rows: a cell that is forgiven costs nothing where its row is good.

    Args:
        cells: with whether a fault of the cell is forgiven.
        rows: with whether a forgiven cell is the reason.
    """
    plain = [found for found, because in rows if not (because and found.severity == "error")]
    refused = {found.row for found, _ in rows if found.severity == "error"}
    refused |= {
        told.finding.row
        for told, is_forgiven in cells
        if not is_forgiven and told.finding.severity == "error"
    }
    words: dict[str, str] = {}  # one text for all rows of which the same is said
    findings = []
    for (_, found), is_forgiven in cells:
        if is_forgiven and found.severity == "error" and found.row not in refused:
            message = words.setdefault(found.message_zh, found.message_zh + _FORGIVEN)
            findings.append(replace(found, message_zh=message, severity="warning"))
        else:
            findings.append(found)
    return findings + plain


def _faulty(told: Iterable[Told]) -> dict[str, set[int]]:
    """Column -> rows whose cell there cannot be taken."""
    rows: dict[str, set[int]] = defaultdict(set)
    for column, found in told:
        if found.severity == "error" and found.row is not None:
            rows[column].add(found.row)
    return rows


def _rows_among(index: pd.Index, rows: Collection[int]) -> NDArray[np.bool_]:
    """Which rows are among some: of most columns none is."""
    return index.isin(rows) if rows else np.zeros(len(index), dtype=bool)


def _emptied(column: pd.Series, index: pd.Index, rows: Collection[int]) -> pd.Series:
    """A column without the cells of some rows."""
    if not rows:
        return column
    left = column.copy()
    left[index.isin(rows)] = None
    return left


def _good_rows(
    columns: dict[str, pd.Series], index: pd.Index, good: NDArray[np.bool_], spilled: SpilledTables
) -> dict[str, pd.Series]:
    """The good rows of some, with their texts looked at in a file instead of held in memory."""
    # not as a frame, which would hold its columns of objects in one block, freed together
    kept = {name: column.array[good] for name, column in columns.items()}
    name = f"{len(spilled)}"
    spilled.add(name, pa.table({name: pa.array(x) for name, x in kept.items() if x.dtype == TEXT}))
    texts = spilled[name]
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
    found = {}
    for name in list(parts[0]):
        column = pd.concat([part.pop(name) for part in parts], ignore_index=True)
        found[name] = column.set_axis(index)
        if len(parts) > 1:
            release_memory()
    return pd.DataFrame(found, copy=False)


def _refused(findings: Iterable[RowFinding]) -> list[int]:
    return sorted({item.row for item in findings if item.severity == "error" and item.row})


def _duplicate_keys(table: Table, keys: pd.DataFrame) -> list[RowFinding]:
    """A key twice among the good rows: the same row is one row; different rows are all refused."""
    if keys.columns.empty:
        return []
    alike = keys.loc[pd.Series(row_hashes(keys)).duplicated(keep=False).to_numpy()]
    repeated = alike[alike.duplicated(keep=False)]
    if repeated.empty:
        return []
    columns = "、".join(item.title for item in table.spec.fields if item.name in table.spec.key)
    # rows are compared as they were sent: a lossy type must not make two rows equal
    sent, group = _numbered(table.rows(repeated.index)), _numbered(repeated)
    same = sent.groupby(group).transform("nunique") == 1
    found = [
        RowFinding(
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
        RowFinding(
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
) -> list[RowFinding]:
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
        RowFinding(
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
