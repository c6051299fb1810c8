"""What the reader of spreadsheets does not give of an .xls: errors (#N/A, #REF!), hidden rows and
columns, and from which year its days are counted.

An .xls is a small file system in a file; its stream `Workbook` is a chain of records.  Only those
that can tell are looked into.

Source: [MS-CFB] §2 (compound file), [MS-XLS] §2.4.28 BoundSheet8, §2.4.24 BoolErr, §2.4.127 Formula,
§2.4.221 Row, §2.4.53 ColInfo, §2.4.77 Date1904.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.reading.cell import ERROR

__all__ = ["OldSheet", "old_sheet"]

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_LAST = 0xFFFFFFFA  # from here on a number is no sector
_NAMES = frozenset({"Workbook", "Book"})
_FORMULA, _END, _SHEET, _BOOL_OR_ERROR, _BEGIN = 0x06, 0x0A, 0x85, 0x205, 0x809
_FROM_1904, _COLUMNS, _ROW = 0x22, 0x7D, 0x208
_ROW_HIDDEN, _COLUMNS_HIDDEN = 0x20, 0x01


@dataclass
class OldSheet:
    """What is told of one sheet beside its values; rows and columns are counted from 1.

    Attributes:
        marks: (row, column) -> mark of a cell that has no value.
    """

    marks: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    from_1904: bool = False


def old_sheet(path: Path, sheet: int) -> OldSheet:
    """What is told of the sheet at a place in the order of the tabs.

    Raises `struct.error` or `IndexError` for a file that is not whole.
    """
    content = path.read_bytes()
    if not content.startswith(_COMPOUND):
        return OldSheet()
    stream = _workbook(content)
    told = OldSheet()
    begins = []
    for kind, body in _records(stream, 0):
        if kind == _SHEET:
            begins.append(struct.unpack_from("<I", body)[0])
        elif kind == _FROM_1904:
            told.from_1904 = body[:2] == b"\x01\x00"
    for kind, body in _records(stream, begins[sheet]):
        is_error = (kind == _BOOL_OR_ERROR and body[7] == 1) or (
            kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2
        )
        if is_error:
            row, column = struct.unpack_from("<HH", body)
            told.marks[row + 1, column + 1] = ERROR
        elif kind == _ROW and body[12] & _ROW_HIDDEN:
            told.hidden_rows.append(struct.unpack_from("<H", body)[0] + 1)
        elif kind == _COLUMNS and body[8] & _COLUMNS_HIDDEN:
            first, last = struct.unpack_from("<HH", body)
            told.hidden_columns.extend(range(first + 1, min(last, 255) + 2))
    return told


def _records(stream: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """Type and body of the records of one part of the workbook; charts inside it are passed over."""
    depth = 0
    while begin < len(stream):
        kind, length = struct.unpack_from("<HH", stream, begin)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 1:
            yield kind, stream[begin + 4 : begin + 4 + length]
        if depth < 1:
            return
        begin += 4 + length


def _workbook(content: bytes) -> bytes:
    (shift,) = struct.unpack_from("<H", content, 30)
    size = 1 << shift
    directory, _, least, small_begin, _, more, _ = struct.unpack_from("<7I", content, 48)

    def sector(number: int) -> bytes:
        begin = (number + 1) * size
        if begin >= len(content):
            raise IndexError(f"sector {number}")
        return content[begin : begin + size]

    def numbers(text: bytes) -> list[int]:
        return [number for (number,) in struct.iter_unpack("<I", text[: len(text) // 4 * 4])]

    tables = numbers(content[76:512])
    while more < _LAST:
        *found, more = numbers(sector(more))
        tables += found
    follow = [n for table in tables if table < _LAST for n in numbers(sector(table))]

    def chain(first: int) -> bytes:
        parts, passed = [], 0
        while first < _LAST:
            parts.append(sector(first))
            first, passed = follow[first], passed + 1
            if passed > len(follow):
                raise IndexError("sectors in a circle")
        return b"".join(parts)

    entries = chain(directory)
    root_begin = struct.unpack_from("<I", entries, 116)[0]
    for at in range(0, len(entries) - 127, 128):
        (width,) = struct.unpack_from("<H", entries, at + 64)
        if entries[at : at + max(width - 2, 0)].decode("utf-16-le", "replace") in _NAMES:
            first, length = struct.unpack_from("<II", entries, at + 116)
            if length >= least:
                return chain(first)[:length]
            inner, small = chain(root_begin), numbers(chain(small_begin))
            parts: list[bytes] = []
            while first < _LAST and len(parts) <= len(small):
                parts.append(inner[first * 64 : first * 64 + 64])
                first = small[first]
            return b"".join(parts)[:length]
    return b""
