"""Answers of the credit bureau, each true of the day of its report."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, emit_named_party

__all__ = ["credit_bureau_answer"]

_SAID = (
    "report_no",
    "report_on",
    "consent_no",
    "purpose",
    "asked_by",
    "has_loan_record",
    "has_operating_loan_record",
    "has_guarantee_record",
    "overdue_account_count",
    "balance_fen",
)


def credit_bureau_answer(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a report."""
    yield from emit_named_party(
        "subject",
        "HAS_CREDIT_REPORT",
        "CreditReport",
        rows,
        key="credit_report:" + rows["report_no"],
        valid_from=rows["report_on"],
        columns=_SAID,
    )
