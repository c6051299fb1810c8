"""Who is a member of which cooperative."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, tie

__all__ = ["cooperative_member"]


def cooperative_member(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a membership."""
    yield from mention(rows, "member", name=rows["member_name"])
    yield tie(
        "MEMBER_OF",
        rows,
        source=end(rows, "member"),
        target=(rows["cooperative_key"], "Cooperative"),
        valid_from=rows["joined_on"],
        contribution_fen=rows["contribution_fen"],
        is_farmer=rows["is_farmer"],
    )
