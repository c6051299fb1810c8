"""Entries of public lists: who is listed, by whom, why, from when until when.

An entry is valid from its publication until the day of its removal or through the last day of its
term, whichever comes first; what the law says of its use is `queries.lawful`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import pandas as pd

from ingest.emit import Column, FactFrame, end, mention, node, tie
from ingest.period import through

__all__ = ["earlier", "listing", "years_after"]


def listing(
    rows: pd.DataFrame,
    list_kind: str,
    *,
    number: pd.Series,
    columns: Iterable[str],
    usable_until: pd.Series,
    **properties: Column,
) -> Iterator[FactFrame]:
    """State the entry of every row, and that the row's `subject` is its subject.

    Args:
        rows: with `subject`, `subject_name`, `listed_on`, `removed_on`.
        number: what tells the entries of one subject apart.
        columns: properties that stand in columns of the same name.
        usable_until: the last day of publication.
    """
    key = f"list:{list_kind}:" + number + ":" + rows["subject_key"].str[-12:]
    when = {
        "valid_from": rows["listed_on"],
        "valid_to": earlier(through(usable_until), rows["removed_on"]),
    }
    yield from mention(rows, "subject", name=rows["subject_name"])
    yield node(
        "ListEntry",
        rows,
        key=key,
        **when,
        list_kind=list_kind,
        listed_on=rows["listed_on"],
        usable_until=usable_until,
        removed_on=rows["removed_on"],
        columns=columns,
        **properties,  # type: ignore[arg-type]
    )
    yield tie("SUBJECT_OF", rows, source=end(rows, "subject"), target=(key, "ListEntry"), **when)


def years_after(days: pd.Series, years: int) -> pd.Series:
    """The last day of a term of some years: the same day of that year, 28 February for a leap day.

    The day on which it begins does not count (民法典 第二百零一条、第二百零二条).
    """
    later = [None if pd.isna(day) else _years_after(day, years) for day in days]
    return pd.Series(later, index=days.index, dtype=object)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def earlier(one: pd.Series, other: pd.Series) -> pd.Series:
    """The earlier day of each row; the one that is known, where one is missing."""
    known = [[day for day in pair if pd.notna(day)] for pair in zip(one, other, strict=True)]
    return pd.Series([min(days, default=None) for days in known], index=one.index, dtype=object)
