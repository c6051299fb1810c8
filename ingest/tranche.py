"""Several contributions of one holder are one holding: they add up from day to day.

A register may name a holder once for every time that he contributed, or for money and for things.
What he holds on a day is the sum of what was contributed by then and has not ended; an amount that
is not told makes the sum unknown, not smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

__all__ = ["added_up"]


def added_up(
    rows: pd.DataFrame, by: Sequence[str], *, since: str, until: str, amounts: Sequence[str]
) -> pd.DataFrame:
    """The rows with several of one holding laid together: one a time over which the sum is the same.

    Args:
        by: columns that say which holding a row is of.
        since, until: columns of its first day and of the first day after it, None where open.
        amounts: columns that add up.
    """
    holding = rows.groupby(list(by), sort=False, dropna=False).ngroup()
    several = holding.duplicated(keep=False)
    if not several.any():
        return rows
    laid = [rows[~several]]
    for _, parts in rows[several].groupby(holding[several], sort=False):
        laid += _laid(parts, since, until, amounts)
    return pd.concat(laid).sort_index(kind="stable")


def _laid(
    parts: pd.DataFrame, since: str, until: str, amounts: Sequence[str]
) -> list[pd.DataFrame]:
    begins = [date.min if pd.isna(day) else day for day in parts[since]]
    ends = [date.max if pd.isna(day) else day for day in parts[until]]
    days = sorted({*begins, *ends} - {date.max})
    found = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        held = [begin <= day < end for begin, end in zip(begins, ends, strict=True)]
        if not any(held):
            continue
        active = parts[held]
        # it stands in the row that was the last to begin
        last = max(range(len(active)), key=lambda at: (_day(active[since].iloc[at]), at))
        row = active.iloc[[last]].copy()
        told = {since: None if day == date.min else day, until: following}
        told |= {name: active[name].sum(skipna=False) for name in amounts}
        for name, value in told.items():
            row[name] = pd.Series([value], index=row.index, dtype=parts[name].dtype)
        found.append(row)
    return found


def _day(value: date | None) -> date:
    return date.min if pd.isna(value) else value  # type: ignore[return-value]
