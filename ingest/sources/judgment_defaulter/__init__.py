"""The courts' list of judgment defaulters: valid from its publication until removal or expiry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie

__all__ = ["judgment_defaulter"]

_DETAILS = (
    "case_no",
    "authority",
    "legal_ground",
    "conduct",
    "performance",
    "listed_on",
    "usable_until",
    "removed_on",
)


def judgment_defaulter(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a listing; the same case removed later closes it."""
    key = "list:judgment_defaulter:" + rows["case_no"] + ":" + rows["subject_key"].str[-12:]
    ended = [_earlier(*ends) for ends in zip(rows["usable_until"], rows["removed_on"], strict=True)]
    until = pd.Series(ended, index=rows.index, dtype=object)
    yield from mention(rows, "subject", name=rows["subject_name"])
    yield node(
        "ListEntry",
        rows,
        key=key,
        valid_from=rows["listed_on"],
        valid_to=until,
        list_kind="judgment_defaulter",
        **{name: rows[name] for name in _DETAILS},
    )
    yield tie(
        "SUBJECT_OF",
        rows,
        source=end(rows, "subject"),
        target=(key, "ListEntry"),
        valid_from=rows["listed_on"],
        valid_to=until,
    )


def _earlier(first: date | None, second: date | None) -> date | None:
    known = [day for day in (first, second) if day is not None]
    return min(known) if known else None
