"""The institutions that lend, as the files of loans and credit lines name them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, node

__all__ = ["lender_key", "lenders"]


def lender_key(rows: pd.DataFrame) -> pd.Series:
    """Key of the institution of each row, from its `lender_code` (F270004 机构ID)."""
    return "institution:" + rows["lender_code"]


def lenders(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Each institution once, as its `lender_name` calls it."""
    key = lender_key(rows)
    yield node(
        "FinancialInstitution",
        rows,
        key=key,
        where=~key.duplicated(),
        name=rows["lender_name"],
        institution_code=rows["lender_code"],
    )
