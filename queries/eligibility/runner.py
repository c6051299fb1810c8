"""Apply a product's conditions to facts.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from queries.eligibility.product import FACTS, AmountRule, Condition, Product
from queries.eligibility.verdict import Verdict, all_of

__all__ = ["Checked", "Fact", "amount", "evaluate", "overall"]


@dataclass(frozen=True)
class Fact:
    """A value with where it is from; `value` None is unknown, and `reason` says why.

    Attributes:
        source: of the value: a source's name, or who supplied it.
        stated_on: the day of the statement, ISO, None where it has none.
        reason: not_collected, no_bureau_answer, no_consent … when unknown.
    """

    value: Any
    source: str = ""
    stated_on: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Checked:
    """One condition, checked."""

    id: str
    wording: str
    hard: bool
    verdict: Verdict
    term: str
    value: Any
    limit: Any
    source: str
    stated_on: str | None
    reason: str | None
    basis: str
    next_step: str | None


def evaluate(product: Product, facts: Mapping[str, Fact]) -> tuple[Checked, ...]:
    """Check every condition; a fact not given is unknown."""
    return tuple(
        _check(item, facts.get(item.fact, Fact(None, reason="not_collected")))
        for item in product.conditions
    )


def overall(checked: tuple[Checked, ...]) -> Verdict:
    """Verdict of the whole: hard conditions only."""
    return all_of(item.verdict for item in checked if item.hard)


def amount(rule: AmountRule, facts: Mapping[str, Fact]) -> tuple[int | None, str]:
    """The most that may be lent, in fen, and how that comes about; None while a fact is missing."""
    grade = facts.get("credit_grade", Fact(None)).value
    income = facts.get("annual_income_fen", Fact(None)).value
    owed = facts.get("balance_fen", Fact(None)).value
    if grade is None or income is None or owed is None:
        return None, "缺少信用等级、家庭收入或现有余额，暂不能测算额度"
    cap = rule.caps_fen.get(grade, 0)
    room = max(0, round(income * rule.income_multiple) - owed)
    found = min(cap, room) // 100_000 * 100_000
    return found, (
        f"{grade} 级上限 {cap / 1e6:g} 万元；收入 {income / 1e6:g} 万元 × {rule.income_multiple:g} "
        f"− 余额 {owed / 1e6:g} 万元 = {room / 1e6:g} 万元；取低并取整到千元"
    )


def _check(condition: Condition, fact: Fact) -> Checked:
    verdict = Verdict.UNKNOWN if fact.value is None else _compare(condition, fact.value)
    step = None
    if verdict is Verdict.NOT_MET:
        step = condition.next_step
    elif verdict is Verdict.UNKNOWN:
        step = FACTS[condition.fact][1]
    return Checked(
        condition.id,
        condition.wording,
        condition.hard,
        verdict,
        FACTS[condition.fact][0],
        fact.value,
        condition.value,
        fact.source,
        fact.stated_on,
        fact.reason if fact.value is None else None,
        condition.basis,
        step,
    )


def _compare(condition: Condition, value: Any) -> Verdict:
    limit: Any = condition.value
    match condition.operator:
        case "is":
            met = value is limit
        case "between":
            met = limit[0] <= value <= limit[1]
        case "at_most":
            met = value <= limit
        case "one_of":
            met = value in limit
        case "known":
            met = True
    return Verdict.MET if met else Verdict.NOT_MET
