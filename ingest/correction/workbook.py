"""The error workbook 错误明细.xlsx: refused rows as they came, to be put right and sent back.

Every wrong cell is coloured and the reason stands in the column beside it.  The first columns say
which refused row a line is; whoever corrects the cells and sends the file back settles it.
Columns of ours are named in 〔〕 and are no data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from graph.log import FactLog
from ingest.catalogue.currency import currency_columns
from ingest.catalogue.field import UNIT_FACTOR, FieldSpec, Unit
from ingest.catalogue.source import Source, TableSpec
from ingest.checking.numbers import plain_number
from ingest.correction.quarantine import Quarantine, RefusedRow, open_rows
from ingest.guidance.columns import Columns, open_book
from ingest.guidance.wording import file_title
from ingest.reading.cell import ERROR, NUMERIC, UNCALCULATED, neutral, shown
from ingest.reading.heading import ORIGIN_BATCH, ORIGIN_ROW, REASON

__all__ = ["export_refused", "refused_lines", "workbook_name", "write_error_workbook"]

_HOW_TO = (
    "红色单元格有错，右侧“〔原因〕”列说明原因和办法。更正红色单元格后保存，把本文件原样导入即可。",
    "请勿改动〔〕内的列；确认不再报送的行，请清空该行〔〕以外的各格（表示撤回）。",
    "身份证号码和电话只显示前后几位：原号无误的不用动，系统认得原来的号码；标红的请对照证件重填完整号码。",
    "本文件含个人信息，仅供报送单位更正使用，更正后请删除。",
)


#: A refused row and what stood in it, field by field.
Line = tuple[RefusedRow, dict[str, str | None]]


def export_refused(
    log: FactLog, quarantine: Quarantine, source: Source, folder: Path
) -> dict[Path, int]:
    """Write the open rows of a source, one workbook a table; returns rows by file."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for table, lines in refused_lines(log, quarantine, source).items():
        path = folder / workbook_name(source, table)
        write_error_workbook(path, source, table, lines)
        written[path] = len(lines)
    return written


def workbook_name(source: Source, table: str) -> str:
    """Name of a table's error workbook as a file."""
    return f"{file_title(source, table)}-错误明细.xlsx"


def refused_lines(log: FactLog, quarantine: Quarantine, source: Source) -> dict[str, list[Line]]:
    """The open rows of a source by table.

    Rows whose text was deleted after the time it may be kept are left out.
    """
    tables: dict[str, list[Line]] = defaultdict(list)
    held: dict[str, dict[int, dict[str, str | None]]] = {}
    units: dict[str, dict[str, Unit]] = {}
    for item in open_rows(log, source.name):
        name = item.batch.batch
        if name not in held:
            held[name], units[name] = quarantine.cells(name), quarantine.units(name)
        if item.row in held[name]:
            cells = _in_own_units(held[name][item.row], units[name], source.tables[item.table])
            tables[item.table].append((item, cells))
    return dict(tables)


def _in_own_units(
    cells: dict[str, str | None], units: dict[str, Unit], spec: TableSpec
) -> dict[str, str | None]:
    """The cells as the workbook's headings have them: a file may have told 元 where they say 万元."""
    told = dict(cells)
    for field in spec.fields:
        unit, text = units.get(field.name, field.unit), cells.get(field.name)
        if unit == field.unit or text is None:
            continue
        mark = NUMERIC if text.startswith(NUMERIC) else ""
        times = Decimal(str(UNIT_FACTOR[unit])) / Decimal(str(UNIT_FACTOR[field.unit]))
        number = plain_number(text.removeprefix(mark).removesuffix("%"))
        if number is None:
            continue  # no number: what is wrong with it stays to be seen
        number *= times
        told[field.name] = f"{mark}{number.normalize():f}"
    return told


def write_error_workbook(
    path: Path,
    source: Source,
    table: str,
    rows: Iterable[Line],
) -> None:
    """Write refused rows with what they said, field by field."""
    lines = list(rows)
    spec = _with_currencies(source.tables[table], lines)
    fields = _fields(spec, lines)
    faults = [_by_field(spec, item) for item, _ in lines]
    told = {name for each in faults for name in each}
    with open_book(path) as book:
        columns = Columns(book)
        sheet = book.add_worksheet("错误明细")
        sheet.freeze_panes(1, 3)
        ours = (ORIGIN_BATCH, ORIGIN_ROW, REASON)
        for place, (title, width) in enumerate(zip(ours, (16, 10, 40), strict=True)):
            sheet.write_string(0, place, title, columns.head)
            sheet.set_column(place, place, width)
        places: dict[str, int] = {}
        place = len(ours)
        for field in fields:
            columns.put(sheet, place, field)
            places[field.name] = place
            place += 1
            if field.name in told:
                sheet.write_string(0, place, f"{REASON}{field.title}", columns.head)
                sheet.set_column(place, place, 36)
                place += 1
        for line, ((item, cells), wrong) in enumerate(zip(lines, faults, strict=True), start=1):
            sheet.write_string(line, 0, item.batch.batch)
            sheet.write_string(line, 1, str(item.row))
            sheet.write_string(line, 2, _whole_row(item, cells), columns.reason)
            for field in fields:
                at = places[field.name]
                reason = wrong.get(field.name)
                text = cells.get(field.name)
                _write(sheet, line, at, text and shown(text), columns, bad=reason is not None)
                if reason:
                    sheet.write_string(line, at + 1, reason, columns.reason)
        columns.guide(fields, source.legal_basis, source.kept(), list(_HOW_TO))


def _with_currencies(spec: TableSpec, lines: list[Line]) -> TableSpec:
    """With the column of a currency, where the sender's file had one that nobody declared."""
    sent = dict.fromkeys(name for _, cells in lines for name in cells)
    return spec.model_copy(update={"fields": (*spec.fields, *currency_columns(sent))})


def _fields(spec: TableSpec, lines: list[Line]) -> list[FieldSpec]:
    """The columns that the sender's files had, and those that are required."""
    sent = {name for _, cells in lines for name in cells}
    return [field for field in spec.fields if field.required or field.name in sent]


def _by_field(spec: TableSpec, item: RefusedRow) -> dict[str, str]:
    """Field -> what is wrong with it; a finding on a key marks each of its fields."""
    by_title = {field.title: field.name for field in spec.fields}
    reasons: dict[str, list[str]] = defaultdict(list)
    for finding in item.findings:
        titles = (
            [finding.column]
            if finding.column in by_title
            else [title for title in (finding.column or "").split("、") if title in by_title]
        )
        for title in titles:
            reasons[by_title[title]].append(finding.said)
    return {name: "；".join(said) for name, said in reasons.items()}


def _whole_row(item: RefusedRow, cells: dict[str, str | None]) -> str:
    """What is to be said of the row itself: where it stood, and what no single cell shows."""
    said = [f"{item.batch.file_name} 第 {item.row} 行"]
    said += [finding.said for finding in item.findings if finding.column is None]
    if line := cells.get("unread"):
        said.append(f"原文：{line}")
    return "；".join(said)


def _write(
    sheet: Any, line: int, place: int, text: str | None, columns: Columns, *, bad: bool
) -> None:
    style = columns.bad if bad else columns.text
    if text is None or text in (UNCALCULATED, ERROR):
        sheet.write_blank(line, place, None, style)
    elif text.startswith(NUMERIC):
        # a number as it was: an identifier that lost its digits must not come back as text
        sheet.write_number(line, place, float(text.removeprefix(NUMERIC)), style)
    else:
        sheet.write_string(line, place, neutral(text), style)
