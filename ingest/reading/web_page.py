"""A table of a web page that was saved as .xls: what many a system calls "export to Excel".

Excel opens it with a warning and shows a sheet.  It is read where its heading is that of one table;
cells are text, so that nothing is lost of a long number.  Cells that are merged say what they say
in each of their rows, as in a workbook.

Source: HTML living standard §4.9 (tables), §13.2.3.2 (how a page states its encoding).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path

from graph.errors import InputError
from ingest.reading.merged_cells import MergedCells

__all__ = ["is_web_page", "tables_of"]

_LIMIT = 64 << 20
_PIECE = 1 << 16
_LONGEST_TAG = 1 << 20
_LONGEST_REST = 1 << 16  # that no tag ends; it is looked through once for each that begins in it
_BEGIN = re.compile(rb"<(!doctype\s+html|html|head|meta|body|table|style|div)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n]+")

#: (row number, cells) of one table.
Rows = list[tuple[int, list[str]]]


def is_web_page(path: Path) -> bool:
    """Whether a file begins as a web page does."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        start = start.decode("utf-16", "replace").encode()
    return _BEGIN.match(start.removeprefix(codecs.BOM_UTF8).lstrip()) is not None


def tables_of(path: Path) -> list[Rows]:
    """The tables of a page that hold any text, each with its rows counted from 1.

    A table around others (pages use them as frames) is none.  Raises `InputError`:
    `file_too_large`, `file_broken`.
    """
    if path.stat().st_size > _LIMIT:
        raise InputError(
            f"{path.name} 是网页格式，超过 64 MB。请用 Excel 打开后另存为 .xlsx 再导入。",
            f"{path.name} is a web page of more than 64 MB: save it as .xlsx.",
            code="file_too_large",
        )
    page = _Page()
    # the parser holds its own grammar for an assertion
    with suppress(AssertionError):
        for piece in _pieces(path):
            page.feed(piece)
            if len(page.rawdata) > _LONGEST_TAG:
                break
        if len(page.rawdata) <= _LONGEST_REST:
            page.close()
            return [table.rows for table in page.tables if table.rows and not table.is_frame]
    raise InputError(
        f"{path.name} 是网页格式，内容不完整。请用 Excel 打开后另存为 .xlsx 再导入。",
        f"{path.name} is no whole web page.",
        code="file_broken",
    )


def _pieces(path: Path) -> Iterator[str]:
    content = path.read_bytes()
    stated = _CHARSET.search(content[:4096])
    for encoding in _encodings(content, stated[1].decode("ascii") if stated else ""):
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        yield from (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
        return
    raise InputError(
        f"{path.name} 是网页格式，文字编码无法识别。请用 Excel 打开后另存为 .xlsx 再导入。",
        f"{path.name} is a web page in an unknown encoding.",
        code="encoding",
    )


def _encodings(content: bytes, stated: str) -> list[str]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    # a page that says gb2312 holds characters of GB18030
    named = "gb18030" if stated.lower() in ("gb2312", "gbk", "gb_2312-80", "") else stated
    return ["utf-8-sig", named, "gb18030"]


class _Table:
    """One table on its way."""

    def __init__(self) -> None:
        self.rows: Rows = []
        self.is_frame = False
        self.text: list[str] | None = None
        self._cells = MergedCells()
        self._in_row = False
        self._number = 0
        self._span = (1, 1)

    def begin_row(self) -> None:
        self.end_row()
        self._number += 1
        self._in_row = True
        self._cells.begin()

    def begin_cell(self, rows: int, columns: int) -> None:
        self.end_cell()
        if not self._in_row:
            self.begin_row()
        self._span = (rows, columns)
        self.text = []

    def end_cell(self) -> None:
        if self.text is None or not self._in_row:
            return
        text = _SPACE.sub(" ", "".join(self.text)).strip()
        self.text = None
        rows, columns = self._span
        self._cells.add(text, rows=rows, columns=columns)

    def end_row(self) -> None:
        self.end_cell()
        if not self._in_row:
            return
        self._in_row = False
        if any(row := self._cells.end()):
            self.rows.append((self._number, row))


class _Page(HTMLParser):
    """Collects the tables that have no table inside."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._stack: list[_Table] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "table":
            if self._stack:  # a frame around tables, as are those around it already
                outer = self._stack[-1]
                outer.is_frame, outer.rows, outer.text = True, [], None
            self._stack.append(_Table())
            self.tables.append(self._stack[-1])
        elif self._stack and tag == "tr":
            self._stack[-1].begin_row()
        elif self._stack and tag in ("td", "th"):
            said = dict(attrs)
            self._stack[-1].begin_cell(_count(said.get("rowspan")), _count(said.get("colspan")))
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        elif not self._stack:
            return
        elif tag in ("td", "th"):
            self._stack[-1].end_cell()
        elif tag == "tr":
            self._stack[-1].end_row()
        elif tag == "table":
            self._stack.pop().end_row()

    def handle_data(self, data: str) -> None:
        if self._stack and not self._silent and self._stack[-1].text is not None:
            self._stack[-1].text.append(data)

    def close(self) -> None:
        super().close()
        while self._stack:
            self._stack.pop().end_row()


def _count(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 and int(text) > 0 else 1
