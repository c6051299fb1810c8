"""Who a firm filed as its beneficial owners, and in which way each benefits or decides.

A filing is the firm's own word: a declared interest, beside what the registered holdings prove.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, tie
from ingest.period import through

__all__ = ["beneficial_owner_filing"]


def beneficial_owner_filing(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a way in which one person is an owner; known to hold since it was formed, or filed."""
    yield from mention(rows, "owner", name=rows["owner_name"])
    ranged = rows["ratio"].isna()
    yield tie(
        "HAS_INTEREST_IN",
        rows,
        source=end(rows, "owner"),
        target=end(rows, "firm"),
        discriminator=rows["interest"],
        valid_from=rows["formed_on"].fillna(rows["filed_on"]),
        valid_to=through(rows["ended_on"]),
        columns=("interest", "ratio"),
        is_beneficial=True,
        # a number goes before a range that is filed beside it
        least_ratio=rows["least_ratio"].where(ranged),
        most_ratio=rows["most_ratio"].where(ranged),
    )
