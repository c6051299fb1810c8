"""Files of a small trial source, written as departments write them, and what reading says of them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from graph.errors import InputError
from ingest.catalogue.source import Source
from ingest.reading.table import Table, read_table

SAMPLES = Path(__file__).parents[1] / "samples" / "reading"
SOURCE = Source.model_validate(
    {
        "name": "trial",
        "title": "试表",
        "title_en": "trial",
        "department": "信用办",
        "legal_basis": "无",
        "catalogue": ["consent"],
        "retention": ["loans"],
        "tables": {
            "trial": {
                "fields": [
                    {"name": "number", "title": "编号", "required": True, "identifier": True},
                    {"name": "person", "title": "身份证号", "type": "resident_id"},
                    {"name": "amount_fen", "title": "金额（万元）", "type": "money",
                     "unit": "万元"},
                    {"name": "day", "title": "日期", "type": "date"},
                ],
            }
        },
    }
)  # fmt: skip
HEAD = ["编号", "身份证号", "金额（万元）", "日期"]
LINE = "编号,身份证号,金额（万元）,日期\n"
GOOD = "61032219750315001X"


def wide(text: str) -> str:
    """Full-width, as an input method writes it."""
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


def cells(read: Table) -> list[list[object]]:
    return [[row, *values] for row, *values in read.frame.itertuples()]


def written(tmp_path: Path, content: str | bytes, name: str = "试表.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as refused:
        read_table(path, SOURCE)
    assert refused.value.message_zh and GOOD not in str(refused.value)
    return refused.value


def book(
    tmp_path: Path, fill: Callable[[xlsxwriter.Workbook], object], name: str = "试表.xlsx"
) -> Path:
    path = tmp_path / name
    with xlsxwriter.Workbook(path) as made:
        fill(made)
    return path


def sheet(made: xlsxwriter.Workbook, rows: list[list[object]], name: str = "填报") -> object:
    added = made.add_worksheet(name)
    for at, row in enumerate(rows):
        added.write_row(at, 0, row)
    return added


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The same workbook with some of its parts changed."""
    with zipfile.ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path
