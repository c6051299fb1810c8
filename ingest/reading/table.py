"""Read a file as a person sees it: every cell as text, every row by its number in the sheet.

A file is read row by row and kept column by column (`ingest.reading.texts`), so that a million
rows of twenty columns stay within some hundred megabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from graph.errors import InputError
from graph.file_name import shown
from graph.identifiers.redaction import redacted
from ingest.catalogue.field import heading
from ingest.catalogue.forbidden import why_forbidden
from ingest.catalogue.source import Source, TableSpec
from ingest.finding import RowFinding
from ingest.memory import let_the_system_allocate
from ingest.reading.chosen_sheets import choose
from ingest.reading.delimited import delimited_rows
from ingest.reading.file_kind import FileKind, kind_of
from ingest.reading.gathering import CELLS, Gathering, Origin
from ingest.reading.heading import Heading
from ingest.reading.records import record_rows
from ingest.reading.spreadsheet import Sheet, open_sheets
from ingest.reading.texts import Texts, coded
from ingest.reading.web_page import tables_of
from ingest.spill import SpilledTables

__all__ = ["Origin", "Table", "read_table"]

_SLICE = 1 << 15


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
        origins: of a returned error workbook: row -> the refused row that it corrects.  A row
            that is here and not in the frame was emptied: its sender takes it back.
        others: further tables of the source that the file holds, each to be read for itself.
    """

    name: str
    spec: TableSpec
    file_name: str
    numbers: NDArray[np.int64]
    cells: SpilledTables
    refused: tuple[RowFinding, ...] = ()
    notes: tuple[RowFinding, ...] = ()
    unread: dict[int, str] = field(default_factory=dict)
    origins: dict[int, Origin] = field(default_factory=dict)
    is_correction: bool = False
    others: tuple[str, ...] = ()

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
        cells = SpilledTables()
        for begin, piece in self._pieces():
            rows = self.numbers[begin : begin + len(piece)].tolist()
            texts = {name: piece[name].cast(pa.string()).to_pylist() for name in piece.column_names}
            columns = {name: coded(change(name, rows, each)) for name, each in texts.items()}
            cells.add(CELLS, pa.table(columns))
        return replace(self, cells=cells)

    def _pieces(self) -> Iterator[tuple[int, pa.Table]]:
        begin = 0
        for piece in self.cells.pieces(CELLS):
            yield begin, piece
            begin += len(piece)


def read_table(path: Path, source: Source, into: SpilledTables | None = None) -> Table:
    """Read one file of a source, in this process: for files that one made oneself, and for the
    process that reads those of others (`ingest.reading.apart`).

    Args:
        into: takes the cells; default one of its own.

    Raises:
        InputError: nothing of the file is taken then.  `file_missing`, `file_type`,
            `file_broken`, `file_password`, `file_empty`, `file_too_large`, `too_many_rows`,
            `too_many_columns`, `encoding`, `list_on_sheets`, `outside_catalogue`; and what `find_heading` raises.
    """
    let_the_system_allocate()
    if not path.is_file():
        raise InputError(
            f"找不到文件 {path.name}。请核对文件名。",
            f"There is no file {path.name}.",
            code="file_missing",
        )
    kind = kind_of(path)
    with ExitStack() as held:
        sheets = _sheets(path, kind, source, held)
        chosen = choose(path.name, sheets, source)
        _refuse_outside(chosen.head)
        rows = Gathering(path.name, chosen.head, cut=kind != "text", cells=into)
        for part in chosen.parts:
            rows.begin(part.sheet)
            for number, cells in part.rows:
                rows.add(number, cells)
            rows.end()
    head = chosen.head
    notes = [*_unknown(head), *head.notes, *chosen.notes, *rows.notes()]
    return Table(
        head.table,
        head.spec,
        shown(path),
        *rows.read(),
        tuple(rows.refused),
        tuple(notes),
        rows.unread,
        rows.origins,
        head.is_correction,
        tuple(chosen.others),
    )


def _sheets(path: Path, kind: FileKind, source: Source, held: ExitStack) -> list[Sheet]:
    """The sheets of a file; a text is one, the tables of a web page are some."""
    if kind == "workbook":
        return held.enter_context(open_sheets(path))
    if kind == "records":
        return [Sheet(path.name, lambda _: record_rows(path))]
    if kind == "text":
        known = {n for _, spec in source.shapes() for item in spec.fields for n in item.spellings}

        def count(cells: list[str]) -> int:
            return sum(heading(cell) in known for cell in cells)

        separators = dict.fromkeys(spec.separator for _, spec in source.shapes())
        return [Sheet(path.name, lambda _: delimited_rows(path, list(separators), count))]
    tables = tables_of(path)
    if tables:
        return [
            Sheet(f"第 {n} 个表格", lambda _, rows=rows: iter(rows))  # type: ignore[misc]
            for n, rows in enumerate(tables, start=1)
        ]
    raise InputError(
        f"{path.name} 是网页，不是 Excel 文件，里面也没有表格（可能是登录超时或报错的页面）。"
        "请在业务系统中重新登录后导出。",
        f"{path.name} is a web page without a table.",
        code="web_page",
    )


def _objects(texts: Sequence[str | None]) -> np.ndarray:
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    return column


def _unknown(head: Heading) -> Iterator[RowFinding]:
    for title in map(redacted, head.unknown.values()):
        if (never := why_forbidden(title)) is not None:
            yield RowFinding(
                1,
                title,
                "forbidden_column",
                f"“{title}”属于{never.title}，不得进入信用记录（{never.why}）。"
                "这一列没有读入，也没有保存；请从报送文件中删去，登记来源目录也不能采集。",
                "What this column holds may not enter a credit record; it was not read.",
                severity="warning",
            )
            continue
        if (outside := head.spec.outside.get(heading(title))) is not None:
            yield RowFinding(
                1,
                title,
                "outside_catalogue",
                outside,
                "No catalogue in force covers this column; it was not read.",
                severity="warning",
            )
            continue
        yield RowFinding(
            1,
            title,
            "unknown_column",
            f"未登记的列“{title}”：没有来源登记它，也没有目录条目覆盖它，不进入信用记录，没有读入，也没有保存。"
            "如需采集，请联系信用办：公共信用信息目录内的，登记到来源目录；目录外的，须有地方性法规。",
            "No declaration and no item of a catalogue covers this column; it was not read.",
            severity="warning",
        )


def _refuse_outside(head: Heading) -> None:
    """Before a row is read: what may not be taken in is spilled nowhere either."""
    if head.spec.outside_because is not None:
        raise InputError(
            head.spec.outside_because,
            "No catalogue in force covers what this file states: nothing was taken.",
            code="outside_catalogue",
        )
