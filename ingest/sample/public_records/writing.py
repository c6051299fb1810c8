"""A table as a department's file: text or workbook by its name, the same bytes every time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from ingest.sample.public_records.district import Sheets

__all__ = ["write_table"]


def write_table(path: Path, table: Sheets) -> int:
    """Write it; returns the rows of all sheets."""
    if isinstance(table, pd.DataFrame) and path.suffix == ".csv":
        table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
        return len(table)
    sheets = {"Sheet1": table} if isinstance(table, pd.DataFrame) else table
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        writer.book.set_properties({"created": datetime(2026, 4, 1)})  # noqa: DTZ001 - Excel's own
        for name, sheet in sheets.items():
            sheet.astype(str).to_excel(writer, sheet_name=name, index=False)
    return sum(len(sheet) for sheet in sheets.values())
