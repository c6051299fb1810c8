"""Two records compared: a probability, and every reason for it with the values that matched.

By identifier first, and then nothing else counts: the same number is the same party, two different
valid numbers are two parties, always.  Otherwise the findings of the rules are added up in bits
over the odds that a party named at random is this one (Fellegi and Sunter, JASA 64, 1969); of the
rules of one group only the strongest counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from ingest.identity.commonness import Commonness
from ingest.identity.policy import IdentityPolicy
from ingest.identity.record import Record
from ingest.identity.rules import RuleFinding, findings, rule_text

__all__ = ["Comparison", "Reason", "compare", "prior", "probability"]


@dataclass(frozen=True)
class Reason:
    """One finding, as an officer reads it.

    Attributes:
        text: the rule's sentence; `shown` the two values that it compared.
        bits: its weight; positive speaks for the same party, 0 = found but not counted.
        note: why it counts less, or not at all.
    """

    rule: str
    level: str
    text: str
    shown: tuple[str, str]
    bits: float
    note: str | None = None


@dataclass(frozen=True)
class Comparison:
    """What is known of a pair.

    Attributes:
        by_identifier: `same` or `different` where identifiers settle it; None otherwise.
        odds: log2 of the odds that both are one party.
    """

    by_identifier: Literal["same", "different"] | None
    odds: float
    reasons: tuple[Reason, ...]

    @property
    def probability(self) -> float:
        """Probability that both are one party."""
        return probability(self.odds)


def probability(odds: float) -> float:
    """Probability for log2 odds."""
    if math.isinf(odds):
        return 1.0 if odds > 0 else 0.0
    return float(1 / (1 + 2.0 ** -max(-500.0, min(500.0, odds))))


def compare(a: Record, b: Record, common: Commonness, policy: IdentityPolicy) -> Comparison:
    """Compare two records; the order does not matter."""
    if a.identifiers and b.identifiers:
        return _by_identifier(a, b)
    if a.is_person != b.is_person:
        text = "一方是自然人，一方是组织：个体工商户与业主是两个主体。"
        reason = Reason("kind", "different", text, (a.label, b.label), -math.inf)
        return Comparison("different", -math.inf, (reason,))
    population = common.population(of_persons=a.is_person, policy=policy)
    found: dict[str, list[Reason]] = {}
    for group, rule, outcome in findings(a, b):
        found.setdefault(group, []).append(_weigh(rule, outcome, common, population, policy))
    reasons = tuple(reason for group in found.values() for reason in _strongest_first(group))
    odds = prior(population, policy) + sum(reason.bits for reason in reasons)
    return Comparison(None, odds, reasons)


def prior(population: int, policy: IdentityPolicy) -> float:
    """Log2 odds that a party named at random is a given one of those we know of its kind."""
    return math.log2(policy.coverage / population)


def _by_identifier(a: Record, b: Record) -> Comparison:
    if a.identifiers & b.identifiers:
        text = "证件号码相同（15位与18位是同一号码，变更前后的统一社会信用代码视为同一）。"
        return Comparison("same", math.inf, (Reason("identifier", "same", text, ("相同", "相同"),
                                                    math.inf),))  # fmt: skip
    text = "两个有效证件号码不同，一律是两个主体。"
    reason = Reason("identifier", "different", text, ("号码一", "号码二"), -math.inf)
    return Comparison("different", -math.inf, (reason,))


def _weigh(
    name: str, outcome: RuleFinding, common: Commonness, population: int, policy: IdentityPolicy
) -> Reason:
    finding = policy.findings[f"{name}.{outcome.level}"]
    holders = common.holders(name, outcome.value)
    limit = policy.generic.get(common.kind(name) or "")
    bits, note = finding.bits, None
    if holders is not None and limit is not None and holders > limit:
        bits, note = 0.0, f"该值由 {holders} 个主体共用，不作为依据"
    elif bits is None:
        assert finding.agree is not None and finding.most is not None
        chance = max(holders or 0, 1) / population
        bits = min(finding.most, math.log2(finding.agree / min(chance, finding.agree)))
        note = f"{holders} 个主体有此值" if holders and holders > 1 else None
    return Reason(name, outcome.level, rule_text(name), outcome.shown, round(bits, 2), note)


def _strongest_first(group: list[Reason]) -> list[Reason]:
    """The findings of one group; all but the strongest lose their weight."""
    ordered = sorted(group, key=lambda reason: -reason.bits)
    first, rest = ordered[0], ordered[1:]
    return [first, *(_uncounted(reason) for reason in rest)]


def _uncounted(reason: Reason) -> Reason:
    note = reason.note or "与上一条同类，不重复计"
    return Reason(reason.rule, reason.level, reason.text, reason.shown, 0.0, note)
