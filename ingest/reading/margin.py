"""What stands around the rows of a table and is none of them: totals, signatures, notes.

They are told once and counted nowhere: a total is no faulty loan.  Only a row that lacks something
required can be one, so that nothing that could be taken is ever left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.finding import RowFinding
from ingest.reading.cell import NUMERIC, text_of
from ingest.reading.heading import Heading

__all__ = ["Margin"]

_BLANKS = re.compile(r"\s+")
_TOTAL = re.compile(r"(本页|本表|以上|累计|全村|全镇|全县)?(合计|小计|总计|共计|累计)[:：]?")
_NOTE = re.compile(
    r"[(（*※]{0,2}(填表|制表|填报|填写|审核|审批|复核|核对|经办|报送|上报|统计|制单|打印|导出|录入|校对"
    r"|主管|负责|联系|单位|盖章|签字|签章|备注|附注|注|说明|表格|数据来源|报表|日期|时间)"
    r"[^:，。,]{0,8}:.*"
    r"|(备注|附注|注|说明)\d*[.、].*|第\d+页.*|共\d+页.*"
    r"|[-—–(]*(以下空白|以下无正文|以下无内容|此页无正文)[-—–)]*",
    re.DOTALL,
)
_FEWEST = 3  # columns that a row of column numbers has to number
_SHOWN = 5  # row numbers told
_WORDS = {
    "total_row": ("合计（小计）行", "totals"),
    "note_row": ("填表人、说明之类的表尾", "signatures and notes"),
    "repeated_heading": ("重复的表头", "the heading once more"),
    "column_numbers": ("列号", "numbers of the columns"),
}


class Margin:
    """The rows of one table that are no rows, as they come by."""

    def __init__(self, head: Heading) -> None:
        self._required = [
            head.columns[spec.name]
            for spec in head.spec.fields
            if spec.required and spec.name in head.columns
        ]
        self._places = sorted(head.columns.values())
        self._titles = head.titles
        self._found: dict[str, list[int]] = {}
        self._last = 0

    def is_outside(self, number: int, cells: Sequence[Any]) -> bool:
        """Whether a row that lacks something required is a total or a note; it is noted then."""
        texts = {at: text for at, cell in enumerate(cells) if (text := text_of(cell))}
        if not texts or len(self._required) < 2:
            return False
        kind = self._kind(number, texts)
        if kind is None:
            return False
        self._note(kind, number)
        return True

    def is_heading(self, number: int, cells: Sequence[Any], *, first: bool) -> bool:
        """Whether a row repeats the heading, or (the first one) numbers the columns."""
        texts = [text_of(cell) or "" for cell in cells]
        if first and _counts([text.removeprefix(NUMERIC) for text in texts if text]):
            self._note("column_numbers", number)
            return True
        known = [texts[at] == self._titles[at] for at in self._places if at < len(texts)]
        if len(known) == len(self._places) and all(known):
            self._note("repeated_heading", number)
            return True
        return False

    def notes(self) -> Iterator[RowFinding]:
        """What was left out, a finding a kind."""
        for code, numbers in self._found.items():
            words, english = _WORDS[code]
            shown = "、".join(map(str, numbers[:_SHOWN])) + ("等" if len(numbers) > _SHOWN else "")
            yield RowFinding(
                None,
                None,
                code,
                f"第 {shown} 行{_in_all(len(numbers))}是{words}，不是数据，没有读入，也不计入行数。",
                f"{len(numbers)} rows are no data ({english}); neither read nor counted.",
                severity="warning",
            )

    def _kind(self, number: int, texts: dict[int, str]) -> str | None:
        plain = {at: _BLANKS.sub("", text) for at, text in texts.items()}
        totals = {at for at, text in plain.items() if _TOTAL.fullmatch(text)}
        given = sum(at in texts and at not in totals for at in self._required)
        if totals and given < len(self._required):
            return "total_row"
        if 2 * given > len(self._required):
            return None
        first = plain[min(plain)]
        goes_on = len(plain) == 1 and self._last and number <= self._last + 2
        return "note_row" if _NOTE.fullmatch(first) or goes_on else None

    def _note(self, kind: str, number: int) -> None:
        if kind == "note_row":
            self._last = number
        self._found.setdefault(kind, []).append(number)


def _in_all(count: int) -> str:
    return f"（共 {count} 行）" if count > _SHOWN else ""


def _counts(texts: Sequence[str]) -> bool:
    """Whether texts count columns: 1, 2, 3 … or (1), (2), (3) …; 甲, 乙 may stand before."""
    numbers = [text.strip("()") for text in texts if text not in ("甲", "乙", "丙", "栏次", "序号")]
    return len(numbers) >= _FEWEST and numbers == [str(n + 1) for n in range(len(numbers))]
