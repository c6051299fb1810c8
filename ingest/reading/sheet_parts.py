"""An .xlsx taken apart with care: bounded unpacking, no DTD, the sheet cut into slices of rows.

The reader of spreadsheets (calamine) holds a sheet whole and dense, 2 kB a row of twenty columns,
with every string of the workbook besides, and gives nothing where a formula has no result or the result is an error.  So the parts are
unpacked here, against limits; the sheet's rows are cut at `</row>` into small workbooks of the
same parts, and cells without a value are found on the way.

Source: ECMA-376 part 1, §18.2 and §18.3; part 2 forbids document type definitions in packages.
"""

from __future__ import annotations

import io
import re
import zipfile
from array import array
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO
from xml.etree import ElementTree

import numpy as np

from graph.errors import InputError
from ingest.reading.cell import ERROR, UNCALCULATED
from ingest.reading.shared_strings import SharedStrings, cells_of

__all__ = [
    "Slice",
    "broken",
    "guard",
    "hidden_columns",
    "holds_a_cell",
    "is_from_1904",
    "merged_down",
    "slices",
    "visible_sheets",
]

#: What a file may unpack to: a part that is read whole, and one that is read in pieces.
PART_BYTES = 64 << 20
SHEET_BYTES = 3 << 30
_RATIO = 250  # a sheet of equal rows packs to a hundredth, a bomb to a thousandth and less
_SLICE_BYTES = 4 << 20
_READ = 1 << 16
_SLICE_ROWS = 20_000
_LONGEST_ROW = 64 << 20
_LONGEST_HEAD = 4 << 20
_LONGEST_MARK = 256  # bytes of the tag that the rows begin with
_MOST_SHEETS = 1_000
_GAP = 1_000  # rows without content in between: a dense reader would make room for each of them

_STRINGS = "xl/sharedStrings.xml"
_PARTS = frozenset(
    {
        "[Content_Types].xml", "_rels/.rels",
        "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
    }
)  # fmt: skip
# no tag holds a "<": what looks for the end of one stops there, so that a sheet of nothing but
# beginnings is looked at once, and not once for each of them
_DATA = re.compile(rb"<((?:\w+:)?)sheetData\s*(/?)>")
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^<>]*>")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_ROW_NUMBER = re.compile(rb"""\br=["'](\d+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^<>]*>[^<]")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_ERROR = re.compile(rb"""\bt=["']e["']""")
_PLACE = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
_WIDE = re.compile(rb"""\br=["'](?:[A-Z]{3,}|[J-Z][A-Z]|I[W-Z])\d""")  # beyond column IV, 256
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^<>]*>")
_MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\b[^<>]*?\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)
_FROM_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^<>]*?\bdate1904=["'](?:1|true)["']""")
_MOST_COLUMNS = 256
_MOST_COLUMN_TAGS = 16_384
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Slice:
    """Some rows of a sheet as a workbook of their own.

    Attributes:
        before: rows of the sheet that came before, where the rows do not say their own number.
        marks: (row, column) counted from 1 -> mark of a cell that has no value.
        hidden: numbers of the rows that nobody sees in the sheet.
    """

    workbook: BinaryIO
    before: int
    marks: dict[tuple[int, int], str]
    hidden: list[int]


def guard(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse an archive that unpacks to more than it should, before any of it is unpacked."""
    held = 0  # of what is held while the rows go by
    for item in archive.infolist():
        in_pieces = "worksheets/" in item.filename or item.filename == _STRINGS
        limit = SHEET_BYTES if in_pieces else PART_BYTES
        bomb = item.file_size > 10 << 20 and item.file_size > item.compress_size * _RATIO
        held += item.file_size if item.filename in _PARTS else 0
        if item.file_size > limit or bomb or held > PART_BYTES:
            raise InputError(
                f"{name} 解压后过大，可能已损坏或是恶意文件，未作处理。"
                "请用 Excel 打开确认，只留要报送的工作表另存，或改存为 CSV。",
                f"{name} unpacks to too much: refused before unpacking.",
                code="file_too_large",
            )


def visible_sheets(name: str, archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Name and part of every worksheet that a person sees, in the order of the tabs."""
    targets = {
        item.get("Id"): str(item.get("Target"))
        for item in _xml(name, archive, "xl/_rels/workbook.xml.rels")
        if str(item.get("Type")).endswith("/worksheet")
    }
    found = []
    for sheet in _xml(name, archive, "xl/workbook.xml").iter():
        if sheet.tag.endswith("}sheet") and sheet.get("state", "visible") == "visible":
            target = targets.get(sheet.get(_RELATION))
            if target:
                part = str(PurePosixPath("/xl", target).relative_to("/"))
                found.append((str(sheet.get("name")), part))
    if len(found) > _MOST_SHEETS:
        raise InputError(
            f"{name} 有 {len(found):,} 张工作表，超过 {_MOST_SHEETS:,} 张。请分成几份，或只留要报送的表。",
            f"{name} has {len(found):,} sheets, more than {_MOST_SHEETS:,}.",
            code="too_many_sheets",
        )
    return found


def slices(name: str, archive: zipfile.ZipFile, part: str) -> Iterator[Slice]:
    """The sheet's rows in slices; raises `InputError` for a sheet that no slice can hold."""
    # of the other parts a slice needs what its cells refer to: strings, styles, the workbook
    others = {item: _part(name, archive, item) for item in archive.namelist() if item in _PARTS}
    with closing(_shared(name, archive)) as strings, archive.open(part) as stream:
        head, prefix, rest = _head(name, stream)
        tail = b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"
        count = 0
        for block in _blocks(name, stream, rest, b"</" + prefix + b"row>"):
            if _WIDE.search(block):
                raise InputError(
                    f"{name} 的列数超过 256。请删除右侧多余的列后另存再导入。",
                    f"{name} has more than 256 columns.",
                    code="too_many_columns",
                )
            for body, rows, numbered in _runs(block):
                cells, used = strings.taken_from(body)
                workbook = _workbook({**others, _STRINGS: used, part: head + cells + tail})
                marks, hidden = _without_value(body), _hidden_rows(body)
                yield Slice(workbook, 0 if numbered else count, marks, hidden)
                count += rows


def is_from_1904(name: str, archive: zipfile.ZipFile) -> bool:
    """Whether the numbers of days in this workbook are counted from 1904, as on an old Macintosh.

    Source: ECMA-376 part 1, §18.2.28 `workbookPr`, `date1904`.
    """
    return _FROM_1904.search(_part(name, archive, "xl/workbook.xml")) is not None


def hidden_columns(name: str, archive: zipfile.ZipFile, part: str) -> list[int]:
    """Columns of a sheet that nobody sees in it, counted from 1."""
    with archive.open(part) as stream:
        before, _, _ = _head(name, stream)
    found: set[int] = set()
    for count, column in enumerate(_COLUMN.finditer(before)):
        if count > _MOST_COLUMN_TAGS:
            raise broken(name, "more columns than a sheet has")
        first, last = (re.search(rb"\b%b=[\"'](\d+)" % end, column[0]) for end in (b"min", b"max"))
        if first and last and _HIDDEN.search(column[0]):
            found.update(range(int(first[1]), min(int(last[1]), _MOST_COLUMNS) + 1))
    return sorted(found)


def merged_down(archive: zipfile.ZipFile, part: str) -> array[int]:
    """Merged cells of more than one row: first row, last row, column, and so on, by first row.

    They stand behind the rows, so the sheet is unpacked once more; nothing of it is kept.
    """
    found = array("i")
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_SLICE_BYTES):
            text = rest + chunk
            if b"mergeCell" in text:
                for area in _MERGED.finditer(text):
                    (top, left), (bottom, _) = _corner(area[1], area[2]), _corner(area[3], area[4])
                    if bottom > top:
                        found.extend((top, bottom, left))
            cut = text.rfind(b"<")
            rest = text[cut:] if cut >= 0 and b">" not in text[cut:] else b""
            if len(rest) > _READ:  # no tag is that long
                rest = b""
    areas = np.frombuffer(found, np.int32).reshape(-1, 3) if found else np.empty((0, 3), np.int32)
    return array("i", areas[np.lexsort((areas[:, 2], areas[:, 0]))].tobytes())


def _corner(letters: bytes, row: bytes) -> tuple[int, int]:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return int(row), column


def _hidden_rows(body: bytes) -> list[int]:
    if b"hidden=" not in body:
        return []
    return [
        int(number[1])
        for row in _ROW.finditer(body)
        if _HIDDEN.search(row[1]) and (number := _ROW_NUMBER.search(row[1]))
    ]


def _shared(name: str, archive: zipfile.ZipFile) -> SharedStrings:
    if _STRINGS not in archive.namelist():
        return SharedStrings(None)
    with archive.open(_STRINGS) as part:
        strings = SharedStrings(part)
    try:
        _refuse_dtd(name, strings.head)
    except InputError:
        strings.close()
        raise
    return strings


def holds_a_cell(name: str, archive: zipfile.ZipFile, part: str) -> bool:
    """Whether there is a value near the beginning of a sheet."""
    with archive.open(part) as stream:
        _, _, rest = _head(name, stream)
        return _VALUE.search(rest + stream.read(_READ)) is not None


def _head(name: str, stream: IO[bytes]) -> tuple[bytes, bytes, bytes]:
    """What stands before the rows, the prefix of the tags, and the bytes read beyond."""
    text, looked = b"", 0
    while not (found := _DATA.search(text, looked)):
        looked = max(0, len(text) - _LONGEST_MARK)
        chunk = stream.read(_READ)
        if not chunk or len(text) > _LONGEST_HEAD:
            raise broken(name, "no sheet data")
        text += chunk
    before, rest = text[: found.start()], text[found.end() :]
    _refuse_dtd(name, before)
    head = _DIMENSION.sub(b"", before) + b"<" + found[1] + b"sheetData>"
    return head, found[1], b"" if found[2] else rest


def _blocks(name: str, stream: IO[bytes], rest: bytes, row_end: bytes) -> Iterator[bytes]:
    """The rows in blocks of some megabytes, each ending where a row ends."""
    text = rest
    while True:
        chunk = stream.read(_SLICE_BYTES)
        text += chunk
        cut = text.rfind(row_end) + len(row_end)
        if cut >= len(row_end):
            yield text[:cut]
            text = text[cut:]
        if not chunk:
            return
        if len(text) > _LONGEST_ROW:
            raise broken(name, "a row without end")


def _runs(block: bytes) -> Iterator[tuple[bytes, int, bool]]:
    """A block cut where many row numbers are left out: bytes, rows, whether rows are numbered."""
    begin, count, last, numbered = 0, 0, 0, False
    for found in _ROW.finditer(block):
        stated = _ROW_NUMBER.search(found[1])
        number = int(stated[1]) if stated else last + 1
        if count and (number - last > _GAP or count >= _SLICE_ROWS):
            yield block[begin : found.start()], count, numbered
            begin, count = found.start(), 0
        numbered = stated is not None
        last, count = number, count + 1
    yield block[begin:], count, numbered


def _without_value(body: bytes) -> dict[tuple[int, int], str]:
    """Cells whose formula has no result, or whose result is an error."""
    if not (_FORMULA.search(body) or _ERROR.search(body)):
        return {}
    marks = {}
    for attributes, inside in cells_of(body):
        place = _PLACE.search(attributes)
        if place is None:
            continue
        if _ERROR.search(attributes):
            marks[_corner(place[1], place[2])] = ERROR
        elif _FORMULA.search(body, *inside) and not _VALUE.search(body, *inside):
            marks[_corner(place[1], place[2])] = UNCALCULATED
    return marks


def _workbook(parts: dict[str, bytes]) -> BinaryIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    file.seek(0)
    return file


def _part(name: str, archive: zipfile.ZipFile, part: str) -> bytes:
    content = archive.read(part)
    _refuse_dtd(name, content)
    return content


def _xml(name: str, archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(_part(name, archive, part))  # noqa: S314 - a DTD was refused


def _refuse_dtd(name: str, text: bytes) -> None:
    # also in UTF-16, where every other byte is a NUL
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\x00" in text:
        raise InputError(
            f"{name} 含有文档类型定义（DTD/实体），正常的 Excel 文件没有。未作处理；"
            "请用 Excel 打开后另存为新的 .xlsx。",
            f"{name} holds a document type definition: refused.",
            code="file_broken",
        )


def broken(name: str, why: str) -> InputError:
    """The error of a file that is no whole workbook."""
    return InputError(
        f"{name} 不是完整的 Excel 文件。请用 Excel 打开检查，另存为新的 .xlsx 后重新导入。",
        f"{name} is no whole Excel file ({why}).",
        code="file_broken",
    )
