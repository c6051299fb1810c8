"""Whether somebody is on a list that may lawfully be used today, for many at once, in the order asked.

screened    one answer each: on a list, not found, not verified
sheet       the same in a workbook and out of one
"""

from __future__ import annotations

from ingest.screening.screened import (
    SCREEN_NOTICE,
    ListedEntry,
    ListedMeasure,
    ListsAsked,
    Resembling,
    Screened,
    ScreenState,
    not_screened,
    screen_all,
)
from ingest.screening.sheet import (
    MOST_ROWS,
    AskedRow,
    match_sheet,
    pasted_rows,
    read_rows,
    screen_sheet,
    template,
)

__all__ = [
    "MOST_ROWS", "SCREEN_NOTICE", "AskedRow", "ListedEntry", "ListedMeasure", "ListsAsked", "Resembling", "ScreenState", "Screened",
    "match_sheet", "not_screened", "pasted_rows", "read_rows", "screen_all", "screen_sheet", "template",
]  # fmt: skip
