"""What is wrong, or worth knowing, about one row or one file; told so that it can be fixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal

import pyarrow as pa

from graph.identifiers.redaction import redacted

__all__ = [
    "FindingGroup",
    "RowFinding",
    "by_importance",
    "findings_table",
    "grouped",
    "kept_findings",
]

_TYPES = {"row": pa.int32()}


@dataclass(frozen=True, slots=True)
class RowFinding:
    """One finding.

    Attributes:
        row: as a person counts in Excel: the heading is row 1.  None: the whole file.
        column: the Chinese heading.
        code: stable name of the cause.
        value_class: what kind of value it was, never the value: it may be personal.
        severity: an error quarantines its row; a warning does not.
        platform: what the credit platform's upload page says of the same, with its number where it
            has one, so that a clerk knows both by one name; None where it says nothing of it.
    """

    row: int | None
    column: str | None
    code: str
    message_zh: str
    message_en: str
    value_class: str | None = None
    severity: Literal["error", "warning"] = "error"
    platform: str | None = None

    @property
    def said(self) -> str:
        """The message, and what the platform says of the same."""
        told = f"（省平台同类提示：{self.platform}）" if self.platform else ""
        return self.message_zh + told


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings that say the same of several rows.

    Attributes:
        rows: in order; empty for what is said of the whole file.
    """

    first: RowFinding
    rows: tuple[int, ...]

    def where(self, most: int = 5) -> str:
        """The rows in words; nothing for the whole file."""
        shown = "、".join(map(str, self.rows[:most]))
        return shown + (f" 等 {len(self.rows)} 行" if len(self.rows) > most else "")


def by_importance(findings: Iterable[RowFinding]) -> tuple[RowFinding, ...]:
    """What is said of the file as a whole, then what was refused, then what is only told."""
    return tuple(
        sorted(findings, key=lambda item: (item.row is not None, item.severity != "error"))
    )


def grouped(findings: Iterable[RowFinding]) -> list[FindingGroup]:
    """The findings by what they say, each group where its first stands."""
    groups: dict[tuple[Any, ...], tuple[RowFinding, list[int]]] = {}
    for item in findings:
        key = (item.severity, item.column, item.code, item.message_zh)
        groups.setdefault(key, (item, []))[1].extend([item.row] if item.row else [])
    return [FindingGroup(first, tuple(rows)) for first, rows in groups.values()]


def findings_table(findings: Iterable[RowFinding], table: str) -> pa.Table:
    """Errors and warnings as the table that is kept with the batch; no value is in it."""
    rows = list(findings)
    columns = {
        item.name: pa.array(
            [getattr(row, item.name) for row in rows], _TYPES.get(item.name, pa.string())
        )
        for item in fields(RowFinding)
    }
    # headings and names of files are the sender's words: no number of a person is kept in them
    for name in ("column", "message_zh", "message_en"):
        columns[name] = _redacted(columns[name])
    return pa.table({"table": pa.array([table] * len(rows), pa.string()), **columns})


def _redacted(texts: pa.Array) -> pa.Array:
    coded = texts.dictionary_encode()
    kept = [redacted(text) for text in coded.dictionary.to_pylist()]
    return pa.array(kept, pa.string()).take(coded.indices)


def kept_findings(table: pa.Table | None) -> tuple[RowFinding, ...]:
    """The findings that were kept with a batch."""
    # findings of before 2026-12 say nothing of the platform
    names = [item.name for item in fields(RowFinding) if table and item.name in table.schema.names]
    rows = [] if table is None else table.select(names).to_pylist()
    return tuple(RowFinding(**row) for row in rows)
