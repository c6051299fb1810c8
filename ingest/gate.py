"""Check rows against the field catalogue and give them their types.

Each column is turned from text into its type at once; what cannot be turned is an error of that
cell and quarantines its row, the others go on.  Identifiers lose their raw value here: behind the
gate there are only keys, labels and masked forms.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import pandas as pd

from ingest.field import FieldSpec
from ingest.finding import Finding
from ingest.table import NUMERIC, Table
from ingest.values import Converted, converter

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


def check(table: Table, *, identity_key: str, known: Callable[[str], Collection[str]]) -> Gated:
    """Check a table.

    Args:
        identity_key: of the keyed hash that turns a resident id into a person key.
        known: label -> keys of the things of that label that exist.

    Returns:
        `rows_in = len(rows) + len(quarantined)`, always.
    """
    findings = list(table.notes) + list(table.refused)
    columns: dict[str, pd.Series] = {}
    for spec in table.spec.fields:
        cells = (
            table.frame[spec.name]
            if spec.name in table.frame
            else pd.Series([None] * len(table.frame), index=table.frame.index, dtype=object)
        )
        findings += _numeric(spec, cells) if spec.must_be_text else []
        # an Excel number is as good as its text wherever digits cannot be lost
        plain = cells.str.removeprefix(NUMERIC) if len(cells) else cells
        converted = converter(spec, identity_key)(plain)
        findings += _required(spec, plain)
        findings += _bad(spec, converted)
        columns |= converted.columns
    typed = pd.DataFrame(columns, index=table.frame.index)
    findings += _dangling(table, typed, known)
    bad = {item.row for item in findings if item.severity == "error" and item.row}
    findings += _duplicates(table, typed[~typed.index.isin(list(bad))])
    quarantined = {item.row for item in findings if item.severity == "error" and item.row}
    return Gated(typed[~typed.index.isin(list(quarantined))], findings, quarantined)


def _numeric(spec: FieldSpec, cells: pd.Series) -> list[Finding]:
    hit = cells[cells.str.startswith(NUMERIC, na=False)] if len(cells) else cells
    return [
        Finding(
            int(row),
            spec.title,
            "numeric_identifier",
            "Excel 已把该号码存成数字，末位可能已丢失。请把该列设为文本格式后重新填写。",
            "Excel holds this identifier as a number: its last digits may be lost.",
            "数字单元格",
        )
        for row in hit.index
    ]


def _required(spec: FieldSpec, cells: pd.Series) -> list[Finding]:
    if not spec.required:
        return []
    return [
        Finding(
            int(row),
            spec.title,
            "required",
            spec.message or f"“{spec.title}”不能为空。请补填。",
            f"{spec.name} is required.",
            "空",
        )
        for row in cells.index[cells.isna()]
    ]


def _bad(spec: FieldSpec, converted: Converted) -> list[Finding]:
    return [
        Finding(
            int(row),
            spec.title,
            verdict.code,
            spec.message if spec.message and verdict.severity == "error" else verdict.message_zh,
            verdict.message_en,
            verdict.value_class,
            verdict.severity,
        )
        for row, verdict in converted.verdicts.items()
    ]


def _dangling(
    table: Table, typed: pd.DataFrame, known: Callable[[str], Collection[str]]
) -> list[Finding]:
    found = []
    for spec in table.spec.fields:
        if spec.reference is None:
            continue
        keys = typed[f"{spec.name}_key" if f"{spec.name}_key" in typed else spec.name]
        lost = keys.notna() & ~keys.isin(list(known(spec.reference)))
        found += [
            Finding(
                int(row),
                spec.title,
                "dangling_reference",
                f"“{spec.title}”在库中不存在。请核对编号，或先导入它所在的文件。",
                f"{spec.name} names a {spec.reference} that is not known.",
                "未知编号",
            )
            for row in typed.index[lost]
        ]
    return found


def _duplicates(table: Table, typed: pd.DataFrame) -> list[Finding]:
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
