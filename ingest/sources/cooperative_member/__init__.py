"""Who is a member of which cooperative."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, tie
from ingest.tranche import added_up

__all__ = ["cooperative_member"]


def cooperative_member(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a contribution of a member; those of one member add up."""
    yield from mention(rows, "member", name=rows["member_name"])
    given = rows["contributed_on"].where(rows["contributed_on"].notna(), rows["joined_on"])
    rows = added_up(
        rows.assign(given_on=given, given_to=pd.Series(None, index=rows.index, dtype=object)),
        ("cooperative_key", "member_key"),
        since="given_on",
        until="given_to",
        amounts=("contribution_fen",),
    )
    yield tie(
        "MEMBER_OF",
        rows,
        source=end(rows, "member"),
        target=(rows["cooperative_key"], "Cooperative"),
        valid_from=rows["given_on"],
        valid_to=rows["given_to"],
        contribution_fen=rows["contribution_fen"],
        is_farmer=rows["is_farmer"],
    )
