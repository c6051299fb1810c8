"""Rows of an Excel file, by the number they have in the sheet, as raw cells.

The first visible worksheet is read.  Cells are python-calamine's: text, number, date, flag; never
pandas' `read_excel`, which turns the number 610322199003071234 into another one without a word.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import python_calamine
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from graph.errors import InputError
from ingest.reading.old_workbook import error_cells
from ingest.reading.sheet_parts import broken, guard, holds_a_cell, slices, visible_sheets

__all__ = ["OUR_SHEETS", "sheet_rows", "unread_sheets"]

#: Sheets of our own templates and workbooks beside the one that is filled in.
OUR_SHEETS = frozenset({"填写说明", "代码"})

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


def sheet_rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """(row number, cells) of the rows that have any content, cells from column A on.

    Raises `InputError`: `file_broken`, `file_too_large`, `too_many_columns`.
    """
    try:
        if zipfile.is_zipfile(path) and path.suffix.lower() != ".ods":
            yield from _packed_rows(path)
        else:
            yield from _whole_rows(path)
    except _DAMAGED as error:
        raise broken(path.name, type(error).__name__) from error


def unread_sheets(path: Path) -> list[str]:
    """Names of the visible sheets that hold something and are not read: all but the first."""
    if not zipfile.is_zipfile(path) or path.suffix.lower() == ".ods":
        return []
    try:
        with zipfile.ZipFile(path) as archive:
            guard(path.name, archive)
            others = visible_sheets(path.name, archive)[1:]
            return [
                name
                for name, part in others
                if name not in OUR_SHEETS and holds_a_cell(path.name, archive, part)
            ]
    except _DAMAGED as error:
        raise broken(path.name, type(error).__name__) from error


def _packed_rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    with zipfile.ZipFile(path) as archive:
        guard(path.name, archive)
        sheet, part = visible_sheets(path.name, archive)[0]
        for piece in slices(path.name, archive, part):
            with CalamineWorkbook.from_filelike(piece.workbook) as book:
                rows = _rows(book.get_sheet_by_name(sheet), piece.before)
                yield from _marked(rows, piece.marks) if piece.marks else rows


def _whole_rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    if path.stat().st_size > _OLD_BYTES:
        raise InputError(
            f"{path.name} 超过 100 MB。请另存为 .xlsx 或 CSV，或分成几份。",
            f"{path.name} is larger than 100 MB: save it as .xlsx or CSV.",
            code="file_too_large",
        )
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            guard(path.name, archive)
    with CalamineWorkbook.from_path(str(path)) as book:
        sheet = _visible(book)[0]
        rows = _rows(book.get_sheet_by_name(sheet.name), 0)
        marks = error_cells(path, book.sheet_names.index(sheet.name))
        yield from _marked(rows, marks) if marks else rows


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
