"""What a decision would be if something were otherwise: a hypothesis, never a decision.

Two questions of one kind.  *What would have to change*: for what is 不符合, which steps of the product
turn it (`ways_out`).  *What if a figure were another*: the same products over facts of which some are
assumed (`suppose`).  Neither gives a `Decision`, so that nothing assumed can be kept; nor does either
touch whom a party is related to, and what a product may not propose is not proposed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from graph.errors import InputError
from queries.basis import HYPOTHESIS_NOTICE
from queries.eligibility.decisions.decide import Case, Decision, decide_all
from queries.eligibility.decisions.steps import NextStep, taken
from queries.eligibility.facts.catalogue import FactSpec, catalogue
from queries.eligibility.facts.consent import CONSENTS
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.rules.product import Product
from queries.eligibility.rules.runner import evaluate, overall
from queries.eligibility.verdict import Verdict

__all__ = ["Supposed", "Turned", "WayOut", "assumable", "suppose", "ways_out"]

#: Whose word an assumption is, wherever a fact says it.
ASSUMED = "假设"
#: Who somebody is, is nothing that could be otherwise: a product is for whom it is for.
_WHO = "party_kind"


@dataclass(frozen=True)
class WayOut:
    """A step that changes something, and the verdict that there would be then, all else equal."""

    step: NextStep
    verdict: Verdict
    fen: int | None


@dataclass(frozen=True)
class Turned:
    """One product as things stand, and as they would stand.

    Attributes:
        fen_before, fen_after: what may be lent; None where it is not worked out.
        against: wordings of the hard conditions that would not be met.
    """

    product: str
    title: str
    before: Verdict
    after: Verdict
    fen_before: int | None
    fen_after: int | None
    against: tuple[str, ...]

    @property
    def is_turned(self) -> bool:
        """Whether anything would be otherwise."""
        return (self.before, self.fen_before) != (self.after, self.fen_after)


@dataclass(frozen=True)
class Supposed:
    """Every product, under an assumption.

    Attributes:
        told: what is assumed, by name of the fact.
    """

    party: str
    told: Mapping[str, Value]
    products: tuple[Turned, ...]
    hypothetical: Literal[True] = True
    notice: str = HYPOTHESIS_NOTICE


def ways_out(decision: Decision) -> tuple[WayOut, ...]:
    """What each step would make of a 不符合; empty for other verdicts, and where nothing changes it.

    A step that is another product, or that only time brings, sets no fact and is not among them.
    """
    if decision.verdict is not Verdict.NOT_MET:
        return ()
    version, day = decision.version, decision.case.as_of
    held = version.in_time(decision.case.facts, day)
    steps = [step for step in decision.next_steps if step.sets]
    if len(steps) > 1:
        steps.append(_all_of(steps))
    found = []
    for step in steps:
        facts = taken(held, step)
        found.append(
            WayOut(step, overall(evaluate(version, facts)), version.amount.apply(facts).fen)
        )
    return tuple(found)


def assumable(decisions: Iterable[Decision]) -> tuple[FactSpec, ...]:
    """Facts that a supposition may be about: those that some product asks for, figures first.

    A consent is given, not supposed, and who a party is does not change.
    """
    asked = dict.fromkeys(name for one in decisions for name in one.version.facts)
    known = catalogue().own
    specs = [known[name] for name in asked if name not in (*CONSENTS, _WHO)]
    places = {"money": 0, "integer": 1, "real": 1, "code": 2, "flag": 3}
    return tuple(
        sorted((spec for spec in specs if spec.type in places), key=lambda one: places[one.type])
    )


def suppose(case: Case, products: Iterable[Product], told: Mapping[str, Any]) -> Supposed:
    """Every product for the party, were some facts otherwise.

    What is assumed goes before what is known, and implies what a fact of that value implies.

    Args:
        told: values by name of the fact, as a form gives them.

    Raises `InputError`: nothing is assumed, no such fact, one that cannot be supposed, a wrong type.
    """
    if not told:
        raise InputError(
            "请先选一项情况，再写明假设它是多少。",
            "Say what is assumed.",
            code="nothing_assumed",
        )
    values = {name: _spec(name).typed(raw) for name, raw in told.items()}
    facts = {**case.facts, **{name: Fact(value, ASSUMED) for name, value in values.items()}}
    for name, value in values.items():
        for other, then in catalogue().implied(name, value).items():
            if other not in values and (other not in facts or facts[other].value is None):
                facts[other] = Fact(then, ASSUMED)
    every = list(products)
    before = {one.product.id: one for one in decide_all(case, every)}
    after = decide_all(replace(case, facts=facts), every)
    return Supposed(
        case.party,
        values,
        tuple(_turned(before[one.product.id], one) for one in after if one.product.id in before),
    )


def _turned(before: Decision, after: Decision) -> Turned:
    return Turned(
        after.product.id,
        after.product.title,
        before.verdict,
        after.verdict,
        _lent(before),
        _lent(after),
        tuple(
            item.condition.wording
            for item in after.conditions
            if item.condition.hard and item.verdict is Verdict.NOT_MET
        ),
    )


def _lent(decision: Decision) -> int | None:
    return None if decision.verdict is Verdict.NOT_MET else decision.amount.fen


def _all_of(steps: list[NextStep]) -> NextStep:
    """All of them together, as one step."""
    sets = {name: value for step in steps for name, value in step.sets.items()}
    return NextStep("", "以上各项都办妥", max(step.days for step in steps), (), sets)


def _spec(name: str) -> FactSpec:
    spec = catalogue().own.get(name)
    if spec is None or name in (*CONSENTS, _WHO):
        raise InputError(
            f"不能假设“{name if spec is None else spec.term}”："
            + ("没有这个事实。" if spec is None else "授权要本人给出，主体类别不会改变。"),
            f"{name} cannot be supposed.",
            code="fact_not_assumable",
        )
    return spec
