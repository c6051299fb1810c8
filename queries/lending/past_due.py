"""Loans of one institution that are past their day: overdue as reported, or matured and not settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from queries.district import DistrictReader
from queries.lending.book import heard_last, sure_ties

__all__ = ["PAST_DUE", "PastDueLoan", "PastDueState", "past_due_loans"]

PastDueState: TypeAlias = Literal["overdue", "matured", "to_verify"]

#: How a loan is past its day -> in Chinese.
PAST_DUE: Mapping[PastDueState, str] = {
    "overdue": "逾期", "matured": "到期未结清", "to_verify": "已过到期日，是否结清待核实",
}  # fmt: skip


@dataclass(frozen=True)
class PastDueLoan:
    """One loan.

    Attributes:
        borrowers: parties that owe it.  due_on: None where nobody told it.
        balance_fen, overdue_days: as last reported; None: not told.
        days: since it was due, or that are reported as overdue, whichever is more.
        stated_on: day that the reported state is of.
    """

    key: str
    borrowers: tuple[str, ...]
    state: PastDueState
    due_on: date | None
    stated_on: date | None
    balance_fen: int | None
    overdue_days: int | None
    loan_class: str | None
    days: int

    @property
    def state_label(self) -> str:
        """In Chinese."""
        return PAST_DUE[self.state]


def past_due_loans(reader: DistrictReader, institution: str | None) -> tuple[PastDueLoan, ...]:
    """Those of an institution that the reader sees, the longest past their day first; of all of them
    where None is asked for.

    A state of before the due day says nothing of whether it was paid: such a loan is to be verified.
    """
    day = reader.moment.as_of
    contracts = heard_last(reader, "Loan", "due_on")
    told = heard_last(
        reader, "LoanState", "balance_fen", "settled_on", "overdue_days", "loan_class", "valid_from"
    )
    borrowers: dict[str, list[str]] = defaultdict(list)
    for party, loan in sure_ties(reader, "BORROWED"):
        borrowers[loan].append(party)
    found = []
    for loan in {loan for loan, lender in sure_ties(reader, "LENT_BY")
                 if institution in (None, lender)}:  # fmt: skip
        if loan not in contracts or loan not in borrowers:
            continue
        state, due_on = told.get(loan, {}), contracts[loan]["due_on"]
        how = _how(state, due_on, day)
        if how is None:
            continue
        late = state.get("overdue_days")
        past = (day - due_on).days if due_on is not None else 0
        found.append(
            PastDueLoan(
                loan,
                tuple(sorted(borrowers[loan])),
                how,
                due_on,
                state.get("valid_from"),
                state.get("balance_fen"),
                late,
                state.get("loan_class"),
                max(past, late or 0),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.days, one.key)))


def _how(state: Mapping[str, Any], due_on: date | None, day: date) -> PastDueState | None:
    settled = state.get("settled_on")
    if (settled is not None and settled <= day) or state.get("balance_fen") == 0:
        return None
    if (state.get("overdue_days") or 0) > 0:
        return "overdue"
    if due_on is None or due_on >= day:
        return None
    stated = state.get("valid_from")
    return "matured" if stated is not None and stated > due_on else "to_verify"
