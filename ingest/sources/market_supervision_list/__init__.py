"""The lists of the market supervisors: abnormal operation, serious violation.

Abnormal operation lasts until it is cured.  A serious violation is published for three years
(国家市场监督管理总局令第44号), and less where the supervisor removes it earlier.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame
from ingest.public_list import listing, years_after

__all__ = ["abnormal_operation", "serious_violation"]

_SERIOUS_YEARS = 3


def abnormal_operation(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an entry; its removal ends it."""
    rows = rows.rename(columns={"abnormal_on": "listed_on"})
    yield from listing(
        rows,
        "abnormal_operation",
        number=rows["listed_on"].astype(str),
        usable_until=pd.Series(None, index=rows.index, dtype=object),
        columns=("authority",),
        conduct=rows["reason"],
    )


def serious_violation(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a decision to list."""
    yield from listing(
        rows,
        "serious_violation",
        number=rows["document_no"],
        usable_until=years_after(rows["listed_on"], _SERIOUS_YEARS),
        columns=("authority", "conduct"),
        case_no=rows["document_no"],
    )
