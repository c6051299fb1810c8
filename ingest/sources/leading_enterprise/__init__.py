"""Leading enterprises: the recognition and the figures on which it rests."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, node
from ingest.period import through

__all__ = ["leading_enterprise"]

_SAID = (
    "level",
    "authority",
    "document_no",
    "recognised_on",
    "led_household_count",
    "total_assets_fen",
    "fixed_assets_fen",
    "sales_fen",
    "debt_ratio",
)


def leading_enterprise(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a firm, with the highest level at which it is recognised."""
    yield node(
        "LeadingEnterprise",
        rows,
        key=rows["firm_key"],
        valid_from=rows["recognised_on"],
        valid_to=through(rows["ends_on"]),
        columns=_SAID,
    )
