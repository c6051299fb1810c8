"""How credit reaches a district: who is on file, rated, granted a line, lent to, and for the first time.

The table that the central bank's branch monitors rural finance by (建档、评级、授信、首贷、信用贷款).
Loans are those of the institutions that report here.
"""

from __future__ import annotations

from queries.lending.book import LendingBook, read_book
from queries.lending.indicators import (
    GROUPINGS,
    INDICATORS,
    Figure,
    Grouping,
    LendingRow,
    LendingTable,
    Period,
    lending_rows,
    lending_table,
)

__all__ = [
    "GROUPINGS",
    "INDICATORS",
    "Figure",
    "Grouping",
    "LendingBook",
    "LendingRow",
    "LendingTable",
    "Period",
    "lending_rows",
    "lending_table",
    "read_book",
]
