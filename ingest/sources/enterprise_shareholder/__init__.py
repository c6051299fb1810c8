"""Who holds shares in which enterprise, how much, from when to when."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, tie
from ingest.tranche import added_up

__all__ = ["enterprise_shareholder"]


def enterprise_shareholder(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a contribution; those of one holder add up to its holding."""
    yield from mention(rows, "holder", name=rows["holder_name"])
    rows = added_up(
        rows,
        ("firm_key", "holder_key"),
        since="held_from",
        until="held_to",
        amounts=("share_ratio", "subscribed_fen"),
    )
    yield tie(
        "HOLDS_SHARES_IN",
        rows,
        source=end(rows, "holder"),
        target=end(rows, "firm"),
        valid_from=rows["held_from"],
        valid_to=rows["held_to"],
        share_ratio=rows["share_ratio"],
        subscribed_fen=rows["subscribed_fen"],
    )
