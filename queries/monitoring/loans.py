"""Loans that are due and not settled, as a state says that was reported after they fell due.

A state of before says nothing of it: whether such a loan was paid is not known, and raises nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.last_heard import last_heard
from queries.district import DistrictReader
from queries.monitoring.event import events, evidence
from queries.monitoring.first_heard import FirstHeard, among, whole
from queries.monitoring.rule_book import RuleBook

__all__ = ["matured_loans"]

_YUAN = 100


def matured_loans(reader: DistrictReader, code: str, _book: RuleBook) -> pa.Table:
    """Every such loan with each proven debtor of it; an extension names another day, and is another event."""
    day = reader.moment.as_of
    loans = last_heard(reader.table("Loan"), ["key"])
    loans = loans.filter(pc.fill_null(pc.less(loans["due_on"], pa.scalar(day)), False))
    due = dict(zip(loans["key"].to_pylist(), loans["due_on"].to_pylist(), strict=True))
    states = among("key", keys=whole(loans["key"]))(reader.table("LoanState"))
    unpaid = {
        row["key"]: row
        for row in last_heard(states, ["key"]).to_pylist()
        if _is_unpaid(row, due[row["key"]], day)
    }
    keys = pa.array(sorted(unpaid), pa.string())
    loans = among("key", keys=keys)(loans)
    if not len(loans):
        return events([])
    agreed = FirstHeard(reader, "Loan", ["key", "due_on"], among("key", keys=keys)).at(loans)
    since = dict(zip(loans["key"].to_pylist(), agreed, strict=True))
    first = _first_unpaid(reader, keys, due, day)
    ties = last_heard(among("to_key", keys=keys)(reader.table("BORROWED")), ["from_key", "to_key"])
    owed = FirstHeard(reader, "BORROWED", ["from_key", "to_key"], among("to_key", keys=keys))
    found = []
    for tie, at in zip(ties.to_pylist(), owed.at(ties), strict=True):
        loan = tie["to_key"]
        state = unpaid[loan]
        found.append(
            {
                "rule": code,
                "subject": tie["from_key"],
                "label": tie["from_label"],
                "event": f"{loan}@{due[loan]}",
                "heard_at": max(at, since[loan], first.get(loan, state["known_from"])),
                "before": f"{due[loan]} 到期",
                "after": f"{state['valid_from']} 尚有余额 {state['balance_fen'] / _YUAN:,.2f} 元",
                "evidence": [evidence("LoanState", state)],
            }
        )
    return events(found)


def _is_unpaid(state: dict[str, Any], due_on: date, day: date) -> bool:
    """Whether a state says of a day after the due one that something is owed still."""
    settled = state["settled_on"] is not None and state["settled_on"] <= day
    reported = state["valid_from"] is not None and state["valid_from"] > due_on
    return reported and not settled and (state["balance_fen"] or 0) > 0


def _first_unpaid(
    reader: DistrictReader, keys: pa.Array, due: dict[str, date], day: date
) -> dict[str, Any]:
    """When the first such state of each loan was heard."""
    said = among("key", keys=keys)(reader.history("LoanState"))
    heard = FirstHeard(reader, "LoanState", ["key", "valid_from", "balance_fen", "settled_on"],
                       among("key", keys=keys))  # fmt: skip
    found: dict[str, Any] = {}
    for row, at in zip(said.to_pylist(), heard.at(said), strict=True):
        key = row["key"]
        if row["certainty"] >= 1 and _is_unpaid(row, due[key], day):
            found[key] = min(at, found.get(key, at))
    return found
