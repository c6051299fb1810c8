"""The financing loop as facts: applications with how far each is, credits, and loans with their state.

Parties stand in these rows by the keys under which the log has them already, and nothing else of
them does: no name, no number.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, node, tie
from ingest.known_party import known_party
from ingest.lender import lender_key
from ingest.period import earlier, through

__all__ = ["application", "credit", "loan"]


def application(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an application, in force from the day on which it was pushed."""
    key = "financing_application:" + rows["application_no"]
    since = rows["pushed_on"]
    said = ("application_no", "applied_fen", "applied_months", "purpose", "product", "pushed_on")
    yield node("FinancingApplication", rows, key=key, valid_from=since, columns=said)
    yield node(
        "FinancingApplicationState",
        rows,
        key=key,
        valid_from=rows["state_since"],
        columns=("application_state", "refusal"),
    )
    yield tie(
        "APPLIED_FOR_FINANCING",
        rows,
        source=known_party(rows["subject_key"]),
        target=(key, "FinancingApplication"),
        valid_from=since,
    )
    yield tie(
        "APPLICATION_TO",
        rows,
        source=(key, "FinancingApplication"),
        target=(lender_key(rows), "FinancialInstitution"),
        valid_from=since,
    )


def credit(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a credit, in force through the day on which it ends or runs out."""
    key = "credit_line:" + rows["lender_code"] + ":" + rows["line_no"]
    last = earlier(through(rows["expires_on"]), rows["ended_on"])
    when = {"valid_from": rows["granted_on"], "valid_to": last}
    said = ("line_no", "amount_fen", "product", "granted_on", "expires_on", "ended_on")
    yield node("CreditLine", rows, key=key, **when, columns=said)
    yield tie(
        "GRANTED_LINE",
        rows,
        source=known_party(rows["subject_key"]),
        target=(key, "CreditLine"),
        **when,
    )
    yield tie(
        "LINE_OF",
        rows,
        source=(key, "CreditLine"),
        target=(lender_key(rows), "FinancialInstitution"),
        **when,
    )


def loan(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a loan note at one data date; the note that a bank's own file tells is the same loan."""
    key = "loan:" + rows["lender_code"] + ":" + rows["loan_no"]
    began = rows["granted_on"]
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
    yield node("Loan", rows, key=key, valid_from=began, columns=contract)
    yield node(
        "LoanState",
        rows,
        key=key,
        valid_from=rows["stated_on"],
        columns=("balance_fen", "overdue_days", "settled_on"),
    )
    yield tie(
        "BORROWED",
        rows,
        source=known_party(rows["subject_key"]),
        target=(key, "Loan"),
        valid_from=began,
    )
    yield tie(
        "LENT_BY",
        rows,
        source=(key, "Loan"),
        target=(lender_key(rows), "FinancialInstitution"),
        valid_from=began,
    )
