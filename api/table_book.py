"""The tables of a page as a workbook: the rows that the page shows, and none that it does not.

A page is made for whoever asks, cut and masked for them; what leaves as a file is read from that page and
from nothing else, so that it cannot say more.  Cells are text, and none of them becomes a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO

from ingest.guidance.columns import open_book
from ingest.reading.cell import neutral
from ingest.reading.merged_cells import MergedCells

__all__ = ["PageTable", "PageTables", "table_book"]

#: What of a table is there to be clicked, typed into, looked at, or filled in on paper.
_LEFT_OUT = frozenset({"form", "button", "select", "textarea", "svg", "script", "style"})
_LEFT_OUT_CLASSES = frozenset({"print", "screen", "drawn", "unseen"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "caption"})
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "col", "wbr"})
_LINE_ENDS = frozenset({"br", "p", "li", "div"})
#: What a sheet may not be called, and how long its name may be (Excel).
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME, _LONGEST_CELL = 28, 32_000
_NARROW, _WIDE = 10, 44
_COVER = "说明"
#: Characters of a page that are read at once.
_PIECE = 2_000


@dataclass
class PageTable:
    """One table: what it is called, its headings, and its rows as they are read."""

    title: str
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class PageTables(HTMLParser):
    """Reads the body of a page.

    Attributes:
        title: its first heading.
        basis: the lines that say of when and for whom it is.
        tables: those that have rows, in order.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.title, self.basis = "", list[str]()
        self._every: list[PageTable] = []
        self._open: list[tuple[str, bool]] = []
        self._heading, self._text = "", list[str]()
        self._cells, self._in_row = MergedCells(), False
        self._into, self._in_head = "", False
        self._tall, self._wide = 1, 1
        self.feed(html)
        self.close()
        self.tables = [one for one in self._every if one.rows]

    @classmethod
    def are_in(cls, html: str) -> bool:
        """Whether a page has a table with rows; read no further than the first."""
        page = cls("")
        for start in range(0, len(html), _PIECE):
            page.feed(html[start : start + _PIECE])
            if any(one.rows for one in page._every):
                return True
        return False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        told = {name: value or "" for name, value in attrs}
        if tag in _LINE_ENDS and self._into:
            self._text.append("\n")
        if tag in _VOID:
            return
        classes = set(told.get("class", "").split())
        hidden = tag in _LEFT_OUT or bool(classes & _LEFT_OUT_CLASSES) or self._is_hidden
        self._open.append((tag, hidden))
        if hidden:
            return
        if tag == "table":
            self._every.append(PageTable(self._heading))
            self._cells = MergedCells()
        elif tag in ("thead", "tbody", "tfoot"):
            self._in_head = tag == "thead"
        elif tag == "tr" and self._every:
            self._in_row = True
            self._cells.begin()
        elif tag in ("td", "th") and self._in_row:
            self._begin("cell")
            self._wide = int(told.get("colspan") or 1)
            self._tall = int(told.get("rowspan") or 1)
        elif tag in _HEADINGS:
            self._begin("heading")
        elif "basis" in classes:
            self._begin("basis")

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        if tag in _VOID or not any(name == tag for name, _ in self._open):
            return
        hidden = False
        while self._open:
            name, hidden = self._open.pop()
            if name == tag:
                break
        if hidden:
            return
        if tag in ("td", "th") and self._in_row and self._into == "cell":
            self._end_cell()
        elif tag == "tr" and self._in_row:
            self._end_row()
        elif tag in _HEADINGS and self._into == "heading":
            self._end_heading(tag)
        elif self._into == "basis" and tag == "p":
            self.basis.append(self._said())

    def handle_data(self, data: str) -> None:
        """Text."""
        if self._into and not self._is_hidden:
            self._text.append(data.replace("\n", " "))

    @property
    def _is_hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _begin(self, into: str) -> None:
        self._into, self._text = into, []

    def _said(self) -> str:
        lines = "".join(self._text).split("\n")
        self._into, self._text = "", []
        return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))

    def _end_cell(self) -> None:
        self._cells.add(self._said(), rows=self._tall, columns=self._wide)

    def _end_row(self) -> None:
        row, self._in_row = self._cells.end(), False
        if not any(row):
            return
        table = self._every[-1]
        if self._in_head and not table.head:
            table.head = row
        else:
            table.rows.append(row)

    def _end_heading(self, tag: str) -> None:
        said = self._said()
        if tag == "caption":
            # a table that has both is called by what stands nearer
            self._every[-1].title = said or self._every[-1].title
            return
        self._heading = said
        self.title = self.title or said


def table_book(page: PageTables, cover: Sequence[tuple[str, str]]) -> bytes:
    """A workbook: a cover, and a sheet for each table.

    Args:
        cover: what the cover says besides, by term.
    """
    into = BytesIO()
    book = open_book(into)
    head = book.add_format(
        {"bold": True, "text_wrap": True, "bg_color": "#DDEBF7", "valign": "top"}
    )
    text = book.add_format({"num_format": 49, "text_wrap": True, "valign": "top"})
    names = _sheet_names(page.tables)
    listed = [(name, f"{table.title}（{len(table.rows)} 行）") for name, table in zip(names, page.tables, strict=True)]  # fmt: skip
    said = [("页面", page.title), *cover, *(("数据", line) for line in page.basis), *listed]
    sheets = [(_COVER, PageTable(page.title, ["项目", "内容"], [[*pair] for pair in said]))]
    for name, table in [*sheets, *zip(names, page.tables, strict=True)]:
        sheet = book.add_worksheet(name)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&R&P/&N")
        if table.head:
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
        lines = ([table.head] if table.head else []) + table.rows
        for place, row in enumerate(lines):
            style = head if table.head and place == 0 else text
            for column, value in enumerate(row):
                sheet.write_string(place, column, neutral(value)[:_LONGEST_CELL], style)
        for column, width in enumerate(_widths(lines)):
            sheet.set_column(column, column, width)
    book.close()
    return into.getvalue()


def _sheet_names(tables: Iterable[PageTable]) -> list[str]:
    """What each is called, cut to what a sheet may be called, no two alike."""
    found: list[str] = []
    for place, table in enumerate(tables, start=1):
        words = _NOT_IN_NAMES.sub(" ", table.title).strip()[:_LONGEST_NAME].strip() or f"表{place}"
        taken = {one.lower() for one in (*found, _COVER)}
        found.append(
            words if words.lower() not in taken else f"{words[: _LONGEST_NAME - 3]}{place:03d}"
        )
    return found


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    most = max((len(line) for line in lines), default=0)
    return [
        min(max(_NARROW, *(2 * max(map(len, line[at].split("\n"))) + 2 for line in lines if at < len(line))), _WIDE)
        for at in range(most)
    ]  # fmt: skip
