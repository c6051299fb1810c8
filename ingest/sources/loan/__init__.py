"""Loans: the contract from the day it was granted, its state from the day it was reported."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie
from ingest.lender import lender_key, lenders

__all__ = ["loan"]


def loan(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a debtor of a loan note at one data date; who borrowed together owes one loan."""
    key = "loan:" + rows["lender_code"] + ":" + rows["loan_no"]
    lender = lender_key(rows)
    began = rows["granted_on"]
    yield from lenders(rows)
    yield from mention(rows, "borrower", name=rows["borrower_name"])
    yield from mention(
        rows,
        "co_borrower",
        name=rows["co_borrower_name"],
        where=~rows["co_borrower_key"].isin(rows["borrower_key"]),
    )
    first = ~key.duplicated()
    contract = (
        "loan_no",
        "principal_fen",
        "granted_on",
        "due_on",
        "purpose",
        "security_kind",
        "product",
        "stated_first_loan",
        "interest_ratio",
    )
    yield node("Loan", rows, key=key, where=first, valid_from=began, columns=contract)
    state = (
        "balance_fen",
        "loan_class",
        "overdue_days",
        "overdue_interest_fen",
        "settled_on",
        "case_no",
    )
    yield node(
        "LoanState",
        rows,
        key=key,
        where=first,
        valid_from=rows["stated_on"],
        columns=state,
    )
    for debtor in ("borrower", "co_borrower"):
        yield tie(
            "BORROWED", rows, source=end(rows, debtor), target=(key, "Loan"), valid_from=began
        )
    yield tie(
        "LENT_BY",
        rows,
        source=(key, "Loan"),
        target=(lender, "FinancialInstitution"),
        where=first,
        valid_from=began,
    )
