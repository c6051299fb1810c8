"""Rates of a department, a class and some months: each with both of its numbers.

    上报率 reported / due     合规率 passed / supplied     及时率 on time / timed     入库率 entered / supplied

A rate of nothing is None: nothing was to be reported, which is not 100 %.  A department that can make
such decisions by the power list, and of which no ledger came, has no rate either, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, computed_field
from pydantic.dataclasses import dataclass as answer

from graph.schema.ledger import DECISION_CLASSES
from queries.basis import Basis
from queries.indicators.book import CLASSES, Book
from queries.indicators.measures import MEASURES, RATES, members
from queries.indicators.months import last_day, month_name
from queries.rule_file import RuleFile, read_rules

__all__ = [
    "STATUSES",
    "ClassRates",
    "Rate",
    "Rates",
    "RatesRules",
    "rates_of",
    "rates_rules",
    "sum_up",
]

Status: TypeAlias = Literal["counted", "no_obligation", "ledger_missing", "awaited", "outside_only"]

STATUSES: dict[str, str] = {
    "counted": "已统计",
    "no_obligation": "无应报",
    "ledger_missing": "台账未报",
    "awaited": "台账未到期",
    "outside_only": "只有台账外报送",
}

_MOST_MONTHS = 120


class RatesRules(RuleFile):
    """How rates are counted where no rule of the state says it."""

    FILE: ClassVar[str] = "rates"

    ledger_day: int = Field(ge=1, le=28)
    ledger_day_source: str
    near_working_days: int = Field(ge=0)


@cache
def rates_rules() -> RatesRules:
    """The rules as they stand in the file."""
    return read_rules(RatesRules)


@answer(frozen=True)
class Rate:
    """One rate; `value` is a share between 0 and 1, None where nothing was to be counted."""

    numerator: int
    denominator: int

    @computed_field
    @property
    def value(self) -> float | None:
        """None for 0/0."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class ClassRates:
    """One line.

    Attributes:
        department: key; the name of one without a code; None for who could not be read, and of a
            line that sums departments up.
        act_class: None where classes are summed up.
        status: what the line is, in a word (`STATUSES`).
        missing: months of which a ledger should be there and is not.
        counts: measure -> decisions (`queries.indicators.measures`).
        stated: how many the monthly statements say; None where there is none.
        concealed: decisions that an inspector found to be kept back (瞒报).
    """

    department: str | None
    department_name: str
    act_class: str | None
    act_class_label: str
    status: Status
    status_label: str
    missing: tuple[str, ...]
    counts: Mapping[str, int]
    stated: int | None
    concealed: int
    reporting: Rate
    compliance: Rate
    timeliness: Rate
    entry: Rate


@dataclass(frozen=True)
class Rates:
    """Rates of some months.

    Attributes:
        lines: by department and class; a class that a department cannot make and did not is none.
        totals: by class, and of everything last.
        unplaced: refused rows of which department, class or day could not be read: in no line.
        notices: what could not be computed, and why.
    """

    basis: Basis
    first_month: str
    last_month: str
    calendar: str
    rules: str
    lines: tuple[ClassRates, ...]
    totals: tuple[ClassRates, ...]
    unplaced: int
    notices: tuple[str, ...]


def rates_of(
    book: Book,
    basis: Basis,
    first: int,
    last: int,
    *,
    concealed: Mapping[tuple[str, str, int], int] | None = None,
) -> Rates:
    """The rates of the months from `first` to `last` (`queries.indicators.months`).

    Args:
        concealed: (department, class, month) -> findings that stand.
    """
    if not 0 <= last - first < _MOST_MONTHS:
        raise ValueError("some months, the first one first")
    found = dict(concealed or {})
    groups = _groups(book, first, last, found)
    width = len(CLASSES)
    place = np.where(
        (book.body >= 0) & (book.act_class >= 0), book.body * width + book.act_class, -1
    )
    within = (book.month >= first) & (book.month <= last) & (place >= 0)
    size = len(book.bodies) * width
    counted = {
        name: np.bincount(place[within & members(book, name)], minlength=size) for name in MEASURES
    }
    per_month = _months_told(book, place, within, first, last, size)
    where = {key: at for at, key in enumerate(book.bodies)}
    lines = [
        _line(book, where, body, act_class, counted, per_month, first, last, found)
        for body, act_class in groups
    ]
    lines.sort(key=lambda line: (line.department_name, line.department or "", _order(line)))
    totals = [
        sum_up([line for line in lines if line.act_class == name], name)
        for name in CLASSES
        if any(line.act_class == name for line in lines)
    ]
    unplaced = members(book, "refused") & ((place < 0) | (book.month < 0))
    return Rates(
        basis,
        month_name(first),
        month_name(last),
        book.calendar.version,
        rates_rules().name,
        tuple(lines),
        (*totals, sum_up(lines, None)),
        int(unplaced.sum()),
        book.notices,
    )


def _groups(
    book: Book, first: int, last: int, concealed: Mapping[tuple[str, str, int], int]
) -> list[tuple[str, str]]:
    """(department, class) of which there is anything to say."""
    within = (book.month >= first) & (book.month <= last) & (book.body >= 0) & (book.act_class >= 0)
    pairs = np.unique(np.stack([book.body[within], book.act_class[within]]), axis=1).T
    told = {(book.bodies[body], CLASSES[act_class]) for body, act_class in pairs.tolist()}
    told |= {(body, name) for body, name in book.powers if name != "other"}
    for body, name, month in (*book.stated, *concealed):
        if first <= month <= last:
            told.add((body, name))
    return sorted(told)


def _months_told(
    book: Book,
    place: NDArray[np.int64],
    within: NDArray[np.bool_],
    first: int,
    last: int,
    size: int,
) -> NDArray[np.int64]:
    """Rows of the ledger by group and month."""
    months = last - first + 1
    chosen = within & book.in_ledger
    slots = place[chosen] * months + (book.month[chosen] - first)
    return np.bincount(slots, minlength=size * months).reshape(size, months)


def _line(
    book: Book,
    where: Mapping[str, int],
    body: str,
    act_class: str,
    counted: Mapping[str, NDArray[np.int64]],
    per_month: NDArray[np.int64],
    first: int,
    last: int,
    concealed: Mapping[tuple[str, str, int], int],
) -> ClassRates:
    at = where.get(body)
    slot = None if at is None else at * len(CLASSES) + CLASSES.index(act_class)
    counts = {name: int(each[slot]) if slot is not None else 0 for name, each in counted.items()}
    can = (body, act_class) in book.powers
    missing, awaited, stated, states = [], False, 0, False
    for month in range(first, last + 1):
        rows = int(per_month[slot, month - first]) if slot is not None else 0
        said = book.stated.get((body, act_class, month))
        states |= said is not None
        stated += said or 0
        # a statement of some decisions without their rows is no ledger of them
        if rows or said == 0 or not (can or said):
            continue
        if book.as_of < _ledger_due(month):
            awaited = True
        else:
            missing.append(month_name(month))
    if missing:
        status: Status = "ledger_missing"
    elif counts["produced"]:
        status = "counted"
    elif awaited:
        status = "awaited"
    elif counts["supplied"] or counts["excluded_but_filed"]:
        status = "outside_only"
    else:
        status = "no_obligation"
    hidden = sum(concealed.get((body, act_class, month), 0) for month in range(first, last + 1))
    name = book.names.get(body) or body.removeprefix("name:")
    return ClassRates(
        body, name, act_class, DECISION_CLASSES[act_class], status, STATUSES[status],
        tuple(missing), counts, stated if states else None, hidden, **_rates(counts),
    )  # fmt: skip


def _ledger_due(month: int) -> date:
    """From which day on the ledger of a month is missing: the day after it should be there."""
    return last_day(month) + timedelta(days=rates_rules().ledger_day + 1)


def sum_up(
    lines: Sequence[ClassRates],
    act_class: str | None,
    department: str | None = None,
    name: str = "全区",
) -> ClassRates:
    """Several lines as one, of a class or (None) of all, of a department or (None) of all."""
    counts = {name: sum(line.counts[name] for line in lines) for name in MEASURES}
    missing = sorted({month for line in lines for month in line.missing})
    told = [line.stated for line in lines if line.stated is not None]
    status: Status = (
        "ledger_missing" if missing else "counted" if counts["produced"] else "no_obligation"
    )
    return ClassRates(
        department, name, act_class, DECISION_CLASSES[act_class] if act_class else "合计",
        status, STATUSES[status], tuple(missing), counts, sum(told) if told else None,
        sum(line.concealed for line in lines), **_rates(counts),
    )  # fmt: skip


def _rates(counts: Mapping[str, int]) -> dict[str, Rate]:
    return {name: Rate(counts[over], counts[under]) for name, (_, over, under) in RATES.items()}


def _order(line: ClassRates) -> int:
    return CLASSES.index(line.act_class) if line.act_class else len(CLASSES)
