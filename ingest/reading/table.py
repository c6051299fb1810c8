"""Read a file as a person sees it: every cell as text, every row by its number in the sheet.

A file is read row by row and kept column by column (`ingest.reading.texts`), so that a million
rows of twenty columns stay within some hundred megabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from graph.errors import InputError
from graph.identifiers.redaction import redacted
from ingest.catalogue.source import Source, TableSpec
from ingest.finding import Finding
from ingest.reading.aside import Aside
from ingest.reading.cell import Cells, text_of
from ingest.reading.delimited import delimited_rows
from ingest.reading.heading import Heading, find_heading
from ingest.reading.memory import let_the_system_allocate
from ingest.reading.spreadsheet import sheet_rows, unread_sheets
from ingest.reading.texts import Texts, coded

__all__ = ["MAX_ROWS", "Origin", "Table", "read_table"]

MAX_ROWS = 1_000_000

_EXCEL = frozenset({".xlsx", ".xls", ".xlsm", ".ods"})
_CSV = frozenset({".csv", ".txt"})
_CHUNK = 5_000
_CELLS = "cells"
_SLICE = 1 << 15

#: (row number, cells) of a file.
_Rows = Iterator[tuple[int, list[Any]]]


@dataclass(frozen=True, slots=True)
class Origin:
    """The refused row that a row of a returned error workbook corrects."""

    batch: str
    row: int


@dataclass(frozen=True)
class Table:
    """One file as read.

    Attributes:
        name: which table of the source it is.
        numbers: of the rows, as they stand in the file.
        cells: of some thousand rows each, in order, with a column a field.
        refused: findings of rows that could not be read as rows; they are in `rows_in`.
        notes: findings about the file as a whole.
        unread: raw text of the refused rows, kept only where every column is declared.
        from_sheet: whether it is a spreadsheet, whose cells may be something else than text.
        origins: of a returned error workbook: row -> the refused row that it corrects.  A row
            that is here and not in the frame was emptied: its sender takes it back.
    """

    name: str
    spec: TableSpec
    file_name: str
    numbers: NDArray[np.int64]
    cells: Aside
    refused: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    unread: dict[int, str] = field(default_factory=dict)
    origins: dict[int, Origin] = field(default_factory=dict)
    from_sheet: bool = False
    is_correction: bool = False

    @property
    def rows_in(self) -> int:
        """Rows that the file holds, readable or not; blank rows are none."""
        return len(self.numbers) + len(self.refused)

    @property
    def frame(self) -> pd.DataFrame:
        """All cells as Python has them (missing = None), index = row in the file."""
        return self.rows(self.numbers)

    def rows(self, numbers: Collection[int]) -> pd.DataFrame:
        """The cells of some rows, in the order of the file; rows that it lacks are left out."""
        found = self.texts(numbers)
        return pd.DataFrame(
            {
                name: _objects(texts)
                for name, texts in found.drop_columns("row").to_pydict().items()
            },
            index=pd.Index(found["row"].to_numpy(), name="row"),
            columns=found.column_names[1:],
            dtype=object,
        )

    def texts(self, numbers: Collection[int]) -> pa.Table:
        """As `rows`, with the numbers as a column `row` before the others."""
        wanted = np.isin(self.numbers, np.fromiter(numbers, np.int64, len(numbers)))
        found = []
        for begin, piece in self._pieces():
            here = self.numbers[begin : begin + len(piece)]
            chosen = pa.array(wanted[begin : begin + len(piece)])
            some = piece.filter(chosen)
            plain = [column.cast(pa.string()) for column in some.columns]
            row = pa.array(here, pa.int32()).filter(chosen)
            found.append(pa.table([row, *plain], names=["row", *piece.column_names]))
        return pa.concat_tables(found, promote_options="default")

    def slices(self) -> Iterator[tuple[pd.Index, dict[str, Texts]]]:
        """The rows some ten thousand at a time: their numbers, and their cells by field."""
        held: list[pa.Table] = []
        done = 0
        for begin, piece in self._pieces():
            held.append(piece)
            end = begin + len(piece)
            if end - done < _SLICE and end < len(self.numbers):
                continue
            columns = {
                name: Texts(tuple(chunk for each in held for chunk in each[name].chunks))
                for name in piece.column_names
            }
            yield pd.Index(self.numbers[done:end], name="row"), columns
            held, done = [], end

    def changed(
        self, change: Callable[[str, Sequence[int], list[str | None]], list[str | None]]
    ) -> Table:
        """The table with other cells: `change` is given a field, row numbers and their texts."""
        cells = Aside()
        for begin, piece in self._pieces():
            rows = self.numbers[begin : begin + len(piece)].tolist()
            texts = {name: piece[name].cast(pa.string()).to_pylist() for name in piece.column_names}
            columns = {name: coded(change(name, rows, each)) for name, each in texts.items()}
            cells.add(_CELLS, pa.table(columns))
        return replace(self, cells=cells)

    def _pieces(self) -> Iterator[tuple[int, pa.Table]]:
        begin = 0
        for piece in self.cells.pieces(_CELLS):
            yield begin, piece
            begin += len(piece)


def read_table(path: Path, source: Source) -> Table:
    """Read one file of a source.

    Raises:
        InputError: nothing of the file is taken then.  `file_missing`, `file_type`,
            `file_broken`, `file_empty`, `file_too_large`, `too_many_rows`, `too_many_columns`,
            `encoding`; and what `find_heading` raises.
    """
    let_the_system_allocate()
    if not path.is_file():
        raise InputError(
            f"找不到文件 {path.name}。请核对文件名。",
            f"There is no file {path.name}.",
            code="file_missing",
        )
    suffix = path.suffix.lower()
    unread: list[str] = []
    rows: _Rows
    if suffix in _EXCEL:
        rows, unread = sheet_rows(path), unread_sheets(path)
    elif suffix in _CSV:
        rows = delimited_rows(path, {spec.separator for _, spec in source.shapes()})
    else:
        raise InputError(
            f"{path.name} 不是 CSV 或 Excel 文件。请另存为 .csv 或 .xlsx 后再导入。",
            f"{path.name} is neither CSV nor Excel.",
            code="file_type",
        )
    top = list(islice(rows, 6))
    if not top:
        raise InputError(
            f"{path.name} 是空文件。请检查导出是否成功。",
            f"{path.name} is empty.",
            code="file_empty",
        )
    head = find_heading(path.name, [(n, [text_of(c) or "" for c in cells]) for n, cells in top],
                        source)  # fmt: skip
    reading = _Reading(path.name, head, cut=suffix in _EXCEL)
    for number, cells in chain(top[1:], rows):
        reading.add(number, cells)
    notes = [*_unknown(head), *reading.notes(), *map(_unread, unread)]
    return Table(
        head.table,
        head.spec,
        redacted(path.name),
        *reading.read(),
        tuple(reading.refused),
        tuple(notes),
        reading.unread,
        reading.origins,
        suffix in _EXCEL,
        head.is_correction,
    )


class _Reading:
    """The rows of one file on their way into columns."""

    def __init__(self, file_name: str, head: Heading, *, cut: bool) -> None:
        self.refused: list[Finding] = []
        self.unread: dict[int, str] = {}
        self.origins: dict[int, Origin] = {}
        self._file_name, self._head, self._cut = file_name, head, cut
        self._beyond = 0
        self._rows: list[list[Any]] = []
        self._numbers: list[int] = []
        self._cells = {name: Cells() for name in head.columns}
        self._rewritten = dict.fromkeys(head.columns, 0)
        self._kept_numbers = [np.array([], np.int64)]
        self._aside = Aside()

    def add(self, number: int, cells: list[Any]) -> None:
        """Take one row in."""
        if number > MAX_ROWS + 1:
            raise InputError(
                f"{self._file_name} 超过 {MAX_ROWS:,} 行。请分成几份导入。",
                f"{self._file_name} has more than {MAX_ROWS:,} rows: divide it.",
                code="too_many_rows",
            )
        width = self._head.width
        if len(cells) != width and not self._fits(number, cells, width):
            return
        self._rows.append(cells)
        self._numbers.append(number)
        if len(self._rows) >= _CHUNK:
            self._flush()

    def _fits(self, number: int, cells: list[Any], width: int) -> bool:
        """Whether a row of another width than the heading's still is a row; it is made one."""
        surplus = any(text_of(cell) for cell in cells[width:])
        if self._cut:
            self._beyond += surplus
            cells.extend([""] * (width - len(cells)))
        elif len(cells) < width or surplus:
            if any(map(text_of, cells)):
                self._refuse(number, cells, width)
            return False
        del cells[width:]
        return True

    def _refuse(self, number: int, cells: list[Any], width: int) -> None:
        self.refused.append(
            Finding(
                number,
                None,
                "ragged_row",
                f"本行有 {len(cells)} 格，表头有 {width} 格。请检查是否多了或少了分隔符。",
                f"The row has {len(cells)} cells, the heading {width}.",
                f"{len(cells)} 格",
            )
        )
        if not self._head.unknown:  # of a column that nobody declared nothing is kept
            self.unread[number] = self._head.spec.separator.join(map(str, cells))

    def _flush(self) -> None:
        if not self._rows:
            return
        columns = list(zip(*self._rows, strict=True))
        filled = np.zeros(len(self._rows), dtype=bool)
        chunk = {}
        for name, place in self._head.columns.items():
            texts, rewritten = self._cells[name].texts(columns[place])
            self._rewritten[name] += rewritten
            chunk[name] = coded(texts)
            if not filled.all():
                filled |= chunk[name].is_valid().to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(
            ~filled
        ).tolist():  # blank, unless an undeclared column says something
            cells = self._rows[place]
            filled[place] = any(text_of(cells[other]) for other in self._head.unknown)
        numbers = np.array(self._numbers, dtype="int64")
        self._note_origins(columns, numbers)
        piece = pa.table(chunk)
        self._kept_numbers.append(numbers[filled])
        self._aside.add(_CELLS, piece if filled.all() else piece.filter(pa.array(filled)))
        self._rows, self._numbers = [], []

    def _note_origins(self, columns: list[tuple[Any, ...]], numbers: np.ndarray) -> None:
        if self._head.origin is None:
            return
        batch, row = (columns[place] for place in self._head.origin)
        for number, of_batch, of_row in zip(numbers, batch, row, strict=True):
            name, place = text_of(of_batch), (text_of(of_row) or "").rpartition(":")[2]
            if name and place.isdigit():
                self.origins[int(number)] = Origin(name, int(place))

    def read(self) -> tuple[NDArray[np.int64], Aside]:
        """Numbers and cells of all rows so far."""
        self._flush()
        if not self._aside:
            self._aside.add(_CELLS, pa.table({name: coded([]) for name in self._head.columns}))
        return np.concatenate(self._kept_numbers), self._aside

    def notes(self) -> Iterator[Finding]:
        """What is worth knowing of the file as a whole."""
        self._flush()
        for spec in self._head.spec.fields:
            count = self._rewritten.get(spec.name, 0)
            # words of a list are often written with full-width signs: nothing to be put right
            if count and spec.type not in ("text", "code", "code_list"):
                yield Finding(
                    1,
                    spec.title,
                    "rewritten",
                    f"该列有 {count} 格含全角字符或不可见字符，已自动转换。请在业务系统中更正。",
                    f"{count} cells held full-width or invisible characters and were converted.",
                    severity="warning",
                )
        if self._beyond:
            yield Finding(
                1,
                None,
                "no_heading",
                f"有 {self._beyond} 行在表头以外的列里还有内容，已忽略。请给该列加列名，或删除内容。",
                f"{self._beyond} rows hold something beyond the last heading; ignored.",
                severity="warning",
            )


def _objects(texts: Sequence[str | None]) -> np.ndarray:
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    return column


def _unknown(head: Heading) -> Iterator[Finding]:
    for title in map(redacted, head.unknown.values()):
        yield Finding(
            1,
            title,
            "unknown_column",
            f"未登记的列“{title}”，已忽略。如需采集，请在 source.yaml 中登记。",
            "A column that the source does not declare; ignored.",
            severity="warning",
        )


def _unread(sheet: str) -> Finding:
    return Finding(
        1,
        None,
        "unread_sheet",
        f"只读取第一张可见工作表，“{sheet}”未读取。如需导入，请另存为单独的文件。",
        f"Only the first visible sheet is read; {sheet} was not.",
        severity="warning",
    )
