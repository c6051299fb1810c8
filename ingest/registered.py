"""What every register says of an organisation: who represents it, and in which village it sits."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import End, FactFrame, end, mention, tie

__all__ = ["representative_and_seat"]


def representative_and_seat(
    rows: pd.DataFrame,
    subject: End,
    *,
    since: pd.Series,
    party: str = "representative",
    represents_from: pd.Series | None = None,
) -> Iterator[FactFrame]:
    """State the representative, by name and identifier, their tie to the subject, and its village.

    Args:
        since: from when the subject stands in the register; its seat is told from then.
        party: the identifier field of the representative (an individual business's operator).
        represents_from: from when they represent it, `since` where that is not known.
    """
    began = since if represents_from is None else represents_from.fillna(since)
    yield from mention(rows, party, name=rows[f"{party}_name"])
    yield tie(
        "LEGAL_REPRESENTATIVE_OF", rows, source=end(rows, party), target=subject, valid_from=began
    )
    yield tie(
        "LOCATED_IN",
        rows,
        source=subject,
        target=(rows["village_key"], "Village"),
        valid_from=since,
    )
