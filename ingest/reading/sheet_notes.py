"""What a sheet hides and merges: it is read like everything else, and told."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ingest.finding import RowFinding
from ingest.reading.heading import Heading
from ingest.reading.spreadsheet import Sheet

__all__ = ["sheet_notes"]

_SHOWN = 5


def sheet_notes(
    sheet: Sheet, head: Heading, kept: NDArray[np.int64], offset: int
) -> Iterator[RowFinding]:
    """What is worth knowing of one sheet that was read.

    Args:
        kept: numbers of the rows that were taken as rows, of all sheets.
        offset: what was added to the numbers of this sheet.
    """
    named = f"工作表“{sheet.name}”" if offset else ""
    if offset:
        yield _note(
            "sheets_joined",
            f"{named}的列名与前一张相同，已接着读取；报告里的行号减去 {offset} 就是该表中的行号。",
            f"The sheet {sheet.name} goes on with the table; its rows are numbered from {offset} on.",
        )
    rows = _kept(sheet.hidden_rows, kept, offset)
    if len(rows):
        yield _note(
            "hidden_rows",
            f"{named}有 {len(rows)} 行是隐藏的或被筛选掉的（{_numbers(rows)}），已照常读取。"
            "如不应报送，请删除这些行后重新导入。",
            f"{len(rows)} rows are hidden in the sheet; they were read like all others.",
        )
    columns = [title for place in sheet.hidden_columns if (title := _title(head, place))]
    if columns:
        yield _note(
            "hidden_columns",
            f"{named}有隐藏的列：{'、'.join(columns)}，已照常读取。如不应报送，请删除这些列后重新导入。",
            f"{len(columns)} columns are hidden in the sheet; they were read like all others.",
        )
    filled = {
        title: cells
        for place, rows in sorted(sheet.filled.items())
        if (title := _title(head, place)) and len(cells := _kept(rows, kept, offset))
    }
    if filled:
        count = sum(map(len, filled.values()))
        first = min(int(cells[0]) for cells in filled.values())
        yield _note(
            "merged_cells",
            f"{named}有合并单元格：{'、'.join(filled)}。合并区域的值已填入它所跨的每一行"
            f"（共填 {count} 格，最先在第 {first} 行）。请核对每一行是否都应是这个值。",
            f"Merged cells were filled down: {count} cells in {len(filled)} columns.",
        )


def _kept(rows: array[int], kept: NDArray[np.int64], offset: int) -> NDArray[np.int64]:
    """Those of some rows of the sheet that were taken, by the numbers of the report."""
    numbers = np.asarray(rows, np.int64) + offset
    return numbers[np.isin(numbers, kept)]


def _title(head: Heading, place: int) -> str | None:
    """The heading of a column counted from 1, where the source knows it."""
    return next(
        (item.title for item in head.spec.fields if head.columns.get(item.name) == place - 1), None
    )


def _numbers(rows: NDArray[np.int64]) -> str:
    shown = "、".join(map(str, rows[:_SHOWN].tolist()))
    return f"第 {shown} 行" + ("等" if len(rows) > _SHOWN else "")


def _note(code: str, message_zh: str, message_en: str) -> RowFinding:
    return RowFinding(None, None, code, message_zh, message_en, severity="warning")
