"""Read a file as a person sees it: every cell as text, every row by its number in the sheet.

CSV is tried in a fixed order that cannot guess wrong: byte order mark, strict UTF-8, strict
GB18030.  Excel is read from raw cells: a number where an identifier belongs has already lost its
last digits in Excel, so it is reported and never repaired.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import python_calamine

from graph.errors import InputError
from ingest.field import heading
from ingest.finding import Finding
from ingest.source import Source, TableSpec

__all__ = ["Table", "read_table"]

#: Stands before a cell's text where Excel holds a number: kept only to be refused by the gate.
NUMERIC = "\x00number:"

_EXCEL = frozenset({".xlsx", ".xls", ".xlsm", ".ods"})
_CSV = frozenset({".csv", ".txt"})


@dataclass(frozen=True)
class Table:
    """One file as read.

    Attributes:
        name: which table of the source it is.
        frame: text cells (missing = None), columns by field name, index = row in the file.
        refused: findings of rows that could not be read as rows; they are in `rows_in`.
        notes: findings about the file as a whole.
    """

    name: str
    spec: TableSpec
    file_name: str
    frame: pd.DataFrame
    refused: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()

    @property
    def rows_in(self) -> int:
        """Rows that the file holds, readable or not; blank rows are none."""
        return len(self.frame) + len(self.refused)


def read_table(path: Path, source: Source) -> Table:
    """Read one file of a source.

    Raises:
        InputError: `file_missing`, `file_type`, `file_broken`, `encoding`, `file_empty`,
            `missing_column`.  Nothing of the file is taken then.
    """
    if not path.is_file():
        raise InputError(
            f"找不到文件 {path.name}。请核对文件名。",
            f"There is no file {path.name}.",
            code="file_missing",
        )
    suffix = path.suffix.lower()
    if suffix in _EXCEL:
        grid = _excel(path)
    elif suffix in _CSV:
        separators = {spec.separator for spec in source.tables.values()}
        grid = _csv(path, separators)
    else:
        raise InputError(
            f"{path.name} 不是 CSV 或 Excel 文件。请另存为 .csv 或 .xlsx 后再导入。",
            f"{path.name} is neither CSV nor Excel.",
            code="file_type",
        )
    if not grid:
        raise InputError(
            f"{path.name} 是空文件。请检查导出是否成功。",
            f"{path.name} is empty.",
            code="file_empty",
        )
    head = [str(_text(cell) or "") for cell in grid[0]]
    name, spec, columns = _choose(path.name, head, source)
    frame, refused = _rows(grid[1:], len(head), columns)
    known = set(columns.values())
    notes = tuple(
        Finding(
            1,
            title,
            "unknown_column",
            f"未登记的列“{title}”，已忽略。如需采集，请在 source.yaml 中登记。",
            "A column that the source does not declare; ignored.",
            severity="warning",
        )
        for place, title in enumerate(head)
        if place not in known and title
    )
    return Table(name, spec, path.name, frame, refused, notes)


def _csv(path: Path, separators: set[str]) -> list[list[Any]]:
    text = _decode(path)
    first = text.split("\n", 1)[0]
    separator = max(separators, key=lambda item: (first.count(item), item))
    # the csv module limits a cell to 128 kB; a longer one is a broken quote
    try:
        return list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InputError(
            f"{path.name} 的引号不成对或内容不完整。请重新导出该文件。",
            f"{path.name} is no whole CSV file: {error}.",
            code="file_broken",
        ) from error


def _decode(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise InputError(
        f"{path.name} 的文字编码无法识别。请用 UTF-8 或 GB18030（Excel 默认）另存后重试。",
        f"{path.name} is neither strict UTF-8 nor strict GB18030.",
        code="encoding",
    )


def _excel(path: Path) -> list[list[Any]]:
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            rows: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
            return rows
    except (python_calamine.CalamineError, OSError, IndexError) as error:
        raise InputError(
            f"{path.name} 不是完整的 Excel 文件。请用 Excel 打开检查后重新保存。",
            f"{path.name} is no whole Excel file ({type(error).__name__}).",
            code="file_broken",
        ) from error


def _choose(
    file_name: str, head: Sequence[str], source: Source
) -> tuple[str, TableSpec, dict[str, int]]:
    """The table whose required columns are all there; among several, the one named so."""
    places: dict[str, int] = {}
    for place, title in enumerate(head):
        places.setdefault(heading(title), place)
    fits: list[tuple[bool, int, str]] = []
    lacks: dict[str, list[str]] = {}
    columns: dict[str, dict[str, int]] = {}
    for name, spec in source.tables.items():
        found = {
            field.name: places[spelling]
            for field in spec.fields
            for spelling in sorted(field.spellings & places.keys())[:1]
        }
        columns[name] = found
        missing = [f.title for f in spec.fields if f.required and f.name not in found]
        if missing:
            lacks[name] = missing
        else:
            fits.append((spec.names_file(file_name), len(found), name))
    if not fits:
        closest = min(lacks.values(), key=len)
        raise InputError(
            f"{file_name} 缺少必填列：{'、'.join(closest)}。请补上这些列后重新导入；"
            f"列名以“{source.title}”模板为准。",
            f"{file_name} lacks required columns: {', '.join(closest)}.",
            code="missing_column",
        )
    name = max(fits)[2]
    return name, source.tables[name], columns[name]


def _rows(
    grid: Sequence[Sequence[Any]], width: int, columns: dict[str, int]
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    kept: list[list[str | None]] = []
    numbers: list[int] = []
    refused: list[Finding] = []
    for number, cells in enumerate(grid, start=2):
        texts = [_text(cell) for cell in cells]
        if not any(texts):
            continue
        if len(texts) != width:
            refused.append(
                Finding(
                    number,
                    None,
                    "ragged_row",
                    f"本行有 {len(texts)} 格，表头有 {width} 格。请检查是否多了或少了分隔符。",
                    f"The row has {len(texts)} cells, the heading {width}.",
                    f"{len(texts)} 格",
                )
            )
            continue
        kept.append([texts[place] for place in columns.values()])
        numbers.append(number)
    index = pd.Index(numbers, dtype="int64", name="row")
    return pd.DataFrame(kept, index=index, columns=list(columns), dtype=object), tuple(refused)


def _text(cell: Any) -> str | None:
    """A cell as text; None when there is nothing in it."""
    if isinstance(cell, str):
        plain = cell if cell.isascii() else unicodedata.normalize("NFKC", cell)
        return plain.strip() or None
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, (int, float)):
        whole = isinstance(cell, int) or cell.is_integer()
        return NUMERIC + (str(int(cell)) if whole else repr(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    raise TypeError(f"a cell of type {type(cell).__name__}")
