"""What every register says of an organisation: who represents it, and in which village it sits."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import End, Statement, end, mention, tie, vacated

__all__ = ["representative_and_seat"]


def representative_and_seat(
    rows: pd.DataFrame,
    subject: End,
    *,
    since: pd.Series,
    party: str = "representative",
    represents_from: pd.Series | None = None,
) -> Iterator[Statement]:
    """State the representative, by name and identifier, their tie to the subject, and its village.

    Where the register tells the state of the subject (`registration_state`, `ended_on`), the office
    ends with its deregistration (公司法 第二百四十条), not with a revoked licence, after which the
    representative still answers for the liquidation; and who moved to another register has its
    seat there.

    Args:
        since: from when the subject stands in the register; its seat is told from then.
        party: the identifier field of the representative (an individual business's operator).
        represents_from: from when they represent it, `since` where that is not known.
    """
    undated = pd.Series(True, rows.index)
    unknown = undated if represents_from is None else represents_from.isna()
    began = since if represents_from is None else represents_from.fillna(since)
    nothing = pd.Series(None, rows.index, dtype=object)
    state, over = rows.get("registration_state", nothing), rows.get("ended_on", nothing)
    is_over, has_moved = (state == "cancelled").fillna(False), (state == "moved").fillna(False)
    yield from mention(rows, party, name=rows[f"{party}_name"])
    yield tie(
        "LEGAL_REPRESENTATIVE_OF",
        rows,
        source=end(rows, party),
        target=subject,
        valid_from=began,
        valid_to=over.where(is_over, None),
        undated=unknown,
        where=~(is_over & over.isna()),
    )
    yield vacated("LEGAL_REPRESENTATIVE_OF", of=subject[0], since=over, where=is_over & over.isna())
    yield tie(
        "LOCATED_IN",
        rows,
        source=subject,
        target=(rows["village_key"], "Village"),
        valid_from=since,
        undated=undated,
        where=~has_moved,
    )
    yield vacated("LOCATED_IN", of=subject[0], since=over, where=has_moved)
