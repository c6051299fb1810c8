"""Which rules of the products are due to be held against their source again.

A rule says its source, from when it holds, until when, and when somebody last checked it.  Laws
and notices change without a word to us: what nobody has looked at for long may be stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from pydantic import Field

from graph.plain_yaml import read_yaml
from queries.eligibility.rules.amount import AMOUNT, REPAYMENT
from queries.eligibility.rules.condition import Certainty, Rule
from queries.eligibility.rules.product import Product, Version
from queries.rule_file import Strict

__all__ = ["DueRule", "ReviewPolicy", "due_for_review", "review_policy", "rules_of"]


class ReviewPolicy(Strict):
    """How often rules are looked at.

    Attributes:
        days: after which a rule is due, by how sure it is.
        ahead_days: how long before its end a rule is named.
    """

    days: dict[Certainty, int]
    ahead_days: int = Field(ge=0)


@dataclass(frozen=True)
class DueRule:
    """One rule that is due.

    Attributes:
        rule: id of the condition, or the place of a term of the amount (`amount 1`).
        why: in Chinese.
        since: the day since which it is due.
    """

    product: str
    title: str
    version: str
    rule: str
    wording: str
    source: str
    valid_from: date | None
    valid_until: date | None
    checked_on: date | None
    why: str
    since: date


@cache
def review_policy() -> ReviewPolicy:
    """The policy that ships with this version."""
    text = (files("queries.eligibility.rules") / "review.yaml").read_text(encoding="utf-8")
    return ReviewPolicy.model_validate(read_yaml(text))


def due_for_review(
    products: Iterable[Product], day: date, policy: ReviewPolicy | None = None
) -> tuple[DueRule, ...]:
    """Rules of the versions in force on a day that are due, the longest due first."""
    chosen = policy or review_policy()
    found = []
    for product in products:
        if not product.is_at(day):
            continue
        version = product.at(day)
        for name, rule in rules_of(version):
            reason = _why(rule, day, chosen)
            if reason is None:
                continue
            why, since = reason
            found.append(
                DueRule(
                    product=product.id,
                    title=product.title,
                    version=version.version,
                    rule=name,
                    wording=rule.wording,
                    source=f"{rule.basis}（{rule.source}）",
                    valid_from=rule.valid_from,
                    valid_until=rule.valid_until,
                    checked_on=rule.checked_on,
                    why=why,
                    since=since,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.since, one.product, one.rule)))


def rules_of(version: Version) -> Iterator[tuple[str, Rule]]:
    """Every rule of a version by name: its conditions, and the terms of its amount.

    What terms become as conditions is named with them.
    """
    for condition in version.conditions:
        if condition.id not in (REPAYMENT, AMOUNT):
            yield condition.id, condition
    for place, term in enumerate(version.amount.least_of, start=1):
        yield f"amount {place}", term


def _why(rule: Rule, day: date, policy: ReviewPolicy) -> tuple[str, date] | None:
    if rule.valid_until is not None and rule.valid_until <= day:
        return f"已于 {rule.valid_until} 失效，须核对替代的规定", rule.valid_until
    if rule.valid_until is not None:
        named = rule.valid_until - timedelta(policy.ahead_days)
        if named <= day:
            return f"将于 {rule.valid_until} 失效", named
    if rule.checked_on is None:
        begun = rule.valid_from or date.min
        return "没有载明何时核对过", begun
    due = rule.checked_on + timedelta(policy.days[rule.certainty])
    if due <= day:
        return f"{rule.checked_on} 核对过，已超过 {policy.days[rule.certainty]} 天", due
    return None
