"""The lists of the market supervisors: abnormal operation, serious violation."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame
from ingest.public_list import listing

__all__ = ["abnormal_operation", "serious_violation"]


def abnormal_operation(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an entry; its removal is a word about it."""
    rows = rows.rename(columns={"abnormal_on": "listed_on"})
    yield from listing(
        rows,
        "abnormal_operation",
        number=rows["listed_on"].astype(str),
        columns=("authority",),
        conduct=rows["reason"],
    )


def serious_violation(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a decision to list."""
    yield from listing(
        rows,
        "serious_violation",
        number=rows["document_no"],
        columns=("authority", "conduct"),
        case_no=rows["document_no"],
    )
