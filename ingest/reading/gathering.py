"""Rows on their way into columns: what is no row is left out, what no row can be is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.errors import InputError
from ingest.finding import RowFinding
from ingest.reading.cell import Cells, text_of
from ingest.reading.heading import Heading
from ingest.reading.margin import Margin
from ingest.reading.sheet_notes import sheet_notes
from ingest.reading.spreadsheet import Sheet
from ingest.reading.texts import coded
from ingest.spill import SpilledTables

__all__ = ["CELLS", "MAX_ROWS", "Gathering", "Origin"]

MAX_ROWS = 1_000_000

#: The table of an `SpilledTables` in which the cells are.
CELLS = "cells"

_CHUNK = 5_000
_LONGEST_CELL = 32_767  # characters, as in Excel
_LONGEST_CHUNK = 64 << 20  # bytes of text
_DAYS = 80_000  # a number beyond is no day before 2119
_SERIAL = 5  # digits


@dataclass(frozen=True, slots=True)
class Origin:
    """The refused row that a row of a returned error workbook corrects."""

    batch: str
    row: int


class Gathering:
    """The rows of one file on their way into columns.

    Args:
        cut: whether what stands beyond the heading is left out, as in a sheet; in a text file a
            separator too many puts every cell after it into a wrong column.
        cells: takes them; default one of its own.

    Attributes:
        refused: findings of rows that are no rows.
        unread: their text, kept only where every column is declared.
        origins: of a returned error workbook (`ingest.reading.table.Table`).
    """

    def __init__(
        self, file_name: str, head: Heading, *, cut: bool, cells: SpilledTables | None = None
    ) -> None:
        self.refused: list[RowFinding] = []
        self.unread: dict[int, str] = {}
        self.origins: dict[int, Origin] = {}
        self._file_name, self._head, self._cut = file_name, head, cut
        self._beyond = 0
        self._rows: list[list[Any]] = []
        self._numbers: list[int] = []
        named = head.spec.party_names
        self._cells = {name: Cells(as_written=name in named) for name in head.columns}
        self._rewritten = dict.fromkeys(head.columns, 0)
        self._kept_numbers = [np.array([], np.int64)]
        self._spilled = SpilledTables() if cells is None else cells
        self._margin = Margin(head)
        self._required = [
            item.name for item in head.spec.fields if item.required and item.name in head.columns
        ]
        self._days = {item.name for item in head.spec.fields if cut and item.type == "date"}
        self._sheets: list[tuple[Sheet, int]] = []
        self._offset = self._last = 0
        self._is_first = True

    def begin(self, sheet: Sheet) -> None:
        """The rows of a sheet follow; they are numbered on from those of the one before."""
        self._offset, self._is_first = self._last, True
        self._sheets.append((sheet, self._offset))

    def end(self) -> None:
        """The sheet is over."""
        self._flush()

    def add(self, number: int, cells: list[Any]) -> None:
        """Take one row in; `number` is that in its sheet."""
        number += self._offset
        self._last = number
        if number > MAX_ROWS + self._head.last:
            raise InputError(
                f"{self._file_name} 超过 {MAX_ROWS:,} 行。请分成几份导入。",
                f"{self._file_name} has more than {MAX_ROWS:,} rows: divide it.",
                code="too_many_rows",
            )
        if self._is_first and any(map(text_of, cells)):
            self._is_first = False
            if self._margin.is_heading(number, cells, first=True):
                return
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
            if any(map(text_of, cells)) and not self._margin.is_outside(number, cells):
                self._refuse(number, cells, width)
            return False
        del cells[width:]
        return True

    def _refuse(self, number: int, cells: list[Any], width: int) -> None:
        self.refused.append(
            RowFinding(
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
            said: Sequence[Any] = columns[place]
            if name in self._days:
                said = _dated(said, from_1904=self._sheets[-1][0].from_1904)
            texts, rewritten = self._cells[name].texts(said)
            self._rewritten[name] += rewritten
            chunk[name] = coded(texts)
            if not filled.all():
                filled |= chunk[name].is_valid().to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(
            ~filled
        ).tolist():  # blank, unless an undeclared column says something
            cells = self._rows[place]
            filled[place] = any(text_of(cells[other]) for other in self._head.unknown)
        for place in self._too_long(chunk):
            filled[place] = False
        for place in self._suspicious(chunk, filled):
            filled[place] = False
            for name, at in self._head.columns.items():  # nor are its cells anybody's
                self._rewritten[name] -= self._rows[place][at] in self._cells[name].rewritten
        numbers = np.array(self._numbers, dtype="int64")
        self._note_origins(columns, numbers)
        piece = pa.table(chunk)
        self._kept_numbers.append(numbers[filled])
        self._spilled.add(CELLS, piece if filled.all() else piece.filter(pa.array(filled)))
        self._rows, self._numbers = [], []

    def _too_long(self, chunk: dict[str, pa.DictionaryArray]) -> Iterator[int]:
        """Places of rows with a cell that is no cell any more; they are refused.

        Raises `InputError` (`too_much_text`) where all rows are long: those behind look at some
        ten thousand at a time.
        """
        taken = 0
        for name, texts in chunk.items():
            sizes = np.append(pc.binary_length(texts.dictionary).to_numpy(), 0)
            place = pc.fill_null(texts.indices, -1).to_numpy()
            taken += int(sizes[place].sum())
            if sizes.max() <= _LONGEST_CELL:
                continue
            sizes = np.append(pc.utf8_length(texts.dictionary).to_numpy(), 0)
            for at in np.flatnonzero(sizes[place] > _LONGEST_CELL).tolist():
                self.refused.append(
                    RowFinding(
                        self._numbers[at],
                        self._head.titles[self._head.columns[name]],
                        "cell_too_long",
                        f"该格超过 {_LONGEST_CELL:,} 个字，不像是一格的内容。请检查后重报这一行。",
                        f"A cell of more than {_LONGEST_CELL:,} characters.",
                        f"{sizes[place[at]]:,} 字",
                    )
                )
                yield at
        if taken > _LONGEST_CHUNK:
            raise InputError(
                f"{self._file_name} 第 {self._numbers[0]} 到 {self._numbers[-1]} 行的文字过多，"
                "不像是一张表。请检查是否粘贴了整篇文字，更正后重新导入。",
                f"{self._file_name} holds too much text in rows {self._numbers[0]} to "
                f"{self._numbers[-1]}.",
                code="too_much_text",
            )

    def _suspicious(self, chunk: dict[str, pa.DictionaryArray], filled: np.ndarray) -> list[int]:
        """Places of rows that are none: totals and notes lack something required, and a heading
        that comes again says its own name."""
        if not self._required:
            return []
        valid = [chunk[name].is_valid().to_numpy(zero_copy_only=False) for name in self._required]
        lacking = np.flatnonzero(filled & ~np.logical_and.reduce(valid)).tolist()
        outside = [
            place
            for place in lacking
            if self._margin.is_outside(self._numbers[place], self._rows[place])
        ]
        first = chunk[self._required[0]]
        title = self._head.titles[self._head.columns[self._required[0]]]
        named = pc.index(first.dictionary, title).as_py()
        if named >= 0:
            for place in np.flatnonzero(pc.fill_null(first.indices, -1).to_numpy() == named):
                row = self._rows[int(place)]
                if self._margin.is_heading(self._numbers[int(place)], row, first=False):
                    outside.append(int(place))
        return outside

    def _note_origins(self, columns: list[tuple[Any, ...]], numbers: np.ndarray) -> None:
        if self._head.origin is None:
            return
        batch, row = (columns[place] for place in self._head.origin)
        for number, of_batch, of_row in zip(numbers, batch, row, strict=True):
            name, place = text_of(of_batch), (text_of(of_row) or "").rpartition(":")[2]
            if name and place.isdigit():
                self.origins[int(number)] = Origin(name, int(place))

    def read(self) -> tuple[NDArray[np.int64], SpilledTables]:
        """Numbers and cells of all rows so far."""
        self._flush()
        if not self._spilled:
            self._spilled.add(CELLS, pa.table({name: coded([]) for name in self._head.columns}))
        return np.concatenate(self._kept_numbers), self._spilled

    def notes(self) -> Iterator[RowFinding]:
        """What is worth knowing of the file as a whole."""
        self._flush()
        for spec in self._head.spec.fields:
            count = self._rewritten.get(spec.name, 0)
            # words of a list are often written with full-width signs: nothing to be put right
            if count and spec.type not in ("text", "code", "code_list"):
                yield RowFinding(
                    1,
                    spec.title,
                    "rewritten",
                    f"该列有 {count} 格含全角字符或不可见字符，已自动转换。请在业务系统中更正。",
                    f"{count} cells held full-width or invisible characters and were converted.",
                    severity="warning",
                )
        if self._beyond:
            yield RowFinding(
                1,
                None,
                "no_heading",
                f"有 {self._beyond} 行在表头以外的列里还有内容，已忽略。请给该列加列名，或删除内容。",
                f"{self._beyond} rows hold something beyond the last heading; ignored.",
                severity="warning",
            )
        yield from self._margin.notes()
        kept = np.concatenate(self._kept_numbers)
        for sheet, offset in self._sheets:
            yield from sheet_notes(sheet, self._head, kept, offset)


def _dated(column: Sequence[Any], *, from_1904: bool) -> Sequence[Any]:
    """A column of days without the numbers that would be another day: those counted from 1904 (text
    that is such a number too), and those with a time behind the point.

    Source: ECMA-376 part 1, §18.17.4.1 (date conversion).
    """
    first = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)

    def day(cell: Any) -> Any:
        if from_1904 and isinstance(cell, str) and len(cell) == _SERIAL and cell.isdecimal():
            cell = float(cell)
        is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
        if not is_number or not 1 <= cell < _DAYS or not (from_1904 or cell % 1):
            return cell
        return (first + timedelta(days=int(cell))).isoformat()

    return [day(cell) for cell in column]
