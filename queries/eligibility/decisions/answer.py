"""A decision as JSON: what a program gets, with the same words that an officer reads."""

from __future__ import annotations

from typing import Any

from queries.eligibility.decisions.decide import Decision
from queries.eligibility.decisions.shadow import Shadow
from queries.eligibility.facts.fact import Fact
from queries.eligibility.rules.difference import said
from queries.eligibility.rules.first_loan import disagreements
from queries.eligibility.rules.product import Product, Version
from queries.eligibility.rules.publish import Proposed
from queries.eligibility.rules.runner import Checked

__all__ = [
    "decision_answer",
    "first_loan_answer",
    "product_answer",
    "proposed_answer",
    "shadow_answer",
]

#: PIPL art. 24: no decision by machine alone; a person decides, and can be asked.
_REVIEW = {
    "automated": False,
    "human_route": "本结果供信贷人员参考，由经办机构人工决定；对结果有异议的，可要求说明理由并申请人工复核",
}


def decision_answer(decision: Decision, decision_id: str | None = None) -> dict[str, Any]:
    """Everything that a decision says; `decision_id` once it is kept."""
    amount = decision.amount
    return {
        "decision_id": decision_id,
        "product": decision.product.id,
        "title": decision.product.title,
        "version": decision.version.version,
        "rules_hash": decision.product.hash(decision.version),
        "party": decision.case.party,
        "verdict": decision.verdict.value,
        "conditions": [_condition(item) for item in decision.conditions],
        "settled_by": list(decision.settled_by),
        "missing": list(decision.missing),
        "next_steps": [
            {
                "condition": step.condition,
                "text": step.text,
                "days": step.days,
                "obtains": list(step.obtains),
                "sets": dict(step.sets),
            }
            for step in decision.next_steps
        ],
        "amount": {
            "fen": amount.fen,
            "at_most_fen": amount.at_most_fen,
            "months": decision.version.amount.months,
            "terms": list(amount.terms),
            "missing": list(amount.missing),
        },
        "first_loan": first_loan_answer(decision),
        "hints": {
            "notice": decision.notice,
            "items": {
                name: {"holds": hint.holds, "source": hint.source}
                for name, hint in decision.hints.items()
            },
        },
        "review": _REVIEW,
        "basis": decision.basis.as_dict(),
    }


def first_loan_answer(decision: Decision) -> dict[str, Any]:
    """What every definition of a first loan says, whose word it is, and where two disagree."""
    return {
        "asof": decision.case.first_loan_asof.isoformat(),
        "used": decision.version.first_loan,
        "definitions": [
            {
                "definition": item.definition,
                "title": item.title,
                "said": item.said.value,
                "answered_by": item.answered_by,
                "answer_of": item.answer_of,
                "stated_on": item.stated_on and item.stated_on.isoformat(),
                "missing": list(item.missing),
            }
            for item in decision.first_loan
        ],
        "disagreements": [list(pair) for pair in disagreements(decision.first_loan)],
    }


def product_answer(product: Product, version: Version | None = None) -> dict[str, Any]:
    """A product: its versions by name, or one version with every condition in words."""
    if version is None:
        return {
            "id": product.id,
            "title": product.title,
            "for_whom": list(product.for_whom),
            "versions": [
                {
                    "version": item.version,
                    "effective_from": item.effective_from.isoformat(),
                    "retired_on": item.retired_on and item.retired_on.isoformat(),
                    "hash": product.hash(item),
                }
                for item in product.versions
            ],
        }
    return {
        "id": product.id,
        "title": product.title,
        "hash": product.hash(version),
        "said": {item.id: said(item.test) for item in version.conditions},
        **version.model_dump(mode="json", by_alias=True),
    }


def shadow_answer(found: Shadow) -> dict[str, Any]:
    """Which past decisions a changed product would turn, and in which groups of parties."""
    return {
        "decisions": found.decisions,
        "lacking": found.lacking,
        "flips": [vars(flip) for flip in found.flips],
        "groups": [
            {
                "by": group.by,
                "value": group.value,
                "decisions": group.decisions,
                "turns": {f"{then.value}→{now.value}": n for (then, now), n in group.turns.items()},
            }
            for group in found.groups
        ],
    }


def proposed_answer(found: Proposed) -> dict[str, Any]:
    """A proposal with its difference in Chinese, and its golden cases by name and verdict."""
    put = found.proposal
    return {
        "proposal": put.id,
        "product": put.subject,
        "title": found.product.title,
        "proposed_by": put.proposed_by,
        "proposed_at": put.proposed_at.isoformat(),
        "approved_by": put.approved_by,
        "approved_at": put.approved_at and put.approved_at.isoformat(),
        "changes": list(found.changes),
        "cases": [{"name": case.name, "verdict": case.verdict.value} for case in found.cases.cases],
    }


def _condition(item: Checked) -> dict[str, Any]:
    condition = item.condition
    return {
        "id": condition.id,
        "wording": condition.wording,
        "hard": condition.hard,
        "verdict": item.verdict.value,
        "test": said(condition.test),
        "facts": [{"id": seen.id, "term": seen.term, **_fact(seen.fact)} for seen in item.seen],
        "basis": condition.basis,
        "certainty": condition.certainty,
        "source": condition.source,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "value": fact.value,
        "source": fact.source,
        "reference": fact.reference or None,
        "stated_on": fact.stated_on and fact.stated_on.isoformat(),
        "reason": fact.reason,
        "fact_id": fact.fact_id,
        "paper": fact.paper,
        "issuer": fact.issuer or None,
        "seen_by": fact.seen_by or None,
        "against": None if fact.against is None else _fact(fact.against),
    }
