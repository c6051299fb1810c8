"""The rates of a department, or of all, month by month: whether it gets better.

Each month is the table of that month (`queries.indicators.rates`), all of them from one book: what was
reported since then counts in the month in which the decision was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from queries.basis import Basis
from queries.indicators.book import Book
from queries.indicators.measures import RATES
from queries.indicators.months import month_name
from queries.indicators.rates import ClassRates, Rate, Rates, rates_of, sum_up

__all__ = ["MONTHS", "RateHistory", "RatesHistory", "rates_history"]

#: A year, and the month of a year ago beside it.
MONTHS = 13


@dataclass(frozen=True)
class RateHistory:
    """One rate, a month each, oldest first; of nothing it is None."""

    code: str
    label: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True)
class RatesHistory:
    """The months up to one of them.

    Attributes:
        department: key; None for the whole district.
        months: as `2026-03`, oldest first.
        produced: decisions that the department made, by its ledger.
        missing: months of which a ledger should be there and is not; their reporting is no rate.
        departments: keys and names of those that there is anything to say of.
    """

    basis: Basis
    department: str | None
    department_name: str
    months: tuple[str, ...]
    produced: tuple[int, ...]
    rates: tuple[RateHistory, ...]
    missing: tuple[str, ...]
    departments: tuple[tuple[str, str], ...]


def rates_history(
    book: Book,
    basis: Basis,
    last: int,
    *,
    department: str | None = None,
    concealed: Mapping[tuple[str, str, int], int] | None = None,
) -> RatesHistory:
    """The `MONTHS` months that end with `last` (`queries.indicators.months`)."""
    tables = [
        rates_of(book, basis, month, month, concealed=concealed)
        for month in range(last - MONTHS + 1, last + 1)
    ]
    lines = [_of(table, department) for table in tables]
    known = {
        line.department: line.department_name
        for table in tables
        for line in table.lines
        if line.department is not None
    }
    return RatesHistory(
        basis,
        department,
        lines[-1].department_name if department is None else known.get(department, department),
        tuple(month_name(month) for month in range(last - MONTHS + 1, last + 1)),
        tuple(line.counts["produced"] for line in lines),
        tuple(
            RateHistory(code, told[0], tuple(getattr(line, code) for line in lines))
            for code, told in RATES.items()
        ),
        tuple(month for line in lines for month in line.missing),
        tuple(sorted(known.items(), key=lambda item: (item[1], item[0]))),
    )


def _of(table: Rates, department: str | None) -> ClassRates:
    if department is None:
        return table.totals[-1]
    return sum_up([line for line in table.lines if line.department == department], None, department)
