"""A case file as a workbook: all text, nothing a formula, numbered on its cover."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from fastapi import Response

from api.watermark import stamped
from ingest.guidance.columns import open_book
from queries.linked_dishonesty import SHEETS, FiledCase, sheets

__all__ = ["XLSX", "case_workbook", "workbook_answer"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_WIDE, _NARROW = 40, 18


def case_workbook(case: FiledCase) -> bytes:
    """The workbook; a sheet each for cover, own records, hints, former ties and measures."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.xlsx"
        book = open_book(path)
        head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDEBF7"})
        text = book.add_format({"num_format": 49, "text_wrap": True, "valign": "top"})
        for title, rows in sheets(case).items():
            sheet = book.add_worksheet(title)
            sheet.set_paper(9)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.set_footer(f"&L{case.kept.name}　{case.kept.reader}&R&P/&N")
            for place, words in enumerate(SHEETS[title]):
                sheet.write_string(0, place, words, head)
                sheet.set_column(place, place, _WIDE if words in ("内容", "经过") else _NARROW)
            for line, row in enumerate(rows, start=1):
                for place, value in enumerate(row):
                    sheet.write_string(line, place, value, text)
        book.close()
        return path.read_bytes()


def workbook_answer(case: FiledCase, *, status: int = 200) -> Response:
    """The workbook as a download; its name carries the number and nobody's name, and no cache keeps it."""
    told = f"attachment; filename*=UTF-8''{quote(case.kept.name)}.xlsx"
    headers = {"Content-Disposition": told, "Cache-Control": "no-store"}
    return Response(stamped(case_workbook(case)), status, headers, XLSX)
