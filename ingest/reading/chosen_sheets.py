"""Which sheets of a file are read: the first that has the heading, and those that go on with it.

A cover sheet is passed over.  A sheet with the same heading is more of the same table (a village a
sheet, or what did not fit on the first).  One of another table of the source (许可 beside 处罚) is
named, to be read for itself.  Any other is not read, and said; but where the table is a
complete list, a sheet that could be more of it refuses the file: half a list would end what stands
on the other half.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from graph.errors import InputError
from ingest.catalogue.source import Source
from ingest.finding import RowFinding
from ingest.reading.cell import text_of
from ingest.reading.heading import Heading, find_heading
from ingest.reading.spreadsheet import Sheet

__all__ = ["Chosen", "SheetBody", "choose"]

_TOP = 20  # rows in which a heading is looked for
_NO_DATA = re.compile("示例|填报样|填表样|模板|填写说明|填表说明|填报说明")

#: (row number, cells) of a sheet.
Rows = Iterator[tuple[int, list[Any]]]


@dataclass
class SheetBody:
    """A sheet to be read, from below its heading on."""

    sheet: Sheet
    rows: Rows


@dataclass
class Chosen:
    """What of a file is read.

    Attributes:
        notes: what is not, and that the heading is not on the first sheet.
        others: further tables of the source that stand on sheets of their own.
    """

    head: Heading
    parts: list[SheetBody]
    notes: list[RowFinding] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def choose(file_name: str, sheets: Sequence[Sheet], source: Source) -> Chosen:
    """Choose the sheets of a file; raises `InputError`: `file_empty`, `list_on_sheets`, and what
    `find_heading` raises for the first sheet that holds anything."""
    before: list[str] = []
    refusal: InputError | None = None
    for place, sheet in enumerate(sheets):
        rows, top = _begun(sheet)
        if not top:
            continue
        try:
            head = find_heading(file_name, _texts(top), source)
        except InputError as error:
            if error.cause_code != "missing_column":
                raise
            refusal = refusal or error
            before.append(sheet.name)
            continue
        chosen = Chosen(head, [_below(sheet, head, top, rows)])
        if before:
            chosen.notes.append(_passed_over(sheet, before))
        for other in sheets[place + 1 :]:
            _look_at(file_name, other, source, chosen)
        return chosen
    raise refusal or InputError(
        f"{file_name} 是空文件。请检查导出是否成功。", f"{file_name} is empty.", code="file_empty"
    )


def _look_at(file_name: str, sheet: Sheet, source: Source, chosen: Chosen) -> None:
    """Read one more sheet as well, say that it is not read, or refuse the file."""
    rows, top = _begun(sheet)
    texts = _texts(top)
    if not texts:
        return
    first = chosen.head
    reason = "内容不是这张表"
    if _NO_DATA.search(sheet.name):
        chosen.notes.append(_unread(chosen, sheet, "按名称是示例或说明"))
        return
    try:
        head = find_heading(file_name, texts, source)
    except InputError:
        could_go_on = _could_be_rows(texts, first)
        if could_go_on:
            reason = "没有列名"
    else:
        if head.is_like(first):
            chosen.parts.append(_below(sheet, head, top, rows))
            return
        could_go_on = head.table == first.table
        if not could_go_on:
            if head.table not in chosen.others:
                chosen.others.append(head.table)
            return
        reason = "列的排列不同"
    if could_go_on and source.completeness_of(first.table) == "snapshot":
        raise InputError(
            f"{file_name} 是完整名单，而第二张工作表“{sheet.name}”像是名单的另一部分，但{reason}。"
            "只读一半会把另一半当作已结束，所以整份未接收。请把各工作表合成一张，或给每张写上同样的列名。",
            f"{file_name}: the sheet {sheet.name} may be more of a complete list; nothing was taken.",
            code="list_on_sheets",
        )
    chosen.notes.append(_unread(chosen, sheet, reason))


def _begun(sheet: Sheet) -> tuple[Rows, list[tuple[int, list[Any]]]]:
    rows = sheet.rows()
    return rows, list(islice(rows, _TOP))


def _below(sheet: Sheet, head: Heading, top: list[tuple[int, list[Any]]], rows: Rows) -> SheetBody:
    return SheetBody(sheet, chain((each for each in top if each[0] > head.last), rows))


def _texts(top: Sequence[tuple[int, Sequence[Any]]]) -> list[tuple[int, list[str]]]:
    """The rows that say anything, as text."""
    texts = [(number, [text_of(cell) or "" for cell in cells]) for number, cells in top]
    return [(number, row) for number, row in texts if any(row)]


def _could_be_rows(texts: Sequence[tuple[int, Sequence[str]]], head: Heading) -> bool:
    """Whether rows without a heading could be more rows below the heading of another sheet."""
    required = [head.columns[item.name] for item in head.spec.fields if item.required]

    def given(row: Sequence[str], places: Collection[int]) -> int:
        return sum(place < len(row) and bool(row[place]) for place in places)

    return any(
        4 * given(row, required) >= 3 * len(required)
        and 2 * given(row, head.columns.values()) > len(head.columns)
        for _, row in texts
    )


def _passed_over(sheet: Sheet, before: list[str]) -> RowFinding:
    return RowFinding(
        None,
        None,
        "sheet_chosen",
        f"读取的是工作表“{sheet.name}”；它前面的“{'”“'.join(before)}”没有本表的列名，未读取。",
        f"The sheet {sheet.name} was read; those before it have no heading of the source.",
        severity="warning",
    )


def _unread(chosen: Chosen, sheet: Sheet, reason: str) -> RowFinding:
    return RowFinding(
        None,
        None,
        "unread_sheet",
        f"只读取了“{chosen.parts[0].sheet.name}”；“{sheet.name}”{reason}，未读取。"
        "如需导入，请另存为单独的文件。",
        f"The sheet {sheet.name} was not read.",
        severity="warning",
    )
