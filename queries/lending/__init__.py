"""How credit reaches a district: who is on file, rated, granted a line, lent to, and for the first time.

The table that the central bank's branch monitors rural finance by (建档、评级、授信、首贷、信用贷款).
Loans are those of the institutions that report here.
"""

from __future__ import annotations

from queries.lending.book import LendingBook, LoanPart, read_book
from queries.lending.history import IndicatorHistory, LendingHistory, lending_history
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
from queries.lending.past_due import PAST_DUE, PastDueLoan, past_due_loans
from queries.lending.village_loans import village_loans

__all__ = [
    "GROUPINGS",
    "INDICATORS",
    "PAST_DUE",
    "Figure",
    "Grouping",
    "IndicatorHistory",
    "LendingBook",
    "LendingHistory",
    "LendingRow",
    "LendingTable",
    "LoanPart",
    "PastDueLoan",
    "Period",
    "lending_history",
    "lending_rows",
    "lending_table",
    "past_due_loans",
    "read_book",
    "village_loans",
]
