"""What the credit office counts about departments: what was produced, told, in time, refused, entered.

power list, ledger ┐
records filed      ├─> book (one item a decision) ──> rates by department, class and month
rows refused       ┘                              └─> the rows behind each number
"""

from __future__ import annotations

from queries.indicators.book import Book, RefusedDocument, build_book
from queries.indicators.history import RateHistory, RatesHistory, rates_history
from queries.indicators.measures import MEASURES, RATES
from queries.indicators.rates import ClassRates, Rate, Rates, rates_of
from queries.indicators.rows import DecisionRow, Rows, attention, rows_of

__all__ = [
    "MEASURES",
    "RATES",
    "Book",
    "ClassRates",
    "DecisionRow",
    "Rate",
    "RateHistory",
    "Rates",
    "RatesHistory",
    "RefusedDocument",
    "Rows",
    "attention",
    "build_book",
    "rates_history",
    "rates_of",
    "rows_of",
]
