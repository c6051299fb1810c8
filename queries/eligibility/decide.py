"""Decide a product for a person: every condition with its value, limit, source, date and basis.

`evaluate` is pure: product version and facts in, verdicts out.  Facts are `FactValue`s of a closed
vocabulary; association hints and scores are other types and cannot be handed in.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from graph.connection import Graph
from graph.errors import InputError
from graph.projection import projected_to
from graph.time import today
from queries.basis import Basis
from queries.eligibility.facts import (
    VOCABULARY,
    FactValue,
    Missing,
    Supplied,
    gather,
)
from queries.eligibility.rule import Condition, Version, load_product
from queries.eligibility.verdict import Verdict, all_of

__all__ = ["Amount", "ConditionVerdict", "Decision", "Verdicts", "decide", "evaluate"]


@dataclass(frozen=True)
class ConditionVerdict:
    """One condition judged."""

    id: str
    verdict: Verdict
    hard: bool
    fact: str
    term: str
    value: bool | int | str | None
    operator: str
    limit: Any
    wording: str
    basis: str
    source: str | None
    on: date | None
    missing: Missing | None
    supplied_by: str | None


@dataclass(frozen=True)
class Amount:
    """The amount and how it comes about; None while a part of it is unknown."""

    amount_fen: int | None
    cap_fen: int | None
    by_income_fen: int | None
    missing: tuple[str, ...]
    explanation: str
    basis: str


@dataclass(frozen=True)
class Verdicts:
    """What the conditions come to.

    Attributes:
        overall: of the hard conditions; review: a soft one is not met or open.
        missing: the fewest facts that settle `overall` whatever the rest is: none when it is
            settled; else every open hard condition's fact, for only all of them can approve.
        next_steps: how to obtain these, lawfully.
    """

    overall: Verdict
    review: bool
    conditions: tuple[ConditionVerdict, ...]
    missing: tuple[str, ...]
    next_steps: tuple[str, ...]
    amount: Amount


@dataclass(frozen=True)
class Decision:
    """A decision for one person under one version of a product."""

    product: str
    title: str
    version: str
    rule_hash: str
    first_loan_definition: str
    party_key: str
    verdicts: Verdicts
    basis: Basis

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON values; dates as ISO text."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return plain


def evaluate(version: Version, facts: Mapping[str, FactValue]) -> Verdicts:
    """Judge every condition; a fact that was not handed in is unknown."""
    for name, value in facts.items():
        if not isinstance(value, FactValue) or name not in VOCABULARY:
            raise InputError("只能使用规则词表中的事实。", f"{name} is no fact of the vocabulary.",
                             code="not_a_fact")
    conditions = tuple(_judge(item, facts) for item in version.conditions)
    hard = [item for item in conditions if item.hard]
    overall = all_of(item.verdict for item in hard)
    missing: tuple[str, ...] = ()
    if overall is Verdict.UNKNOWN:
        opened = (item.fact for item in hard if item.verdict is Verdict.UNKNOWN)
        missing = tuple(dict.fromkeys(opened))
    return Verdicts(
        overall=overall,
        review=any(item.verdict is not Verdict.MET for item in conditions if not item.hard),
        conditions=conditions,
        missing=missing,
        next_steps=tuple(VOCABULARY[name].next_step for name in missing),
        amount=_amount(version, facts),
    )


def _judge(condition: Condition, facts: Mapping[str, FactValue]) -> ConditionVerdict:
    found = facts.get(condition.fact, FactValue(None, missing=Missing.NOT_COLLECTED))
    truth = None if found.value is None else condition.holds(found.value)
    return ConditionVerdict(
        id=condition.id,
        verdict=Verdict.of(truth),
        hard=condition.hard,
        fact=condition.fact,
        term=VOCABULARY[condition.fact].term,
        value=found.value,
        operator=condition.operator,
        limit=condition.value,
        wording=condition.wording,
        basis=condition.basis,
        source=found.source,
        on=found.on,
        missing=found.missing,
        supplied_by=found.supplied_by,
    )


def _amount(version: Version, facts: Mapping[str, FactValue]) -> Amount:
    rule = version.amount
    values = {name: facts[name].value if name in facts else None
              for name in ("credit_grade", "annual_income_fen", "outstanding_debt_fen")}
    missing = tuple(name for name, value in values.items() if value is None)
    grade, income, debt = values.values()
    cap = None if grade is None else rule.cap_fen_by_grade[str(grade)]
    by_income = None
    if income is not None and debt is not None:
        by_income = max(0, int(income) * rule.income_multiple - int(debt))
    if cap is None or by_income is None:
        lacking = "、".join(VOCABULARY[name].term for name in missing)
        return Amount(None, cap, by_income, missing, f"{rule.wording}；待补充：{lacking}", rule.basis)
    text = (f"{rule.wording}：等级限额 {cap / 100:.2f} 元，按收入可贷 {by_income / 100:.2f} 元")
    return Amount(min(cap, by_income), cap, by_income, (), text, rule.basis)


def decide(
    graph: Graph,
    product_id: str,
    party_key: str,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    supplied: Mapping[str, Supplied] | None = None,
) -> Decision:
    """Decide at (`as_of`, `known_at`), by default today with all that the graph knows.

    Raises `NotFoundError` (person, product, empty graph) and `InputError` (supplied values).
    """
    reached = projected_to(graph)
    if reached is None:
        raise InputError("图谱中还没有数据。请先运行 xinnong ingest。",
                         "The graph is empty: run `xinnong ingest` first.", code="graph_empty")
    day, known = as_of or today(), known_at or reached.known_at
    product = load_product(product_id)
    version = product.at(day)
    facts = gather(graph, party_key, as_of=day, known_at=known, supplied=supplied,
                   matures_on=_months_after(day, version.term_months))
    return Decision(
        product=product.id,
        title=product.title,
        version=version.version,
        rule_hash=version.hash,
        first_loan_definition=product.first_loan_definition,
        party_key=party_key,
        verdicts=evaluate(version, facts),
        basis=_basis(day, known, reached.position, f"{product.id} {version.version} sha256:{version.hash[:16]}"),
    )


def _basis(as_of: date, known_at: datetime, position: int, rules: str) -> Basis:
    return Basis(as_of=as_of, known_at=known_at, position=position, rules=rules)


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
