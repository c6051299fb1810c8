"""The Excel template of a source's table, from its catalogue: what departments fill in."""

from __future__ import annotations

from pathlib import Path

from ingest.catalogue.source import Source
from ingest.guidance.columns import Columns, open_book
from ingest.guidance.wording import file_title, row_rule

__all__ = ["template_name", "write_template", "write_templates"]


def write_templates(source: Source, folder: Path) -> list[Path]:
    """One template a table, in the folder; returns what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in source.tables:
        path = folder / template_name(source, name)
        write_template(source, name, path)
        written.append(path)
    return written


def template_name(source: Source, table: str) -> str:
    """Name of a table's template as a file."""
    return f"{file_title(source, table)}-模板.xlsx"


def write_template(source: Source, table: str, path: Path) -> None:
    """A workbook whose first sheet is empty but for headings, drop-downs and comments.

    Columns of identifiers are in text format, so that Excel leaves their digits alone.
    """
    spec = source.tables[table]
    with open_book(path) as book:
        columns = Columns(book)
        sheet = book.add_worksheet("填报")
        sheet.freeze_panes(1, 0)
        for place, field in enumerate(spec.fields):
            columns.put(sheet, place, field)
        columns.guide(
            spec.fields,
            source.legal_basis,
            source.kept(table),
            [
                f"{file_title(source, table)}（{source.department}）",
                "第 1 行是列名，请勿改动或在其上方加标题行；从第 2 行起每行一条，橙色列必填。",
                *(row_rule(check, spec) for check in spec.checks),
            ],
        )
