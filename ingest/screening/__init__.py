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

__all__ = [
    "SCREEN_NOTICE", "ListedEntry", "ListedMeasure", "ListsAsked", "Resembling", "ScreenState", "Screened",
    "not_screened", "screen_all",
]  # fmt: skip
