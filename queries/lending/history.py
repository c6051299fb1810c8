"""The monitoring table month by month: how a figure came to be what it is.

Each point is the table of a month as it reads on the month's last day; the last point is of the day that
is asked for.  All are read with what is known now: what came late stands in the month that it is of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from graph.time import months_after
from queries.basis import Basis
from queries.district import DistrictReader
from queries.lending.book import read_book
from queries.lending.indicators import (
    GROUPINGS,
    INDICATORS,
    Grouped,
    Grouping,
    Indicator,
    Period,
    checked_grouping,
    figures_of,
    names_of,
)

__all__ = ["MONTHS", "IndicatorHistory", "LendingHistory", "lending_history", "month_ends"]

#: A year, and the month of a year ago beside it.
MONTHS = 13


@dataclass(frozen=True)
class IndicatorHistory(Indicator):
    """One figure, month by month, oldest first.

    Attributes:
        values: units, fen, or ratios between 0 and 1.  None: nothing was on file that month, or it
            is a share of nothing.
    """

    values: tuple[float | None, ...]


@dataclass(frozen=True)
class LendingHistory:
    """All figures of one group.

    Attributes:
        key: of the group; None for the whole district, and for what nobody told the group of.
        days: on which the months were read, oldest first.
        groups: keys and names of the groups that there are on any of these days.
    """

    grouping: Grouping
    key: str | None
    name: str | None
    days: tuple[date, ...]
    indicators: tuple[IndicatorHistory, ...]
    groups: tuple[tuple[str | None, str | None], ...]
    basis: Basis


@dataclass(frozen=True)
class _Month:
    """What one month's book says of each group, in the order of the figures; of an empty book nothing."""

    day: date
    whole: tuple[float | None, ...]
    groups: dict[str | None, tuple[float | None, ...]]


def month_ends(as_of: date, months: int = MONTHS) -> tuple[date, ...]:
    """The last days of the months before, and the day itself, oldest first."""
    first = as_of.replace(day=1)
    before = (months_after(first, -back) - timedelta(days=1) for back in range(months - 2, -1, -1))
    return (*before, as_of)


def lending_history(
    reader: DistrictReader, by: Grouping, key: str | None = None, *, within: float | None = None
) -> LendingHistory | None:
    """The history of one group; None where it is not there within so many seconds.

    Raises `InputError` for a grouping that there is none of.
    """
    checked_grouping(by)
    months = reader.computed("lending_history", lambda: _read(reader, by), rules=by, within=within)
    if months is None:
        return None
    empty = (None,) * len(INDICATORS)
    told = [month.whole if by == "district" else month.groups.get(key, empty) for month in months]
    figures = tuple(
        IndicatorHistory(code, tuple(values[place] for values in told))
        for place, code in enumerate(INDICATORS)
    )
    names = names_of(reader, by)
    keys = {one for month in months for one in month.groups}
    groups = tuple(
        (one, names.get(one) if one else None)
        for one in sorted(keys, key=lambda one: (one is None, one or ""))
    )
    return LendingHistory(
        by,
        None if by == "district" else key,
        GROUPINGS["district"] if by == "district" else names.get(key or ""),
        tuple(month.day for month in months),
        figures,
        () if by == "district" else groups,
        reader.basis,
    )


def _read(reader: DistrictReader, by: Grouping) -> tuple[_Month, ...]:
    return tuple(_month(reader, by, day) for day in month_ends(reader.moment.as_of))


def _month(reader: DistrictReader, by: Grouping, day: date) -> _Month:
    cut = Grouped(read_book(reader.at(as_of=day)), by)
    period = Period(day.replace(day=1), day)

    def values(key: str | None, *, whole: bool = False) -> tuple[float | None, ...]:
        book = cut.book if whole else cut.group(key)
        # before anything was on file there is no figure, and none of zero
        if not (book.units or book.lines or book.loans):
            return (None,) * len(INDICATORS)
        return tuple(figure.value for figure in figures_of(book, period))

    keys = cut.keys if by != "district" else []
    return _Month(day, values(None, whole=True), {key: values(key) for key in keys})
