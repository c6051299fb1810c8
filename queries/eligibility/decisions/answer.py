"""A decision as a program gets it, with the same words that an officer reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from graph.time import Instant
from queries.basis import Basis
from queries.coded import with_codes
from queries.eligibility.decisions.decide import Decision
from queries.eligibility.decisions.shadow import Flip, Shadow
from queries.eligibility.decisions.steps import NextStep
from queries.eligibility.facts.fact import Fact, Value, Why
from queries.eligibility.rules.difference import said
from queries.eligibility.rules.first_loan import Said, disagreements
from queries.eligibility.rules.product import Product, Version
from queries.eligibility.rules.publish import Proposed
from queries.eligibility.rules.runner import Checked
from queries.eligibility.verdict import Verdict

__all__ = [
    "DecisionAnswer",
    "FirstLoanAnswer",
    "ProductAnswer",
    "ProposedAnswer",
    "ShadowAnswer",
    "VersionAnswer",
    "decision_answer",
    "first_loan_answer",
    "product_answer",
    "proposed_answer",
    "shadow_answer",
    "version_answer",
]


@dataclass(frozen=True)
class FactAnswer:
    """A fact as a condition saw it; of an unknown one `reason` says why.

    Attributes:
        against: the word that did not stand, where source and paper differ.
    """

    value: Value
    source: str
    reference: str | None
    stated_on: date | None
    reason: Why | None
    fact_id: str | None
    paper: bool
    issuer: str | None
    seen_by: str | None
    against: FactAnswer | None


@dataclass(frozen=True)
class NamedFact(FactAnswer):
    """The same under its name and term."""

    id: str
    term: str


@with_codes
@dataclass(frozen=True)
class ConditionAnswer:
    """A condition as it came out; `test` says in Chinese what it asks."""

    id: str
    wording: str
    hard: bool
    verdict: Verdict
    test: str
    facts: tuple[NamedFact, ...]
    basis: str
    certainty: str
    source: str


@dataclass(frozen=True)
class AmountAnswer:
    """How much may be lent; `fen` None while facts are missing, `at_most_fen` bounds it then."""

    fen: int | None
    at_most_fen: int | None
    months: int | None
    terms: tuple[str, ...]
    missing: tuple[str, ...]


@with_codes
@dataclass(frozen=True)
class DefinitionAnswer:
    """What one definition of a first loan says, and whose word it is."""

    definition: str
    title: str
    said: Said
    answered_by: str | None
    answer_of: str | None
    stated_on: date | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class FirstLoanAnswer:
    """Every definition, which of them the product uses, and pairs that disagree."""

    asof: date
    used: str | None
    definitions: tuple[DefinitionAnswer, ...]
    disagreements: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class HintHeld:
    """A hint about others; None is unknown."""

    holds: bool | None
    source: str


@dataclass(frozen=True)
class HintsAnswer:
    """Hints beside a verdict, which rests on none of them."""

    notice: str
    items: dict[str, HintHeld]


@dataclass(frozen=True)
class Review:
    """PIPL art. 24: no decision by machine alone; a person decides, and can be asked."""

    automated: Literal[False] = False
    human_route: str = (
        "本结果供信贷人员参考，由经办机构人工决定；对结果有异议的，可要求说明理由并申请人工复核"
    )


@with_codes
@dataclass(frozen=True)
class DecisionAnswer:
    """Everything that a decision says; `decision_id` once it is kept."""

    decision_id: str | None
    product: str
    title: str
    version: str
    rules_hash: str
    party: str
    verdict: Verdict
    conditions: tuple[ConditionAnswer, ...]
    settled_by: tuple[str, ...]
    missing: tuple[str, ...]
    next_steps: tuple[NextStep, ...]
    amount: AmountAnswer
    first_loan: FirstLoanAnswer
    hints: HintsAnswer
    review: Review
    basis: Basis


@dataclass(frozen=True)
class VersionInShort:
    """A version by name, when it holds, and the hash of its rules."""

    version: str
    effective_from: date
    retired_on: date | None
    hash: str


@dataclass(frozen=True)
class ProductAnswer:
    """A product with its versions."""

    id: str
    title: str
    for_whom: tuple[str, ...]
    versions: tuple[VersionInShort, ...]


class VersionAnswer(Version):
    """One version of a product: every condition with wording and ground, and what it asks in words."""

    id: str
    title: str
    hash: str
    said: Mapping[str, str]


@dataclass(frozen=True)
class TurnedGroup:
    """Decisions of one village, sex, age band or kind; `turns` counts them as “符合→不符合”."""

    by: str
    value: str
    decisions: int
    turns: dict[str, int]


@dataclass(frozen=True)
class ShadowAnswer:
    """Which past decisions a changed product would turn, and in which groups of parties."""

    decisions: int
    lacking: int
    flips: tuple[Flip, ...]
    groups: tuple[TurnedGroup, ...]


@with_codes
@dataclass(frozen=True)
class GoldenCase:
    """A golden case by name, and the verdict that it must have."""

    name: str
    verdict: Verdict


@dataclass(frozen=True)
class ProposedAnswer:
    """A proposal with its difference in Chinese, and its golden cases."""

    proposal: str
    product: str
    title: str
    proposed_by: str
    proposed_at: Instant
    approved_by: str | None
    approved_at: Instant | None
    changes: tuple[str, ...]
    cases: tuple[GoldenCase, ...]


def decision_answer(decision: Decision, decision_id: str | None = None) -> DecisionAnswer:
    """Everything that a decision says; `decision_id` once it is kept."""
    amount = decision.amount
    return DecisionAnswer(
        decision_id=decision_id,
        product=decision.product.id,
        title=decision.product.title,
        version=decision.version.version,
        rules_hash=decision.product.hash(decision.version),
        party=decision.case.party,
        verdict=decision.verdict,
        conditions=tuple(_condition(item) for item in decision.conditions),
        settled_by=tuple(decision.settled_by),
        missing=tuple(decision.missing),
        next_steps=tuple(decision.next_steps),
        amount=AmountAnswer(
            fen=amount.fen,
            at_most_fen=amount.at_most_fen,
            months=decision.version.amount.months,
            terms=tuple(amount.terms),
            missing=tuple(amount.missing),
        ),
        first_loan=first_loan_answer(decision),
        hints=HintsAnswer(
            decision.notice,
            {name: HintHeld(hint.holds, hint.source) for name, hint in decision.hints.items()},
        ),
        review=Review(),
        basis=decision.basis,
    )


def first_loan_answer(decision: Decision) -> FirstLoanAnswer:
    """What every definition of a first loan says, whose word it is, and where two disagree."""
    return FirstLoanAnswer(
        asof=decision.case.first_loan_asof,
        used=decision.version.first_loan,
        definitions=tuple(
            DefinitionAnswer(
                definition=item.definition,
                title=item.title,
                said=item.said,
                answered_by=item.answered_by,
                answer_of=item.answer_of,
                stated_on=item.stated_on,
                missing=tuple(item.missing),
            )
            for item in decision.first_loan
        ),
        disagreements=tuple(tuple(pair) for pair in disagreements(decision.first_loan)),
    )


def product_answer(product: Product) -> ProductAnswer:
    """A product and its versions by name."""
    return ProductAnswer(
        id=product.id,
        title=product.title,
        for_whom=tuple(product.for_whom),
        versions=tuple(
            VersionInShort(item.version, item.effective_from, item.retired_on, product.hash(item))
            for item in product.versions
        ),
    )


def version_answer(product: Product, version: Version) -> VersionAnswer:
    """One version with every condition in words."""
    # checked when it was loaded, against the facts that it was written for
    return VersionAnswer.model_construct(
        **{name: getattr(version, name) for name in Version.model_fields},
        id=product.id,
        title=product.title,
        hash=product.hash(version),
        said={item.id: said(item.test) for item in version.conditions},
    )


def shadow_answer(found: Shadow) -> ShadowAnswer:
    """Which past decisions a changed product would turn, and in which groups of parties."""
    return ShadowAnswer(
        found.decisions,
        found.lacking,
        found.flips,
        tuple(
            TurnedGroup(
                by=group.by,
                value=group.value,
                decisions=group.decisions,
                turns={f"{then.value}→{now.value}": n for (then, now), n in group.turns.items()},
            )
            for group in found.groups
        ),
    )


def proposed_answer(found: Proposed) -> ProposedAnswer:
    """A proposal with its difference in Chinese, and its golden cases by name and verdict."""
    put = found.proposal
    return ProposedAnswer(
        proposal=put.id,
        product=put.subject,
        title=found.product.title,
        proposed_by=put.proposed_by,
        proposed_at=put.proposed_at,
        approved_by=put.approved_by,
        approved_at=put.approved_at,
        changes=tuple(found.changes),
        cases=tuple(GoldenCase(case.name, case.verdict) for case in found.cases.cases),
    )


def _condition(item: Checked) -> ConditionAnswer:
    condition = item.condition
    return ConditionAnswer(
        id=condition.id,
        wording=condition.wording,
        hard=condition.hard,
        verdict=item.verdict,
        test=said(condition.test),
        facts=tuple(
            NamedFact(**vars(_fact(seen.fact)), id=seen.id, term=seen.term) for seen in item.seen
        ),
        basis=condition.basis,
        certainty=condition.certainty,
        source=condition.source,
    )


def _fact(fact: Fact) -> FactAnswer:
    return FactAnswer(
        value=fact.value,
        source=fact.source,
        reference=fact.reference or None,
        stated_on=fact.stated_on,
        reason=fact.reason,
        fact_id=fact.fact_id,
        paper=fact.paper,
        issuer=fact.issuer or None,
        seen_by=fact.seen_by or None,
        against=None if fact.against is None else _fact(fact.against),
    )
