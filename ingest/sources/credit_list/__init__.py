"""The lists of many authorities in one template: serious dishonesty, abnormal status, honour.

An entry keeps the steps by which it came about, and the penalty that it follows from by its number only: two
records, each with its own clock.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from graph.time import months_after
from ingest.emit import FactFrame, end, mention, node, tie
from ingest.period import earlier, through
from ingest.public_list import listing as entries

__all__ = ["listing", "red_list"]

_STEPS = ("notified_on", "heard_on", "served_on", "published_on")


def listing(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a decision to list; a removal is a word about it."""
    rows = rows.assign(published_until=_until(rows))
    yield from entries(
        rows,
        rows["list_kind"],
        number=rows["document_no"],
        columns=(
            "authority", "conduct", "published_until", "penalty_no", "credit_class", "classed_by",
            "removal_ground", *_STEPS,
        ),
        case_no=rows["document_no"],
    )  # fmt: skip


def red_list(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an honour, for the term that its paper states."""
    key = (
        "honour:"
        + rows["list_kind"]
        + ":"
        + rows["document_no"]
        + ":"
        + rows["subject_key"].str[-12:]
    )
    yield from mention(rows, "subject", name=rows["subject_name"])
    when = {
        "valid_from": rows["awarded_on"],
        "valid_to": earlier(through(rows["valid_to_on"]), rows["revoked_on"]),
    }
    yield node(
        "Honour",
        rows,
        key=key,
        columns=(
            "list_kind", "title", "level", "authority", "document_no", "awarded_on", "valid_to_on",
            "revoked_on",
        ),
        **when,
    )  # fmt: skip
    yield tie("HONOURED_BY", rows, source=end(rows, "subject"), target=(key, "Honour"), **when)


def _until(rows: pd.DataFrame) -> pd.Series:
    """The last day of publication as the paper states it: the day itself, or so many months."""
    said = [
        until if pd.notna(until) or pd.isna(months) else months_after(listed, int(months))
        for until, months, listed in zip(
            rows["published_until"], rows["publication_months"], rows["listed_on"], strict=True
        )
    ]
    return pd.Series(said, index=rows.index, dtype=object)
