"""Months as they are counted: `2026-03`, and whole numbers that count on."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.errors import InputError

__all__ = ["last_day", "month_name", "month_number", "month_numbers", "quarter_months"]

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)


def month_number(text: str) -> int:
    """A month as a number: the next month is one more.  Raises `InputError` (`month`)."""
    told = _MONTH.fullmatch(text)
    if told is None or told[1] == "0000":
        raise InputError(
            "月份须写作 2026-03 这样的形式。", "A month is written YYYY-MM.", code="month"
        )
    return int(told[1]) * 12 + int(told[2]) - 1


def month_name(number: int) -> str:
    """And back."""
    year, month = divmod(number, 12)
    return f"{year:04d}-{month + 1:02d}"


def last_day(number: int) -> date:
    """The last day of a month."""
    year, month = divmod(number + 1, 12)
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)


def quarter_months(text: str) -> tuple[int, int] | None:
    """First and last month of `2026-Q1`; None for what is no quarter."""
    told = _QUARTER.fullmatch(text)
    if told is None or told[1] == "0000":
        return None
    first = int(told[1]) * 12 + (int(told[2]) - 1) * 3
    return first, first + 2


def month_numbers(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """The months of many days; -1 for NaT."""
    months = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return np.where(np.isnat(days), -1, months)
