"""Entries of public lists: who is listed, by whom, why, from when until when.

The log keeps what the paper says: an entry is valid from its publication on, and its removal and its
stated last day are words of it.  How long it may be used is law, worked out when it is read
(`queries.lawful`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from ingest.emit import Column, FactFrame, end, mention, node, tie

__all__ = ["listing"]


def listing(
    rows: pd.DataFrame,
    list_kind: str | pd.Series,
    *,
    number: pd.Series,
    columns: Iterable[str],
    **properties: Column,
) -> Iterator[FactFrame]:
    """State the entry of every row, and that the row's `subject` is its subject.

    Args:
        list_kind: of all rows, or of each.
        rows: with `subject`, `subject_name`, `listed_on`, `removed_on`, `record_state`.
        number: what tells the entries of one subject apart.
        columns: other properties that stand in columns of the same name.
    """
    key = "list:" + list_kind + ":" + number + ":" + rows["subject_key"].str[-12:]
    when = {"valid_from": rows["listed_on"]}
    yield from mention(rows, "subject", name=rows["subject_name"])
    yield node(
        "ListEntry",
        rows,
        key=key,
        **when,
        list_kind=list_kind,
        columns=("listed_on", "removed_on", "record_state", *columns),
        **properties,  # type: ignore[arg-type]
    )
    yield tie("SUBJECT_OF", rows, source=end(rows, "subject"), target=(key, "ListEntry"), **when)
