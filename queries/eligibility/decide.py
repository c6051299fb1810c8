"""Decide one product for one party: every condition, what is missing, what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from graph.connection import Graph
from graph.errors import InputError, NotFoundError
from graph.time import today
from queries.basis import Basis
from queries.eligibility.facts import gather
from queries.eligibility.product import load_product
from queries.eligibility.runner import Checked, Fact, amount, evaluate, overall
from queries.eligibility.verdict import Verdict
from queries.library import ask, held_by

__all__ = ["Decision", "decide"]

#: What an officer has on paper: a credit report's answer and the party's consent.
_SUPPLIABLE = frozenset({"any_loan", "consent"})
_FLAGS = {"true": True, "是": True, "false": False, "否": False}


@dataclass(frozen=True)
class Decision:
    """The verdict on one product for one party.

    Attributes:
        missing: the least set of facts that would settle a 待补充: all the unknown hard ones, as
            each of them can still turn the verdict; empty once it is settled.
    """

    product: str
    title: str
    party: str
    verdict: Verdict
    conditions: tuple[Checked, ...]
    missing: tuple[str, ...]
    amount_fen: int | None
    amount_reason: str
    first_loan_definition: str
    basis: Basis

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**asdict(self), "basis": self.basis.as_dict()}


def decide(
    graph: Graph,
    product: str,
    party: str,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    supplied: Mapping[str, Any] | None = None,
) -> Decision:
    """Decide.

    Args:
        supplied: what the officer has on paper: `any_loan` from a credit report, `consent`.  It
            fills gaps; it never undoes what a source proves.

    Raises:
        NotFoundError: no such product or party.  InputError: a fact that cannot be supplied.
    """
    chosen = load_product(product)
    brought = _brought(supplied or {})
    held = held_by(graph)
    day, instant = as_of or today(), known_at or held.known_at
    clock = {"as_of": day, "known_at": instant}
    if not ask(graph, "party_card", key=party, **clock).rows:
        raise NotFoundError(
            "没有找到这个主体。请先用“查找主体”核对编号。",
            "No such party at this time.",
            code="party_unknown",
        )
    facts = gather(graph, party, clock=clock, sources=frozenset(held.sources))
    for name, value in brought.items():
        # paper fills a gap; it does not undo what a source proves
        if facts.get(name, Fact(None)).value is None:
            facts[name] = Fact(value, "信贷员提供", day.isoformat())
    checked = evaluate(chosen, facts)
    verdict = overall(checked)
    missing = [item.term for item in checked if item.hard and item.verdict is Verdict.UNKNOWN]
    limit, reason = amount(chosen.amount, facts)
    return Decision(
        product=chosen.id,
        title=chosen.title,
        party=party,
        verdict=verdict,
        conditions=checked,
        missing=tuple(missing) if verdict is Verdict.UNKNOWN else (),
        amount_fen=None if verdict is Verdict.NOT_MET else limit,
        amount_reason=reason,
        first_loan_definition=chosen.first_loan_definition,
        basis=Basis(day, instant, held.position, rules=chosen.name),
    )


def _brought(supplied: Mapping[str, Any]) -> dict[str, Any]:
    """Facts that an officer may bring, typed; a report without any loan also has no bad one."""
    facts: dict[str, Any] = {}
    for name, value in supplied.items():
        flag = _FLAGS.get(value) if isinstance(value, str) else value
        if name not in _SUPPLIABLE or not isinstance(flag, bool):
            raise InputError(
                f"不能补充“{name}”；可补充：any_loan（征信报告有无贷款）、consent（书面授权），填“是”或“否”。",
                f"{name} cannot be supplied; any_loan and consent can, as yes or no.",
                code="fact_not_suppliable",
            )
        facts[name] = flag
    if facts.get("any_loan") is False:
        facts |= {"own_bad_loan": False, "own_overdue_days": 0}
    return facts
