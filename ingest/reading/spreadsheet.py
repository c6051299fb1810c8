"""The sheets of an Excel file: rows by the number they have there, as raw cells.

Visible worksheets are looked at, in the order of the tabs; which of them are read is decided by
their headings (`ingest.reading.table`).  Cells are python-calamine's: text, number, date, flag;
never pandas' `read_excel`, which turns the number 610322199003071234 into another one without a
word.  A merged cell says what it says in each of its rows; a cell that is merged sideways says it
in its first column, since its other columns mean something else.
"""

from __future__ import annotations

import io
import struct
import zipfile
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import python_calamine
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from graph.errors import InputError
from ingest.reading.old_workbook import old_sheet
from ingest.reading.sheet_parts import (
    broken,
    guard,
    hidden_columns,
    holds_a_cell,
    is_from_1904,
    merged_down,
    slices,
    visible_sheets,
)

__all__ = ["OUR_SHEETS", "Sheet", "open_sheets", "told_as_broken"]

#: Sheets of our own templates and workbooks beside the one that is filled in.
OUR_SHEETS = frozenset({"填写说明", "代码"})

#: The stream of an encrypted .xlsx ([MS-OFFCRYPTO] §2.3.4).
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_BYTES = 100 << 20  # .xls ends at 65,536 rows
_DAMAGED = (
    python_calamine.CalamineError,
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    IndexError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


@dataclass
class Sheet:
    """One visible worksheet.

    Attributes:
        from_1904: whether numbers of days are counted from 1904.
        hidden_columns: counted from 1.
        hidden_rows: numbers of rows, as they come by in `rows`.
        filled: column counted from 1 -> rows whose cell got the value of a merged cell that begins
            above it, as they come by.
    """

    name: str
    _read: Callable[[Sheet], Iterator[tuple[int, list[Any]]]]
    from_1904: bool = False
    hidden_columns: Sequence[int] = ()
    hidden_rows: array[int] = field(default_factory=lambda: array("i"))
    filled: dict[int, array[int]] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """(row number, cells) of the rows that have any content, cells from column A on."""
        return self._read(self)


@contextmanager
def open_sheets(path: Path) -> Iterator[list[Sheet]]:
    """The visible worksheets that hold anything, but those of our own beside a template.

    Raises `InputError`: `file_broken`, `file_password`, `file_too_large`, `too_many_columns`; what
    is wrong further down is raised while rows are read.
    """
    with ExitStack() as held:
        with told_as_broken(path.name):
            if zipfile.is_zipfile(path) and path.suffix.lower() != ".ods":
                archive = held.enter_context(zipfile.ZipFile(path))
                guard(path.name, archive)
                found = _packed(path.name, archive)
            else:
                found = _whole(path, held.enter_context(_opened(path)))
        yield found


@contextmanager
def told_as_broken(name: str) -> Iterator[None]:
    """Tell what to do with a file that is no whole workbook, or locked: raises `InputError`."""
    try:
        yield
    except python_calamine.PasswordError as error:
        raise InputError(
            f"{name} 设有打开密码。请用 Excel 打开，在“文件—信息—保护工作簿—用密码进行加密”中"
            "清空密码，保存后重新导入。",
            f"{name} is encrypted: remove the password.",
            code="file_password",
        ) from error
    except _DAMAGED as error:
        raise broken(name, type(error).__name__) from error


def _packed(name: str, archive: zipfile.ZipFile) -> list[Sheet]:
    from_1904 = is_from_1904(name, archive)

    def read(part: str, sheet: Sheet) -> Iterator[tuple[int, list[Any]]]:
        with told_as_broken(name):
            rows = _packed_rows(name, archive, part, sheet)
            yield from _filled(rows, merged_down(archive, part), sheet)

    found = [each for each in visible_sheets(name, archive) if each[0] not in OUR_SHEETS]
    if not found:
        raise broken(name, "no visible sheet")
    return [
        Sheet(title, partial(read, part), from_1904, hidden_columns(name, archive, part))
        for title, part in found
        if holds_a_cell(name, archive, part) or part == found[0][1]
    ]


def _packed_rows(
    name: str, archive: zipfile.ZipFile, part: str, sheet: Sheet
) -> Iterator[tuple[int, list[Any]]]:
    for piece in slices(name, archive, part):
        sheet.hidden_rows.extend(piece.hidden)
        with CalamineWorkbook.from_filelike(piece.workbook) as book:
            rows = _rows(book.get_sheet_by_name(sheet.name), piece.before)
            yield from _marked(rows, piece.marks) if piece.marks else rows


@contextmanager
def _opened(path: Path) -> Iterator[CalamineWorkbook]:
    if path.stat().st_size > _OLD_BYTES:
        raise InputError(
            f"{path.name} 超过 100 MB。请另存为 .xlsx 或 CSV，或分成几份。",
            f"{path.name} is larger than 100 MB: save it as .xlsx or CSV.",
            code="file_too_large",
        )
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            guard(path.name, archive)
    try:
        book = CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError:
        raise
    except python_calamine.CalamineError:
        # named as another kind of workbook than it is
        content = path.read_bytes()
        if _ENCRYPTED in content:
            raise python_calamine.PasswordError(path.name) from None
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    with book:
        yield book


def _whole(path: Path, book: CalamineWorkbook) -> list[Sheet]:
    def read(sheet: Sheet) -> Iterator[tuple[int, list[Any]]]:
        with told_as_broken(path.name):
            found = book.get_sheet_by_name(sheet.name)
            told = old_sheet(path, book.sheet_names.index(sheet.name))
            sheet.from_1904, sheet.hidden_columns = told.from_1904, told.hidden_columns
            sheet.hidden_rows.extend(told.hidden_rows)
            rows = _rows(found, 0)
            if told.marks:
                rows = _marked(rows, told.marks)
            yield from _filled(rows, _merged_down(found), sheet)

    visible = _visible(book)
    return [
        Sheet(item.name, read)
        for item in visible
        if item.name not in OUR_SHEETS
        and (item is visible[0] or book.get_sheet_by_name(item.name).start is not None)
    ]


def _merged_down(sheet: Any) -> array[int]:
    """As `ingest.reading.sheet_parts.merged_down`; the reader knows none of an .ods."""
    areas = [
        (top + 1, bottom + 1, left + 1)
        for (top, left), (bottom, _) in sheet.merged_cell_ranges or ()
        if bottom > top
    ]
    return array("i", chain.from_iterable(sorted(areas)))


def _filled(
    rows: Iterator[tuple[int, list[Any]]], merged: array[int], sheet: Sheet
) -> Iterator[tuple[int, list[Any]]]:
    """The rows, with the value of a merged cell in each row that it covers and that says anything.

    Args:
        merged: first row, last row, column of each, by first row.
    """
    if not merged:
        yield from rows
        return
    at = 0
    open_now: dict[int, tuple[int, Any]] = {}  # column -> last row, value
    for number, cells in rows:
        open_now = {column: each for column, each in open_now.items() if each[0] >= number}
        if open_now and any(cell != "" for cell in cells):
            for column, (_, value) in open_now.items():
                cells.extend([""] * (column - len(cells)))
                if cells[column - 1] == "":
                    cells[column - 1] = value
                    sheet.filled.setdefault(column, array("i")).append(number)
        while at < len(merged) and merged[at] <= number:
            first, last, column = merged[at : at + 3]
            at += 3
            # of an area that begins in a row without content there is nothing to say
            if first == number and column <= len(cells) and cells[column - 1] != "":
                open_now[column] = (last, cells[column - 1])  # areas lie on no other
        yield number, cells


def _visible(book: CalamineWorkbook) -> list[Any]:
    return [item for item in book.sheets_metadata if item.visible is SheetVisibleEnum.Visible]


def _rows(sheet: Any, before: int) -> Iterator[tuple[int, list[Any]]]:
    if sheet.start is None:
        return
    top, left = sheet.start
    pad = [""] * left
    # not iter_rows: it gives every blank row above the first one too
    for number, cells in enumerate(sheet.to_python(), start=before + top + 1):
        yield number, pad + cells if left else cells


def _marked(
    rows: Iterator[tuple[int, list[Any]]], marks: dict[tuple[int, int], str]
) -> Iterator[tuple[int, list[Any]]]:
    """The rows with the marks of cells that have no value in their places."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), mark in marks.items():
        by_row.setdefault(row, {})[column - 1] = mark
    for number, cells in rows:
        hit = by_row.pop(number, {})
        width = max([len(cells), *(place + 1 for place in hit)])
        yield (
            number,
            [hit.get(place, cells[place] if place < len(cells) else "") for place in range(width)],
        )
    for number, hit in sorted(by_row.items()):  # rows that hold nothing but such cells
        yield number, [hit.get(place, "") for place in range(max(hit) + 1)]
