"""What loans say against who borrowed them, and whether a loan and a court listing are one debt.

Of what several sources say of one loan, the word heard last counts (`last_heard`).  A loan is at
least of the class that its days overdue amount to; where its class is better, that is told.  A loan
that has matured is unpaid only by a word said after its last day: what was said before does not know.

Which debt a court listing is for is known by the number of the court's case (案号, with 执) or of the
ground that it enforces (执行依据文号); a loan may state either.  Where both state the same sort of
number, equal numbers are one debt and different ones two; where one is silent nobody knows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.last_heard import last_heard
from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.risk.adverse_statement import Statement
from queries.risk.policy import Policy

__all__ = ["LOANS", "differ", "joined", "loan_statements", "same", "seeded"]

LOANS = "loan"

_WORDS = SCHEMA.property("LoanState", "loan_class").values


def loan_statements(
    snapshot: Snapshot, policy: Policy, over: NDArray[np.bool_]
) -> Iterator[Statement]:
    """Everything adverse about loans, by party."""
    day = pa.scalar(snapshot.as_of, pa.date32())
    states, loans = snapshot.facts("LoanState"), snapshot.facts("Loan")
    histories = snapshot.facts("RepaymentHistory")
    bad = histories.filter(pc.fill_null(histories["has_write_off"], False))
    adverse = states.filter(_is_adverse(states, policy))
    due = loans.filter(pc.fill_null(pc.less(loans["due_on"], day), False))
    gone = snapshot.keys.filter(pa.array(over))
    borrowed = snapshot.facts("BORROWED")
    of_gone = borrowed.filter(pc.is_in(borrowed["from_key"], value_set=gone))
    wanted = pa.chunked_array(
        [
            chunk
            for column in (adverse["key"], due["key"], bad["key"], of_gone["to_key"])
            for chunk in column.chunks
        ],
        pa.string(),
    ).unique()
    about = states.filter(pc.is_in(states["key"], value_set=wanted))
    heard = {row["key"]: row for row in last_heard(about, ["key"]).to_pylist()}
    contracts = {row["key"]: row for row in last_heard(due, ["key"]).to_pylist()}
    counts = {row["fact_id"] for row in heard.values()}
    said: dict[str, list[dict[str, Any]]] = {}
    for row in adverse.to_pylist():
        said.setdefault(row["key"], []).append(row)
    written: dict[str, list[dict[str, Any]]] = {}
    for row in bad.to_pylist():
        written.setdefault(row["key"], []).append(row)
    labels = snapshot.labels
    for party, certainty, key in joined(snapshot, "BORROWED", wanted):
        for row in said.get(key, ()):
            yield _of_state(party, certainty, row, row["fact_id"] in counts, snapshot, policy)
        for row in written.get(key, ()):
            yield seeded(
                party, "RepaymentHistory", LOANS, "written_off", row, snapshot, policy,
                why=_unproven(certainty, row, policy),
            )  # fmt: skip
        state = heard.get(key)
        if state is None or _settled(state, snapshot.as_of) or not (state["balance_fen"] or 0) > 0:
            continue
        unproven = _unproven(certainty, state, policy)
        if over[party] and labels[party].as_py() != "Person":
            yield seeded(
                party, "LoanState", LOANS, "deregistered_with_debts", state, snapshot, policy,
                why=unproven,
            )  # fmt: skip
        if key in contracts:
            since = contracts[key]["due_on"]
            knows = state["valid_from"] is not None and state["valid_from"] > since
            if not knows and any(row["fact_id"] == state["fact_id"] for row in said.get(key, ())):
                continue  # what is said of it counts anyway
            yield seeded(
                party, "LoanState", LOANS, "matured_unpaid", state, snapshot, policy,
                why=unproven or (None if knows else "said_before_due"),
                since=since,
                note="" if state["loan_class"] is None
                else f"五级分类为{_WORDS.get(state['loan_class'], '其他')}，到期日已过而仍有余额：已展期的请补报展期后的到期日",
            )  # fmt: skip


def _is_adverse(states: pa.Table, policy: Policy) -> pa.ChunkedArray:
    classes = [name for name in policy.overdue.limits if name in policy.seeds]
    badly = pc.is_in(states["loan_class"], value_set=pa.array(classes, pa.string()))
    late = pc.greater(states["overdue_days"], min(policy.overdue.limits.values()))
    return pc.or_(badly, pc.fill_null(late, False))


def _of_state(
    party: int,
    certainty: float,
    row: dict[str, Any],
    counts: bool,
    snapshot: Snapshot,
    policy: Policy,
) -> Statement:
    """The worse of the class and of the days overdue."""
    order = list(policy.overdue.limits)
    said, days = row["loan_class"], row["overdue_days"] or 0
    by_days = policy.overdue.of(days)
    places = [order.index(name) if name in order else -1 for name in (said, by_days)]
    reason, note = "", ""
    seed = said
    if places[1] > places[0] and by_days is not None:
        seed, reason = by_days, f"逾期 {days} 天，按逾期天数至少为{_WORDS[by_days]}"
        if said is not None:
            note = f"五级分类为{_WORDS.get(said, '其他')}，与逾期天数不符，从严计；请与放款机构核对"
    why = _unproven(certainty, row, policy)
    if why is None and not counts:
        why = "superseded"
    if why is None and _settled(row, snapshot.as_of):
        why = "settled"
    return seeded(
        party, "LoanState", LOANS, seed, row, snapshot, policy, why=why, reason=reason, note=note
    )


def seeded(
    party: int,
    kind: str,
    sort: str,
    seed: str,
    row: dict[str, Any],
    snapshot: Snapshot,
    policy: Policy,
    *,
    why: str | None = None,
    reason: str = "",
    note: str = "",
    since: date | None = None,
    until: date | None = None,
    cases: tuple[str | None, str | None] | None = None,
) -> Statement:
    """A statement by a line of the policy, with what the line brings on the snapshot's day.

    Args:
        since, until: the day from which it fades and ages, `valid_from` where none is given; and
            the stated end, None: none was stated.
    """
    line = policy.seeds[seed]
    began = since or row["valid_from"]
    if why is None and line.is_stale(snapshot.as_of, began, until):
        why = "too_old"
    return Statement(
        party,
        kind,
        sort,
        seed,
        line.cause,
        row,
        line.at(snapshot.as_of, began),
        why,
        line.stale.reason if why == "too_old" and line.stale else reason or line.reason,
        note,
        cases if cases is not None else _numbers_of(row.get("case_no")),
        tells_reason=why == "too_old",
    )


def joined(
    snapshot: Snapshot, tie: str, things: pa.Array | pa.ChunkedArray
) -> Iterator[tuple[int, float, str]]:
    """(party, certainty of the tie, key) for every tie to one of these things."""
    ties = snapshot.facts(tie)
    known = ties.filter(pc.is_in(ties["to_key"], value_set=things))
    parties = snapshot.places(known["from_key"]).tolist()
    columns = parties, known["certainty"].to_pylist(), known["to_key"].to_pylist()
    yield from zip(*columns, strict=True)


def same(one: Statement, other: Statement) -> bool:
    """Whether both are known to be of one debt."""
    return any(a is not None and a == b for a, b in zip(one.cases, other.cases, strict=True))


def differ(one: Statement, other: Statement) -> bool:
    """Whether both are known to be of different debts."""
    pairs = [
        (a, b)
        for a, b in zip(one.cases, other.cases, strict=True)
        if a is not None and b is not None
    ]
    # a case that is taken up again (执恢) gets another number for the same debt
    told = [(a, b) for a, b in pairs if "恢" not in a and "恢" not in b]
    return bool(told) and not same(one, other)


def _numbers_of(stated: str | None) -> tuple[str | None, str | None]:
    """What a loan states, as (number of a court case, number of a ground)."""
    number = plain_number(stated)
    if number is None:
        return None, None
    return (number, None) if "执" in number else (None, number)


def plain_number(stated: str | None) -> str | None:
    """A number as it is compared: widths and kinds of brackets and blanks tell nothing apart."""
    text = unicodedata.normalize("NFKC", stated or "")
    return "".join(mark for mark in text if mark.isalnum()) or None


def _unproven(certainty: float, row: dict[str, Any], policy: Policy) -> str | None:
    least = min(certainty, row["certainty"])
    return "identity_not_proven" if least < policy.certainty.at_least else None


def _settled(state: dict[str, Any], as_of: date) -> bool:
    return state["settled_on"] is not None and state["settled_on"] <= as_of
