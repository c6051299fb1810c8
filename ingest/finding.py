"""What is wrong, or worth knowing, about one row or one file; told so that it can be fixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

import pyarrow as pa

__all__ = ["Finding", "kept_findings", "quarantine_table"]

_SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("column", pa.string()),
        ("code", pa.string()),
        ("value_class", pa.string()),
        ("message_zh", pa.string()),
        ("message_en", pa.string()),
    ]
)


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes:
        row: as a person counts in Excel: the heading is row 1.  None: the whole file.
        column: the Chinese heading.
        code: stable name of the cause.
        value_class: what kind of value it was, never the value: it may be personal.
        severity: an error quarantines its row; a warning does not.
    """

    row: int | None
    column: str | None
    code: str
    message_zh: str
    message_en: str
    value_class: str | None = None
    severity: Literal["error", "warning"] = "error"


def quarantine_table(findings: Iterable[Finding]) -> pa.Table:
    """The errors among the findings, as the table that is kept with the batch."""
    rows = [asdict(item) for item in findings if item.severity == "error"]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def kept_findings(table: pa.Table | None) -> tuple[Finding, ...]:
    """The findings that were kept with a batch."""
    names = Finding.__dataclass_fields__
    rows = [] if table is None else table.to_pylist()
    return tuple(Finding(**{k: v for k, v in row.items() if k in names}) for row in rows)
