"""The correction return file as a workbook: the rows, and a sheet with the counts and the hash."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graph.operations import CodeReturn
from graph.time import day_of
from ingest.guidance.columns import open_book
from queries.code_errors import correction_rules

__all__ = ["counts_said", "write_return"]


def write_return(path: Path, kept: CodeReturn, kinds: Mapping[str, str]) -> None:
    """Write a file that left; the same file gives the same bytes.

    Args:
        kinds: kind of code error -> its Chinese term.
    """
    rules = correction_rules()
    with open_book(path) as book:
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        sheet = book.add_worksheet("纠错回传标准格式表")
        sheet.freeze_panes(1, 0)
        for place, title in enumerate(rules.columns.values()):
            sheet.write_string(0, place, title, head)
            sheet.set_column(place, place, 22)
        for number, row in enumerate(kept.rows, 1):
            for place, name in enumerate(rules.columns):
                told = kinds.get(row[name], row[name]) if name == "kind" else row[name]
                sheet.write_string(number, place, told, text)
        seal = book.add_worksheet("校验")
        seal.set_column(0, 0, 22)
        seal.set_column(1, 1, 70)
        for number, (title, told) in enumerate(counts_said(kept)):
            seal.write_string(number, 0, title, head)
            seal.write_string(number, 1, told, text)


def counts_said(kept: CodeReturn) -> list[tuple[str, str]]:
    """What both copies carry: round, counts by operation, hash, who and when."""
    operations = correction_rules().operations
    return [
        ("轮次", kept.round),
        ("合计", f"{kept.counts['total']} 行"),
        *(
            (f"{code} {title}", f"{kept.counts[str(code)]} 行")
            for code, title in operations.items()
        ),
        ("校验码（SHA-256）", kept.id),
        ("报送人", kept.by),
        ("报送日期", day_of(kept.at).isoformat()),
    ]
