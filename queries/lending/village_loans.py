"""The loans of one village that are not paid back, as its households owe them."""

from __future__ import annotations

from queries.district import DistrictReader
from queries.lending.book import LoanPart, lending_book

__all__ = ["village_loans"]


def village_loans(
    reader: DistrictReader, village: str, *, within: float | None = None
) -> tuple[LoanPart, ...] | None:
    """What each unit of the village still owes of each loan, the largest balance first, and first of
    all what nobody told the balance of; None where it is not there within so many seconds."""
    book = lending_book(reader, within=within)
    if book is None:
        return None
    owed = (loan for loan in book.loans if loan.village == village and loan.is_open)
    return tuple(
        sorted(
            owed,
            key=lambda loan: (
                loan.balance_fen is not None,
                -(loan.balance_fen or 0),
                loan.key,
                loan.unit,
            ),
        )
    )
