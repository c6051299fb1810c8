"""A table on its way from the process that read it: its rows in a file, the rest in a line of JSON.

Nothing that is run when it is taken in: Arrow's columns, and words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import IO, Any

import numpy as np
import pyarrow as pa

from graph.errors import InputError, SettingsError, XinnongError
from ingest.catalogue.source import TableSpec
from ingest.finding import RowFinding
from ingest.reading.gathering import CELLS, Origin
from ingest.reading.table import Table
from ingest.spill import SpilledTables

__all__ = ["given", "taken", "told_error"]

_FINDING = pa.schema(
    [
        (item.name, pa.int32() if item.name == "row" else pa.string())
        for item in fields(RowFinding)
    ]
)  # fmt: skip
_UNREAD = pa.schema([("row", pa.int32()), ("text", pa.string())])
_ORIGINS = pa.schema([("at", pa.int32()), ("batch", pa.string()), ("row", pa.int64())])

#: What an error is when it arrives.
_ERRORS: dict[str, type[XinnongError]] = {
    "InputError": InputError,
    "SettingsError": SettingsError,
}


def given(table: Table) -> str:
    """Write the rows of a table to the file of its cells; the line that says what lies where."""
    cells = table.cells
    cells["numbers"] = pa.table({"row": table.numbers})
    cells["refused"] = _findings(table.refused)
    cells["notes"] = _findings(table.notes)
    cells["unread"] = pa.table([[*table.unread], [*table.unread.values()]], schema=_UNREAD)
    cells["origins"] = pa.table(
        [
            [*table.origins],
            [item.batch for item in table.origins.values()],
            [item.row for item in table.origins.values()],
        ],
        schema=_ORIGINS,
    )
    said = {
        "name": table.name,
        "spec": table.spec.model_dump(mode="json"),
        "file_name": table.file_name,
        "is_correction": table.is_correction,
        "others": table.others,
        "pieces": cells.write_all(),
    }
    return json.dumps(said)


def told_error(error: XinnongError) -> str:
    """The line that says why there is no table."""
    return json.dumps(
        {
            "error": type(error).__name__,
            "message_zh": error.message_zh,
            "message_en": error.message_en,
            "code": error.cause_code,
        }
    )


def taken(line: bytes, file: IO[bytes]) -> Table:
    """The table that a line tells of, its rows from the file.

    Raises:
        XinnongError: what the line tells of is an error.
        ValueError, KeyError, TypeError: the line, or what it says lies in the file, is none.
    """
    said: dict[str, Any] = json.loads(line)
    if "error" in said:
        raise _ERRORS[said["error"]](said["message_zh"], said["message_en"], code=said["code"])
    cells = SpilledTables.from_file(file, said["pieces"])
    numbers = cells.pop("numbers")["row"].to_numpy()
    unread, origins = cells.pop("unread"), cells.pop("origins")
    return Table(
        name=said["name"],
        spec=TableSpec.model_validate(said["spec"]),
        file_name=said["file_name"],
        numbers=np.array(numbers, np.int64),  # not a window into the file
        cells=cells,
        refused=_as_findings(cells.pop("refused")),
        notes=_as_findings(cells.pop("notes")),
        unread=dict(zip(unread["row"].to_pylist(), unread["text"].to_pylist(), strict=True)),
        origins={item["at"]: Origin(item["batch"], item["row"]) for item in origins.to_pylist()},
        is_correction=said["is_correction"],
        others=tuple(said["others"]),
    )


def _findings(findings: Iterable[RowFinding]) -> pa.Table:
    rows = list(findings)
    return pa.table(
        [[getattr(row, name) for row in rows] for name in _FINDING.names], schema=_FINDING
    )


def _as_findings(table: pa.Table) -> tuple[RowFinding, ...]:
    return tuple(RowFinding(**row) for row in table.to_pylist())


assert CELLS not in ("numbers", "refused", "notes", "unread", "origins")
