"""The decisions behind a number, and those that want somebody to act: near their day, past it, late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.errors import InputError
from graph.schema.ledger import DECISION_CLASSES, EXCLUSIONS
from queries.basis import Basis
from queries.indicators.book import CLASSES, Book, Flags
from queries.indicators.measures import MEASURES, members
from queries.indicators.rates import rates_rules

__all__ = ["ATTENTION", "STATES", "DecisionRow", "Rows", "attention", "rows_of"]

STATES = {
    "excluded": "依法不报送", "unreported": "未报送", "refused": "退回未更正", "late": "迟报",
    "on_time": "按时报送", "undated": "报送日期不明",
}  # fmt: skip

ATTENTION = {"near": "临近期限未报送", "overdue": "逾期未报送", "late": "迟报"}


@dataclass(frozen=True)
class DecisionRow:
    """One decision; nothing in it says whom it concerns.

    Attributes:
        ledger, document, refused_row: what it is called in the ledger, as a record filed, among the
            refused rows; None where it is not there.
        state: `STATES`.
        registered: whether some register knows whom the record names; None where none is entered.
        ended: the record was removed, repaired, annulled, frozen or is over: it is counted, and named
            nowhere, so that its number is None and its names tell it apart alone.
    """

    department: str | None
    department_name: str
    act_class: str | None
    act_class_label: str
    document_no: str | None
    decided_on: date | None
    due_on: date | None
    arrived_on: date | None
    state: str
    state_label: str
    excluded_reason: str | None
    registered: bool | None
    ledger: str | None
    document: str | None
    refused_row: str | None
    ended: bool = False


@dataclass(frozen=True)
class Rows:
    """Some of the rows behind a number; `total` is the number."""

    basis: Basis
    title: str
    rows: tuple[DecisionRow, ...]
    total: int
    offset: int


def rows_of(
    book: Book,
    basis: Basis,
    measure: str,
    first: int,
    last: int,
    *,
    department: str | None = None,
    act_class: str | None = None,
    limit: int | None = 100,
    offset: int = 0,
) -> Rows:
    """The decisions that a measure counts in some months, by day and number.

    Raises `InputError` (`measure_unknown`).
    """
    if measure not in MEASURES:
        raise InputError(
            f"没有这个统计项。可用：{'、'.join(MEASURES)}。",
            "There is no such measure.",
            code="measure_unknown",
        )
    chosen = members(book, measure) & (book.month >= first) & (book.month <= last)
    # what is counted stands in a line: of a department and a class
    chosen &= (book.body >= 0) & (book.act_class >= 0)
    chosen &= _of(book, department, act_class)
    return _page(book, basis, MEASURES[measure], chosen, book.decided_on, limit, offset)


def attention(
    book: Book,
    basis: Basis,
    kind: str,
    *,
    department: str | None = None,
    act_class: str | None = None,
    first: int | None = None,
    last: int | None = None,
    limit: int | None = 100,
    offset: int = 0,
) -> Rows:
    """Decisions near their day or past it that nobody reported, or that came late.

    Raises `InputError` (`measure_unknown`).
    """
    if kind not in ATTENTION:
        raise InputError(
            f"没有这个清单。可用：{'、'.join(ATTENTION)}。",
            "There is no such list.",
            code="measure_unknown",
        )
    day = np.datetime64(book.as_of, "D")
    if kind == "late":
        chosen = members(book, "late")
    else:
        open_, known = members(book, "unreported"), ~np.isnat(book.due_on)
        over = known & (book.due_on < day)
        chosen = open_ & (
            over if kind == "overdue" else known & ~over & (book.due_on <= _near(book))
        )
    chosen = chosen & _of(book, department, act_class)
    if first is not None:
        chosen &= book.month >= first
    if last is not None:
        chosen &= book.month <= last
    return _page(book, basis, ATTENTION[kind], chosen, book.due_on, limit, offset)


def _near(book: Book) -> np.datetime64:
    """The last day that is near: so many working days from today on."""
    try:
        until = book.calendar.after(book.as_of, max(rates_rules().near_working_days, 1))
    except InputError:
        # the last days of the last year that is known: all that is known of is near
        return np.datetime64("9999-12-31", "D")
    return np.datetime64(until, "D")


def _of(book: Book, department: str | None, act_class: str | None) -> Flags:
    chosen = np.ones(len(book), bool)
    if department is not None:
        places = [at for at, key in enumerate(book.bodies) if key == department]
        chosen &= np.isin(book.body, places)
    if act_class is not None:
        chosen &= book.act_class == (CLASSES.index(act_class) if act_class in CLASSES else -2)
    return chosen


def _page(
    book: Book,
    basis: Basis,
    title: str,
    chosen: Flags,
    by: NDArray[np.datetime64],
    limit: int | None,
    offset: int,
) -> Rows:
    places = np.flatnonzero(chosen)
    # of what has ended the number is not told by the order either
    numbers = [book.number(int(at)) or "" for at in places]
    order = sorted(
        range(len(places)), key=lambda at: (str(by[places[at]]), numbers[at], places[at])
    )
    shown = [int(places[at]) for at in order[offset : None if limit is None else offset + limit]]
    return Rows(basis, title, tuple(_row(book, at) for at in shown), len(places), offset)


def _row(book: Book, at: int) -> DecisionRow:
    state = _state(book, at)
    body = book.bodies[book.body[at]] if book.body[at] >= 0 else None
    act_class = CLASSES[book.act_class[at]] if book.act_class[at] >= 0 else None
    reason = book.reasons[book.excluded[at]] if book.excluded[at] >= 0 else None
    return DecisionRow(
        body,
        "未能读出" if body is None else book.names.get(body) or body.removeprefix("name:"),
        act_class,
        DECISION_CLASSES[act_class] if act_class else "未能读出",
        book.number(at),
        _day(book.decided_on[at]),
        _day(book.due_on[at]),
        _day(book.arrived_on[at]),
        state,
        STATES[state],
        EXCLUSIONS.get(reason, reason) if reason else None,
        bool(book.registered[at]) if book.entered[at] else None,
        *book.called(at),
        bool(book.ended[at]),
    )


def _state(book: Book, at: int) -> str:
    if book.excluded[at] >= 0:
        return "excluded"
    if book.refused[at]:
        return "refused"
    if not book.entered[at]:
        return "unreported"
    return "late" if book.late[at] else "on_time" if book.on_time[at] else "undated"


def _day(day: np.datetime64) -> date | None:
    return None if np.isnat(day) else day.astype(date)
