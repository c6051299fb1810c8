"""The monitoring table: numbers and shares by place, institution and product, each with its rows.

Definitions (wherever a share is said, its numerator and denominator stand beside it; of nothing no
share is said):

    建档户       households on file
    评级户       of them, those with a credit grade or level that somebody stated
    授信户       units with a credit line in force; 授信额度 what these lines come to
    有贷户       units that owe something
    首贷户       units whose first loan was granted in the period
    首贷率       首贷户 / units lent to in the period (流量口径); as institutions state it, of those units
                 of whom they state it
    信用贷款比例 unsecured loans of all: by balance, by units, and of what was lent in the period

What an institution states of a first loan and what the records say are two figures, side by side.
The records say no where an earlier loan of the unit is on file, yes where the credit bureau had
answered that there is none, and otherwise nothing, so that their share is a range.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, TypeVar, get_args

from pydantic import computed_field

from graph.errors import InputError
from graph.time import months_after
from queries.basis import Basis
from queries.district import DistrictReader
from queries.eligibility.scorecard.village import town_of
from queries.lending.book import CreditLine, LendingBook, LoanPart, Unit, lending_book

__all__ = [
    "GROUPINGS",
    "INDICATORS",
    "Figure",
    "Grouped",
    "Grouping",
    "Indicator",
    "LendingRow",
    "LendingTable",
    "Period",
    "checked_grouping",
    "figures_of",
    "lending_rows",
    "lending_table",
    "names_of",
]

Grouping: TypeAlias = Literal["district", "town", "village", "institution", "product"]

#: What the figures are grouped by.
GROUPINGS: Mapping[str, str] = {
    "district": "全区",
    "town": "乡镇",
    "village": "村",
    "institution": "金融机构",
    "product": "信贷产品",
}

#: Codes of the figures with their terms and units.
INDICATORS: Mapping[str, tuple[str, Literal["units", "loans", "fen", "ratio"]]] = {
    "on_file": ("建档户数", "units"),
    "rated": ("评级户数", "units"),
    "lined": ("授信户数", "units"),
    "line_fen": ("授信额度", "fen"),
    "indebted": ("有贷户数", "units"),
    "balance_fen": ("贷款余额", "fen"),
    "balance_unknown": ("余额未采集的贷款", "loans"),
    "lent_units": ("本期新发放户数", "units"),
    "lent_fen": ("本期累计发放", "fen"),
    "first_stated": ("首贷户数（机构申报）", "units"),
    "first_unstated": ("机构未申报是否首贷", "units"),
    "first_rate_stated": ("首贷率（机构申报）", "ratio"),
    "first_checked": ("首贷户数（记录可证实）", "units"),
    "first_possible": ("首贷户数（不能排除）", "units"),
    "first_rate_checked": ("首贷率（可证实）", "ratio"),
    "first_rate_possible": ("首贷率（不能排除）", "ratio"),
    "first_disputed": ("申报首贷而库中有更早贷款", "units"),
    "unsecured_balance_ratio": ("信用贷款比例（余额）", "ratio"),
    "unsecured_units_ratio": ("信用贷款比例（户数）", "ratio"),
    "unsecured_lent_ratio": ("信用贷款比例（本期发放）", "ratio"),
}


_PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)|Q(?P<quarter>[1-4]))?")


@dataclass(frozen=True)
class Period:
    """Days that loans of a period were granted on, both included."""

    begins: date
    ends: date

    @classmethod
    def of(cls, text: str, as_of: date) -> Period:
        """A year, a quarter or a month (`2026`, `2026Q1`, `2026-03`); empty: the year so far.

        Raises `InputError` (`period_wrong`).
        """
        found = _PERIOD.fullmatch(text.strip().upper() or str(as_of.year))
        try:
            if found is None:
                raise ValueError(text)
            year = int(found["year"])
            if found["month"]:
                begins, months = date(year, int(found["month"]), 1), 1
            elif found["quarter"]:
                begins, months = date(year, 3 * int(found["quarter"]) - 2, 1), 3
            else:
                begins, months = date(year, 1, 1), 12
        except ValueError:
            raise InputError(
                "时间段请写年、季或月，如 2026、2026Q1、2026-03。",
                "A period is a year, a quarter or a month: 2026, 2026Q1, 2026-03.",
                code="period_wrong",
            ) from None
        last = months_after(begins, months)
        return cls(begins, min(as_of, date.fromordinal(last.toordinal() - 1)))

    @property
    def year_before(self) -> Period:
        """The same days of the year before."""
        return Period(months_after(self.begins, -12), months_after(self.ends, -12))


@dataclass(frozen=True)
class Indicator:
    """Which figure something is of."""

    code: str

    @computed_field
    @property
    def label(self) -> str:
        """In Chinese."""
        return INDICATORS[self.code][0]

    @computed_field
    @property
    def unit(self) -> str:
        """Of its values: units, loans, fen or ratio."""
        return INDICATORS[self.code][1]


@dataclass(frozen=True)
class Figure(Indicator):
    """One number of the table.

    Attributes:
        value: units, fen, or a ratio between 0 and 1; None where it is a share of nothing.
        numerator, denominator: of a ratio; None of a plain number.
        before: the same figure of the period a year before; None where it has no period.
    """

    value: float | None
    numerator: int | None = None
    denominator: int | None = None
    before: float | None = None


@dataclass(frozen=True)
class LendingRow:
    """The figures of one group; `key` is None for what nobody told the group of."""

    key: str | None
    name: str | None
    figures: tuple[Figure, ...]

    def figure(self, code: str) -> Figure:
        """One of them by its code."""
        return next(item for item in self.figures if item.code == code)


@dataclass(frozen=True)
class LendingTable:
    """All groups of one grouping, and the whole."""

    grouping: Grouping
    period: Period
    rows: tuple[LendingRow, ...]
    whole: LendingRow
    basis: Basis


def lending_table(reader: DistrictReader, by: Grouping, period: Period) -> LendingTable:
    """The table of a period, by one grouping; raises `InputError` for a grouping there is none of."""
    checked_grouping(by)
    book, names = lending_book(reader), names_of(reader, by)

    def make() -> LendingTable:
        cut = Grouped(book, by)
        rows = tuple(
            LendingRow(key, names.get(key) if key else None, figures_of(cut.group(key), period))
            for key in cut.keys
        )
        whole = LendingRow(None, GROUPINGS["district"], figures_of(book, period))
        return LendingTable(by, period, rows if by != "district" else (), whole, reader.basis)

    return reader.computed("lending_table", make, rules=(by, period))


def lending_rows(
    reader: DistrictReader, code: str, by: Grouping, key: str | None, period: Period
) -> tuple[str, ...]:
    """Keys of what stands behind a figure: of units, of lines, or of loans; of a ratio, those of
    its numerator.  Raises `InputError` for a figure that there is none of."""
    if code not in INDICATORS:
        raise InputError(
            f"没有指标 {code}。", f"There is no figure {code}.", code="indicator_unknown"
        )
    cut = Grouped(lending_book(reader), by)
    book = cut.book if by == "district" else cut.group(key)
    return tuple(sorted(_COUNTED[code](_Cut(book, period))))


def checked_grouping(by: str) -> None:
    """Raises `InputError` (`grouping_unknown`) for a grouping that there is none of."""
    if by not in get_args(Grouping):
        raise InputError(
            f"没有“{by}”这种分组。可选：{'、'.join(GROUPINGS)}。",
            f"No grouping {by}: choose one of {', '.join(GROUPINGS)}.",
            code="grouping_unknown",
        )


def names_of(reader: DistrictReader, by: Grouping) -> Mapping[str, str]:
    """What the groups of a grouping are called, by key; a product is called as its key says."""
    if by in ("town", "village"):
        return reader.division_names()
    return reader.institution_names() if by == "institution" else {}


class Grouped:
    """A book that is cut into groups."""

    def __init__(self, book: LendingBook, by: Grouping) -> None:
        self.book = book
        self._units = _grouped(book.units, by)
        self._lines = _grouped(book.lines, by)
        self._loans = _grouped(book.loans, by)

    @property
    def keys(self) -> list[str | None]:
        """Of the groups, that of what nobody told the group of last."""
        found = {*self._units, *self._lines, *self._loans}
        return sorted(found, key=lambda key: (key is None, key or ""))

    def group(self, key: str | None) -> LendingBook:
        """The part of one group; an empty one where there is no such group."""
        parts = self._units.get(key, ()), self._lines.get(key, ()), self._loans.get(key, ())
        return LendingBook(tuple(parts[0]), tuple(parts[1]), tuple(parts[2]))


_Item = TypeVar("_Item", Unit, CreditLine, LoanPart)


def _grouped(items: Iterable[_Item], by: Grouping) -> dict[str | None, list[_Item]]:
    found: dict[str | None, list[_Item]] = defaultdict(list)
    for item in items:
        found[_group_of(item, by)].append(item)
    return found


def _group_of(item: Unit | CreditLine | LoanPart, by: Grouping) -> str | None:
    if by in ("town", "village"):
        village = item.village
        return town_of(village) if village and by == "town" else village
    # a household is on file in a place, at no institution and for no product
    if by == "district" or isinstance(item, Unit):
        return None
    return item.lender if by == "institution" else item.product


class _Cut:
    """A book and a period: the loans that figures are counted in."""

    def __init__(self, book: LendingBook, period: Period) -> None:
        self.book = book
        self.lent = [
            one
            for one in book.loans
            if one.granted_on is not None and period.begins <= one.granted_on <= period.ends
        ]
        self.open = [one for one in book.loans if one.is_open]
        #: What institutions state to be a first loan, what is proven to be one, what may be one.
        self.stated = [one for one in self.lent if one.stated == "first"]
        self.proven = [one for one in self.lent if one.checked == "yes"]
        self.possible = [one for one in self.lent if one.checked != "no"]


def _units(items: Iterable[LoanPart | CreditLine]) -> set[str]:
    return {item.unit for item in items}


def _keys(items: Iterable[LoanPart | CreditLine | Unit]) -> set[str]:
    return {item.key for item in items}


def _unsecured(loans: Iterable[LoanPart]) -> list[LoanPart]:
    return [one for one in loans if one.security_kind == "unsecured"]


#: What stands behind each figure.
_COUNTED: Mapping[str, Callable[[_Cut], set[str]]] = {
    "on_file": lambda c: _keys(one for one in c.book.units if one.is_household),
    "rated": lambda c: _keys(one for one in c.book.units if one.is_rated),
    "lined": lambda c: _units(c.book.lines),
    "line_fen": lambda c: _keys(c.book.lines),
    "indebted": lambda c: _units(c.open),
    "balance_fen": lambda c: _keys(c.open),
    "balance_unknown": lambda c: _keys(one for one in c.open if one.balance_fen is None),
    "lent_units": lambda c: _units(c.lent),
    "lent_fen": lambda c: _keys(c.lent),
    "first_stated": lambda c: _units(c.stated),
    "first_unstated": lambda c: _units(one for one in c.lent if one.stated is None),
    "first_rate_stated": lambda c: _units(c.stated),
    "first_checked": lambda c: _units(c.proven),
    "first_possible": lambda c: _units(c.possible),
    "first_rate_checked": lambda c: _units(c.proven),
    "first_rate_possible": lambda c: _units(c.possible),
    "first_disputed": lambda c: _units(one for one in c.stated if one.checked == "no"),
    "unsecured_balance_ratio": lambda c: _keys(_unsecured(c.open)),
    "unsecured_units_ratio": lambda c: _units(_unsecured(c.open)),
    "unsecured_lent_ratio": lambda c: _keys(_unsecured(c.lent)),
}

#: Figures that have no period, and so none of a year before: of then we would need that day's data.
_OF_THE_DAY = frozenset(
    {
        "on_file", "rated", "lined", "line_fen", "indebted", "balance_fen", "balance_unknown",
        "unsecured_balance_ratio", "unsecured_units_ratio",
    }
)  # fmt: skip

#: ratio -> (figure of its numerator, figure of its denominator).
_SHARES = {
    "first_rate_checked": ("first_checked", "lent_units"),
    "first_rate_possible": ("first_possible", "lent_units"),
    "unsecured_units_ratio": ("unsecured_units_ratio", "indebted"),
}


def figures_of(book: LendingBook, period: Period) -> tuple[Figure, ...]:
    """All figures of a book, in the order of `INDICATORS`."""
    now, then = _Cut(book, period), _Cut(book, period.year_before)
    return tuple(_figure(code, now, then) for code in INDICATORS)


def _figure(code: str, now: _Cut, then: _Cut) -> Figure:
    value, parts = _value(code, now)
    before = None if code in _OF_THE_DAY else _value(code, then)[0]
    return Figure(code, value, *parts, before=before)


def _value(code: str, cut: _Cut) -> tuple[float | None, tuple[int | None, int | None]]:
    unit = INDICATORS[code][1]
    if unit in ("units", "loans"):
        return len(_COUNTED[code](cut)), (None, None)
    if unit == "fen":
        return _money(code, cut), (None, None)
    if code == "first_rate_stated":
        # of whom nobody said it is unknown, and no "no"
        told = _units(one for one in cut.lent if one.stated is not None)
        over, under = len(_COUNTED[code](cut)), len(told)
    elif code in _SHARES:
        over, under = (len(_COUNTED[name](cut)) for name in _SHARES[code])
    elif code == "unsecured_balance_ratio":
        over, under = _balance(_unsecured(cut.open)), _balance(cut.open)
    else:
        over, under = _principal(_unsecured(cut.lent)), _principal(cut.lent)
    return (over / under if under else None), (over, under)


def _money(code: str, cut: _Cut) -> int:
    """What nobody told is left out; `balance_unknown` says of how many loans."""
    if code == "line_fen":
        return sum(one.amount_fen or 0 for one in cut.book.lines)
    return _balance(cut.open) if code == "balance_fen" else _principal(cut.lent)


def _balance(loans: Iterable[LoanPart]) -> int:
    return sum(one.balance_fen or 0 for one in loans)


def _principal(loans: Iterable[LoanPart]) -> int:
    return sum(one.principal_fen or 0 for one in loans)
