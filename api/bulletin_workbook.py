"""A bulletin as a workbook: made from what may be shown of its content alone, so the same bytes as long as
nothing in it ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from queries.bulletins import Bulletin, BulletinContent
from queries.indicators import MEASURES, RATES, Rate
from queries.indicators.unnamed import ENDED

__all__ = ["workbook"]

_COUNTS = (
    "produced",
    "excluded",
    "due",
    "reported",
    "unreported",
    "refused",
    "late",
    "entered",
    "outside",
)
#: A workbook says when it was made; this one was made from what is frozen.
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - Excel's own


def workbook(told: Bulletin, content: BulletinContent) -> bytes:
    """Sheets of departments, classes and every decision counted."""
    into = BytesIO()
    book = xlsxwriter.Workbook(
        into, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": _MADE, "title": content.title})
    bold = book.add_format({"bold": True, "text_wrap": True})

    def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        page = book.add_worksheet(name)
        page.set_paper(9)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        page.write_row(0, 0, head, bold)
        for place, row in enumerate(rows, 1):
            page.write_row(place, 0, ["" if cell is None else cell for cell in row])

    state = f"{told.signed_by} 签发" if told.signed_by else "草稿，未签发"
    sheet("说明", ("项目", "内容"), [
        ("标题", content.title), ("版次", f"第 {told.edition} 版"), ("更正", told.corrects),
        ("更正原因", told.why), ("编制", told.written_by), ("状态", state), ("编号", told.id),
        ("截至", str(content.as_of)), ("数据", f"第 {content.position} 批"), ("日历", content.calendar),
        ("口径", content.rules), ("点评", content.remarks),
        *(("提示", notice) for notice in content.notices),
    ])  # fmt: skip
    counts, rates = [MEASURES[name] for name in _COUNTS], [title for title, *_ in RATES.values()]
    sheet("部门", ("名次", "部门", "台账未报月份", *counts, *rates, *(f"{title}变化" for title in rates), "瞒报"), [
        (unit.rank, unit.name, "、".join(unit.missing), *(unit.counts[name] for name in _COUNTS),
         *(_said(getattr(unit, name)) for name in RATES),
         *(_points(unit.change[name]) for name in RATES), unit.concealed)
        for unit in content.units
    ])  # fmt: skip
    sheet("部门和类别", ("部门", "类别", "状态", *counts, *rates), [
        (line.name, line.act_class_label, line.status_label, *(line.counts[name] for name in _COUNTS),
         *(_said(getattr(line, name)) for name in RATES))
        for line in (*content.lines, *content.totals)
    ])  # fmt: skip
    sheet("待更正", ("部门", "退回的行", "最早收到"), [
        (item.department, item.rows, f"{item.oldest:%Y-%m-%d}") for item in content.corrections
    ])  # fmt: skip
    sheet("各件", ("部门", "类别", "台账", "记录", "退回的行", "计入"), [
        (item.department, item.act_class, *map(_called, (item.ledger, item.document, item.refused_row)),
         "、".join(MEASURES.get(content.measures[place], content.measures[place]) for place in item.measures))
        for item in content.decisions
    ])  # fmt: skip
    book.close()
    return into.getvalue()


def _called(name: str | None) -> str | None:
    return "已停止公示" if name and name.startswith(ENDED) else name


def _said(rate: Rate) -> str:
    if rate.value is None:
        return "无"
    return f"{rate.value:.1%}（{rate.numerator}/{rate.denominator}）"


def _points(change: float | None) -> str:
    return "" if change is None else f"{change * 100:+.1f} 个百分点"
