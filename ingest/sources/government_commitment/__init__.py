"""What public bodies promised, to whom, until when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie

__all__ = ["government_commitment"]

_SAID = ("commitment_no", "field", "content", "made_on", "due_on", "outcome", "outcome_on", "evidence")  # fmt: skip


def government_commitment(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a commitment, from the day on which it was made."""
    key = "commitment:" + rows["body_code"] + ":" + rows["commitment_no"]
    thing, when = (key, "GovernmentCommitment"), {"valid_from": rows["made_on"]}
    yield from mention(rows, "body", name=rows["body_name"])
    yield from mention(rows, "receiver", name=rows["receiver_name"])
    yield node("GovernmentCommitment", rows, key=key, columns=_SAID, **when)
    yield tie("COMMITTED_BY", rows, source=thing, target=end(rows, "body"), **when)
    yield tie("COMMITTED_TO", rows, source=thing, target=end(rows, "receiver"), **when)
