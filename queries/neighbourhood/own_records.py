"""Own adverse records of some parties at once, from the arrays of a snapshot.

The same answer as the question `adverse_records` gives of one party, and tests hold the two together.
What law has ended stands in no snapshot, nor does what this reader does not see; a record of who only
resembles a party is none of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.schema import SCHEMA
from graph.snapshot import Snapshot

__all__ = ["adverse_rows"]

Row = dict[str, Any]

_REGISTERED = tuple(
    node.kind
    for node in SCHEMA.nodes.values()
    if any(item.name == "registration_state" for item in node.properties)
)
_BAD = ("special_mention", "substandard", "doubtful", "loss")


def adverse_rows(snapshot: Snapshot, keys: Iterable[str]) -> Mapping[str, list[Row]]:
    """Proven own records by party: kind and what it is, as `adverse_records` names them, and since when.

    A party that has none is not among them.
    """
    asked = pa.array(sorted({*keys}), pa.string())
    found: dict[str, list[Row]] = defaultdict(list)
    for adverse, tie, things in (
        ("list_entry", "SUBJECT_OF", _entries),
        ("penalty", "PENALISED_BY", _penalties),
        ("tax_arrears", "OWES", _arrears),
        ("loan", "BORROWED", _loans),
        ("utility", "PAYS_FOR", _utilities),
    ):
        owners = _owners(snapshot, tie, asked)
        for key, row in things(snapshot, pa.array(sorted(owners), pa.string())):
            for party in owners[key]:
                found[party].append({"kind": adverse, **row})
    for party, row in (*_grades(snapshot, asked), *_revoked(snapshot, asked)):
        found[party].append(row)
    return {party: sorted(rows, key=_order) for party, rows in found.items()}


def _order(row: Row) -> tuple[str, str, str]:
    return row["kind"], str(row["what"]), str(row["since"])


def _of(snapshot: Snapshot, kind: str, keys: pa.Array, column: str = "key") -> list[Row]:
    facts = snapshot.facts(kind)
    rows: list[Row] = facts.filter(pc.is_in(facts[column], value_set=keys)).to_pylist()
    return rows


def _owners(
    snapshot: Snapshot, tie: str, asked: pa.Array, *, proven: bool = True
) -> dict[str, list[str]]:
    """Thing -> those of the asked whose it is: for certain, or by any tie."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in _of(snapshot, tie, asked, "from_key"):
        if row["certainty"] >= 1 or not proven:
            found[row["to_key"]].add(row["from_key"])
    return {thing: sorted(parties) for thing, parties in found.items()}


def _entries(snapshot: Snapshot, things: pa.Array) -> Iterable[tuple[str, Row]]:
    return _each(
        _of(snapshot, "ListEntry", things), lambda row: (row["list_kind"], row["listed_on"])
    )


def _penalties(snapshot: Snapshot, things: pa.Array) -> Iterable[tuple[str, Row]]:
    return _each(
        _of(snapshot, "Penalty", things), lambda row: (row["penalty_kinds"], row["decided_on"])
    )


def _arrears(snapshot: Snapshot, things: pa.Array) -> Iterable[tuple[str, Row]]:
    owed = [
        row for row in _of(snapshot, "TaxArrears", things)
        if row["balance_fen"] is None or row["balance_fen"] > 0
    ]  # fmt: skip
    return _each(owed, lambda row: (row["tax_kind"], row["valid_from"]))


def _each(rows: Iterable[Row], said: Callable[[Row], tuple[Any, Any]]) -> Iterable[tuple[str, Row]]:
    for row in rows:
        if row["certainty"] >= 1:
            what, since = said(row)
            yield row["key"], {"what": what, "since": since}


def _loans(snapshot: Snapshot, things: pa.Array) -> Iterable[tuple[str, Row]]:
    states = _newest(_of(snapshot, "LoanState", things))
    contracts = _newest(_of(snapshot, "Loan", things))
    lost = {row["key"] for row in _of(snapshot, "RepaymentHistory", things) if row["has_write_off"]}
    for loan in {**states, **dict.fromkeys(sorted(lost))}:
        state = states.get(loan, {})
        what = _loan_is(state, contracts.get(loan, {}), loan in lost, snapshot.as_of)
        if what and state.get("certainty", 1.0) >= 1:
            yield loan, {"what": what, "since": state.get("valid_from")}


def _loan_is(state: Row, contract: Row, is_lost: bool, as_of: date) -> str | None:
    """What is adverse about a loan, the worst first; the same order as in the question."""
    settled, due = state.get("settled_on"), contract.get("due_on")
    if is_lost:
        return "written_off"
    if settled is not None and settled <= as_of:
        return None
    if state.get("loan_class") in _BAD:
        return str(state["loan_class"])
    if (state.get("overdue_days") or 0) > 0 or (state.get("overdue_interest_fen") or 0) > 0:
        return "overdue"
    if due is not None and due < as_of and (state.get("balance_fen") or 0) > 0:
        return "matured"
    return None


def _utilities(snapshot: Snapshot, things: pa.Array) -> Iterable[tuple[str, Row]]:
    services: dict[str, str] = {}
    for row in _of(snapshot, "UtilityAccount", things):
        if row["service"] is not None:
            services[row["key"]] = min(row["service"], services.get(row["key"], row["service"]))
    for key, row in _newest(_of(snapshot, "UtilityState", things)).items():
        if (row["arrears_fen"] or 0) > 0 and row["certainty"] >= 1:
            yield key, {"what": services.get(key), "since": row["period_ends_on"]}


def _grades(snapshot: Snapshot, asked: pa.Array) -> Iterable[tuple[str, Row]]:
    """Who has the worst grade of tax credit in the last year that was said."""
    owners = _owners(snapshot, "RATED_AS", asked, proven=False)
    last: dict[str, Row] = {}
    for row in _of(snapshot, "TaxRating", pa.array(sorted(owners), pa.string())):
        for party in owners[row["key"]]:
            if party not in last or _grade_order(row) < _grade_order(last[party]):
                last[party] = row
    proven = _owners(snapshot, "RATED_AS", asked)
    for party, row in last.items():
        if row["grade"] == "D" and row["certainty"] >= 1 and party in proven.get(row["key"], ()):
            yield party, {"kind": "tax_grade", "what": "D", "since": row["rated_on"]}


def _grade_order(row: Row) -> tuple[int, float, str]:
    # an unknown year comes first, as the graph sorts it
    year = row["year"]
    return (-10_000 if year is None else -year, -row["known_from"].timestamp(), row["fact_id"])


def _revoked(snapshot: Snapshot, asked: pa.Array) -> Iterable[tuple[str, Row]]:
    said = [
        row
        for kind in _REGISTERED
        for row in _of(snapshot, kind, asked)
        if row["registration_state"] is not None
    ]
    said.sort(key=lambda row: (-row["known_from"].timestamp(), row["fact_id"]))
    heard: dict[str, Row] = {}
    for row in said:
        heard.setdefault(row["key"], row)
    for party, row in heard.items():
        if row["registration_state"] == "revoked" and row["certainty"] >= 1:
            since = row.get("ended_on") or row["valid_from"]
            yield party, {"kind": "registration", "what": "revoked", "since": since}


def _newest(rows: Collection[Row]) -> dict[str, Row]:
    """Of each thing what was heard last (`newest` in the questions)."""
    found: dict[str, Row] = {}
    for row in sorted(rows, key=lambda one: one["fact_id"]):
        held = found.get(row["key"])
        if held is None or _heard(row) > _heard(held):
            found[row["key"]] = row
    return found


def _heard(row: Row) -> tuple[float, int]:
    day = row["valid_from"]
    return row["known_from"].timestamp(), -1 if day is None else day.toordinal()
