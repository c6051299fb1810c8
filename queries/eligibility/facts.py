"""What the graph knows of a party's own case.  Nothing by association enters here.

Absence is read with care: "no loan in our graph" is unknown, since other banks' loans are not in
it; only a credit report settles it.  "Not listed" holds only once the courts' list was taken in.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from graph.connection import Graph
from queries.eligibility.runner import Fact
from queries.library import Answer, ask

__all__ = ["gather"]

_BAD = frozenset({"substandard", "doubtful", "loss"})


def gather(
    graph: Graph, key: str, *, clock: dict[str, Any], sources: frozenset[str]
) -> dict[str, Fact]:
    """Facts of one party at one time; `sources` are those ever taken in by then."""
    card = ask(graph, "party_card", key=key, **clock).rows
    members = ask(graph, "household_members", key=key, **clock).rows
    loans = _certain(ask(graph, "loans", key=key, **clock))
    entries = _certain(ask(graph, "list_entries", key=key, **clock))
    others = [
        item
        for member in members
        if member["member_key"] != key
        for item in _certain(ask(graph, "loans", key=member["member_key"], **clock))
    ]
    labels = card[0]["labels"] if card else []
    facts: dict[str, Fact] = {"is_person": Fact("Person" in labels, "graph")} if card else {}
    facts["age"] = _age(card, clock["as_of"])
    found = ask(graph, "find_party", text=key, **clock).rows
    village = found[0]["village"] if found else None
    facts["village"] = (
        Fact(village, "farmer_household") if village else Fact(None, reason="not_collected")
    )
    owed = [item for item in loans if item["settled_on"] is None]
    facts["own_listing"] = (
        Fact(
            any(item["list_kind"] == "judgment_defaulter" for item in entries),
            "judgment_defaulter",
        )
        if "judgment_defaulter" in sources
        else Fact(None, reason="not_collected")
    )
    # what a loan here proves is proven; that there is none elsewhere only a credit report can say
    elsewhere = Fact(None, reason="no_bureau_answer")
    overdue = max([item["overdue_days"] or 0 for item in owed], default=0)
    facts["any_loan"] = (
        Fact(True, loans[0]["source"], str(loans[0]["granted_on"])) if loans else elsewhere
    )
    facts["own_bad_loan"] = (
        Fact(True, "loan") if any(item["loan_class"] in _BAD for item in owed) else elsewhere
    )
    facts["own_overdue_days"] = Fact(overdue, "loan") if overdue else elsewhere
    facts["balance_fen"] = Fact(sum(item["balance_fen"] or 0 for item in owed), "loan")
    facts["household_other_borrower"] = (
        Fact(any(item["settled_on"] is None for item in others), "loan")
        if members and "loan" in sources
        else Fact(None, reason="not_collected")
    )
    if members:
        facts |= _household(ask(graph, "party_card", key=members[0]["household_key"], **clock).rows)
    return facts


def _certain(answer: Answer) -> list[dict[str, Any]]:
    return [row for row in answer.rows if row["certainty"] >= 1]


def _age(card: list[dict[str, Any]], as_of: date) -> Fact:
    for row in reversed(card):
        born = row["facts"].get("birth_on")
        if born is not None and row["certainty"] >= 1:
            before_birthday = (as_of.month, as_of.day) < (born.month, born.day)
            return Fact(as_of.year - born.year - before_birthday, row["source"])
    return Fact(None, reason="not_collected")


def _household(card: list[dict[str, Any]]) -> dict[str, Fact]:
    facts = {}
    for row in card:
        for name in ("credit_grade", "annual_income_fen"):
            if row["facts"].get(name) is not None:
                day = row["valid_from"].isoformat()
                facts[name] = Fact(row["facts"][name], row["source"], day)
    return facts
