"""Complaints to the citizens' line: whom they concern, and what was found."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie

__all__ = ["citizen_complaint"]

_SAID = (
    "ticket_no",
    "category",
    "received_on",
    "closed_on",
    "handled_by",
    "is_confirmed",
    "is_resolved",
)


def citizen_complaint(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a complaint about a subject, from the day it was received."""
    key = "complaint:" + rows["ticket_no"]
    yield from mention(rows, "subject", name=rows["subject_name"])
    yield node(
        "Complaint",
        rows,
        key=key,
        where=~key.duplicated(),
        valid_from=rows["received_on"],
        columns=_SAID,
    )
    yield tie(
        "CONCERNS",
        rows,
        source=(key, "Complaint"),
        target=end(rows, "subject"),
        valid_from=rows["received_on"],
    )
