"""From when, and until when, what is told of a period stands.

The figures of a year are known when it is over: they stand from the day after it until the next
year's take their place, so that a question at a date gets the last year closed by then.

A term that names its last day (有效期至, 到期日, 公布截止日期) holds through that day: it ends with its
24th hour (民法典 第二百零三条), and validity is half-open, so that it ends on the day after.  The day
of an event that ends something (退出, 移出, 解除, 注销) is the first day without it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd

__all__ = ["NO_END", "after_year", "earlier", "through"]

#: What forms write for "no end".
NO_END = date(2099, 12, 31)


def after_year(years: pd.Series) -> pd.Series:
    """The first of January after each year."""
    return _each(years, lambda year: date(int(year) + 1, 1, 1))


def through(last_days: pd.Series) -> pd.Series:
    """The `valid_to` of terms that hold through their last day; none where they have no end."""
    return _each(last_days, lambda day: None if day >= NO_END else day + timedelta(days=1))


def earlier(one: pd.Series, other: pd.Series) -> pd.Series:
    """The earlier day of each row; the one that is known, where one is missing."""
    known = [[day for day in pair if pd.notna(day)] for pair in zip(one, other, strict=True)]
    return pd.Series([min(days, default=None) for days in known], index=one.index, dtype=object)


def _each(values: pd.Series, change: Callable[[Any], date | None]) -> pd.Series:
    changed = [None if pd.isna(value) else change(value) for value in values]
    return pd.Series(changed, index=values.index, dtype=object)
