"""How a field looks as a column of an Excel sheet that goes out to be filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from ingest.catalogue.field import FieldSpec
from ingest.guidance.wording import allowed, field_rule, type_wording

__all__ = ["Columns", "open_book"]

_LAST_ROW = 1_048_575
_LIST_LIMIT = 255  # of a list written into the validation itself; a longer one points at a range
_CODES = "代码"
_GUIDE = "填写说明"
_TEXT = 49  # the built-in format @: digits stay as they are typed
_FONT = {"font_name": "等线", "font_size": 11, "valign": "top"}


def open_book(path: Path | BytesIO) -> xlsxwriter.Workbook:
    """A new workbook in which nothing that is written becomes a formula, a link or a number."""
    book = xlsxwriter.Workbook(
        path,
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    # the same catalogue gives the same bytes
    book.set_properties({"created": datetime(2026, 4, 1)})  # noqa: DTZ001 - Excel knows no zone
    return book


class Columns:
    """Writes headings, drop-downs and explanations of fields into a workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self.text = book.add_format({**_FONT, "num_format": _TEXT})
        self.plain = book.add_format({**_FONT, "text_wrap": True})
        self.bad = book.add_format({**_FONT, "num_format": _TEXT, "bg_color": "#FFC7CE"})
        self.reason = book.add_format({**_FONT, "font_color": "#9C0006", "text_wrap": True})
        head = {**_FONT, "bold": True, "border": 1, "text_wrap": True}
        self.head = book.add_format({**head, "bg_color": "#DDEBF7"})
        self.required_head = book.add_format({**head, "bg_color": "#FCE4D6"})
        self._lists: list[list[str]] = []

    def put(self, sheet: Any, place: int, spec: FieldSpec) -> None:
        """The heading of a field in a column, with its explanation, format and drop-down."""
        style = self.required_head if spec.required else self.head
        sheet.write_string(0, place, spec.title, style)
        sheet.write_comment(0, place, _comment(spec), {"x_scale": 2, "y_scale": 1.5})
        width = 22 if spec.must_be_text else max(12, min(2 * len(spec.title) + 4, 30))
        typed_as_text = spec.must_be_text or spec.type in ("text", "code", "date", "flag")
        sheet.set_column(place, place, width, self.text if typed_as_text else None)
        choices = allowed(spec)
        if choices and spec.type != "code_list":  # Excel's lists let one be chosen
            sheet.data_validation(
                1,
                place,
                _LAST_ROW,
                place,
                {
                    "validate": "list",
                    "source": self._list(choices),
                    "error_title": "请从下拉列表选择",
                    "error_message": f"“{spec.title}”只能填列表中的值。",
                },
            )

    def guide(
        self, fields: Sequence[FieldSpec], ground: str, kept: int | str, said: list[str]
    ) -> None:
        """The sheet that explains every column, and the lists that drop-downs point at."""
        sheet = self._book.add_worksheet(_GUIDE)
        heads = ("列名", "必填", "类型", "可填的值", "要求", "示例", "敏感级别", "采集依据", "保存期限",
                 "也可写作")  # fmt: skip
        for row, line in enumerate(said):
            sheet.write_string(row, 0, line)
        top = len(said) + (1 if said else 0)
        for place, (head, width) in enumerate(
            zip(heads, (22, 6, 20, 40, 40, 24, 10, 36, 20, 30), strict=True)
        ):
            sheet.write_string(top, place, head, self.head)
            sheet.set_column(place, place, width)
        for row, spec in enumerate(fields, start=top + 1):
            cells = (
                spec.title,
                "是" if spec.required else "",
                type_wording(spec),
                "、".join(allowed(spec)),
                field_rule(spec),
                spec.example,
                str(spec.sensitivity),
                spec.legal_basis or ground,
                kept,
                "、".join(spec.aliases),
            )
            for place, cell in enumerate(cells):
                sheet.write_string(row, place, cell, self.plain)
        if self._lists:
            codes = self._book.add_worksheet(_CODES)
            codes.hide()
            for place, choices in enumerate(self._lists):
                for row, choice in enumerate(choices):
                    codes.write_string(row, place, choice)

    def _list(self, choices: list[str]) -> list[str] | str:
        # Excel joins the choices with commas, so one that holds a comma needs a range as well
        if len(",".join(choices)) <= _LIST_LIMIT and not any("," in each for each in choices):
            return choices
        if choices not in self._lists:
            self._lists.append(choices)
        column = xlsxwriter.utility.xl_col_to_name(self._lists.index(choices), col_abs=True)
        return f"={_CODES}!{column}$1:{column}${len(choices)}"


def _comment(spec: FieldSpec) -> str:
    lines = [("必填" if spec.required else "选填") + "，" + type_wording(spec)]
    if rule := field_rule(spec):
        lines.append(f"要求：{rule}")
    if choices := allowed(spec):
        shown = "、".join(choices[:12])
        lines.append(f"可填：{shown}" + ("……（见下拉列表）" if len(choices) > 12 else ""))
    if spec.example:
        lines.append(f"示例：{spec.example}")
    return "\n".join(lines)
