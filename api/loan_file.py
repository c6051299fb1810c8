"""What the page of a loan shows: who owes it and how it stands, who stands for it, and how it came there.

What a borrower's page says of the loan is asked as that page asks it, so that the two agree; its states over
time are read from the log, as law and the scope of whoever asks let them be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from api.party_header import BAD_CLASSES
from api.party_timeline import Event
from api.wording import money, show
from graph.errors import NotFoundError
from graph.time import MAX_DATE, MIN_DATE

if TYPE_CHECKING:
    import pyarrow as pa

    from queries.basis import Basis
    from queries.reader import Reader

__all__ = ["LoanFile", "LoanState", "loan_key_of", "loans_secured", "read_loan"]

_PREFIX = "loan:"


@dataclass(frozen=True)
class LoanState:
    """How the loan was said to stand from a day on; `MIN_DATE` where nobody says from which."""

    on: date
    balance_fen: int | None
    loan_class: str | None
    overdue_days: int | None
    overdue_interest_fen: int | None
    settled_on: date | None

    @property
    def is_dated(self) -> bool:
        """Whether the day was said."""
        return self.on > MIN_DATE


@dataclass(frozen=True)
class LoanFile:
    """All that the page of a loan shows.

    Attributes:
        row: of the question `loans`, about who borrowed it first.
        borrowers: name by key; several signed a loan that is their common debt.
        loan_no, product: as the lender says them.
        guarantees: of the question `guarantees_received`, those whose contract secures this loan.
        ended: contracts that secured it and stand no more.
        states: how it was said to stand, the newest first.
        history: of twenty-four months, in counts; None where nobody tells it.
        has_ring: key of a borrower who stands in a guarantee ring.
    """

    key: str
    row: dict[str, Any]
    borrowers: dict[str, str | None]
    loan_no: str | None
    product: str | None
    guarantees: tuple[dict[str, Any], ...]
    ended: int
    states: tuple[LoanState, ...]
    history: dict[str, Any] | None
    has_ring: str | None
    basis: Basis

    @property
    def is_matured(self) -> bool:
        """Whether its last day has passed while something is still owed."""
        due, day = self.row["due_on"], self.basis.as_of
        return due is not None and due < day and self.owes

    @property
    def owes(self) -> bool:
        """Whether something is owed, or may be: of what nobody said the balance is not known."""
        return self.row["settled_on"] is None and self.row["balance_fen"] != 0

    @property
    def is_bad(self) -> bool:
        """Whether what it is now is adverse: overdue, or of a bad class."""
        return bool(self.row["overdue_days"]) or self.row["loan_class"] in BAD_CLASSES

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened to it, the newest first."""
        day = self.basis.as_of
        told = [
            Event(one.on, one.what, one.detail, one.is_adverse, one.on > day)
            for one in dict.fromkeys(_events(self))
            if MIN_DATE < one.on < MAX_DATE
        ]
        return tuple(sorted(told, key=lambda one: (one.on, one.what, one.detail), reverse=True))


def loan_key_of(text: str) -> str:
    """The key of a loan, as an address may say it with or without its kind."""
    return text if text.startswith(_PREFIX) else f"{_PREFIX}{text}"


def read_loan(reader: Reader, key: str) -> LoanFile:
    """Everything about one loan; raises `NotFoundError` (`loan_unknown`) for one that is not seen."""
    key = loan_key_of(key)
    ties = _of(reader.table("BORROWED"), "to_key", key)
    borrowers = list(dict.fromkeys(row["from_key"] for row in ties if row["certainty"] >= 1))
    borrowers = borrowers or list(dict.fromkeys(row["from_key"] for row in ties))
    seen = reader.known_among(borrowers)
    told = reader.ask_of_each(seen, ("loans", "guarantees_received"))
    row = next(
        (row for each in told.values() for row in each["loans"].rows if row["loan_key"] == key),
        None,
    )
    if row is None:
        raise NotFoundError(
            "没有找到这笔贷款，或者没有授权查看。请从借款人页面的贷款表打开。",
            "There is no such loan, or nothing of it is open.",
            code="loan_unknown",
        )
    contract = next(iter(_of(reader.table("Loan"), "key", key)), {})
    secures = {one["from_key"] for one in _of(reader.table("SECURES"), "to_key", key)}
    standing = [
        {**one, "of": borrower}
        for borrower, each in told.items()
        for one in each["guarantees_received"].rows
        if one["contract"] in secures
    ]
    structure = reader.structure()
    return LoanFile(
        key,
        row,
        reader.names(told),
        contract.get("loan_no"),
        contract.get("product"),
        tuple(standing),
        len(secures - {one["contract"] for one in standing}),
        tuple(_states(_of(reader.whenever("LoanState"), "key", key), reader.basis.as_of)),
        next(iter(_of(reader.table("RepaymentHistory"), "key", key)), None),
        next((one for one in told if structure.guarantee_position(one).ring is not None), None),
        reader.basis,
    )


def loans_secured(reader: Reader, contracts: Sequence[str]) -> dict[str, list[str]]:
    """Which loans some contracts of guarantee secure, by contract."""
    import pyarrow as pa

    table = reader.table("SECURES").select(["from_key", "to_key"])
    wanted = pa.array([*contracts], pa.string())
    found: dict[str, list[str]] = {}
    for row in table.filter(pc.is_in(table["from_key"], value_set=wanted)).to_pylist():
        held = found.setdefault(row["from_key"], [])
        if row["to_key"] not in held:
            held.append(row["to_key"])
    return found


def _of(table: pa.Table, column: str, value: str) -> list[dict[str, Any]]:
    return list(table.filter(pc.equal(table[column], value)).to_pylist())


def _states(rows: Sequence[Mapping[str, Any]], day: date) -> Iterator[LoanState]:
    """The last word for each day, the newest first; a state that is still to come is none."""
    last: dict[date, Mapping[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row["known_from"], row["fact_id"])):
        since = row["valid_from"] or MIN_DATE
        if row["certainty"] >= 1 and since <= day:
            last[since] = row
    for on in sorted(last, reverse=True):
        row = last[on]
        yield LoanState(
            on, row["balance_fen"], row["loan_class"], row["overdue_days"],
            row["overdue_interest_fen"], row["settled_on"],
        )  # fmt: skip


def _events(file: LoanFile) -> Iterator[Event]:
    row = file.row
    if row["granted_on"]:
        yield Event(row["granted_on"], "放款", money(row["principal_fen"]))
    if row["settled_on"]:
        yield Event(row["settled_on"], "结清", "")
    elif row["due_on"]:
        yield Event(row["due_on"], "到期", f"余额 {money(row['balance_fen'])}" if file.owes else "")
    for one in file.guarantees:
        if one["since"]:
            yield Event(
                one["since"], "担保", f"{show(one['other_name'])}，{money(one['amount_fen'])}"
            )
    before: LoanState | None = None
    for state in reversed(file.states):
        if state.overdue_days and not (before and before.overdue_days):
            yield Event(state.on, "逾期", f"{state.overdue_days} 天", is_adverse=True)
        elif before and before.overdue_days and not state.overdue_days and not state.settled_on:
            yield Event(state.on, "不再逾期", "")
        if before and state.loan_class and before.loan_class != state.loan_class:
            bad = state.loan_class in BAD_CLASSES
            yield Event(state.on, f"五级分类改为{show(state.loan_class)}", "", is_adverse=bad)
        before = state
