"""What a way of distress says in Chinese, as an officer would say it to a colleague.

因（起因主体的自身记录），经（一段段关系），（本主体）可能受到影响。Only the origin has a record; whoever is
linked to it is said to be possibly affected, and nothing worse (国办发〔2020〕49号).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.schema import SCHEMA
from queries.risk.calibrated import Calibrated

__all__ = ["SAME_HOUSEHOLD", "WORDING", "Relation", "say", "say_linked", "say_standing"]

NAMELESS = "（未具名）"

#: Two members of one household: no tie of its own, but a way for distress.
SAME_HOUSEHOLD = "SAME_HOUSEHOLD"

#: How a tie between its source and its target is said; the direction is that of the schema.
WORDING = {
    "GUARANTEES": "{source}为{target}担保",
    "LEGAL_REPRESENTATIVE_OF": "{source}任{target}法定代表人",
    "HOLDS_SHARES_IN": "{source}持有{target}股份",
    "BELONGS_TO": "{source}是{target}的家庭成员",
    "SPOUSE_OF": "{source}与{target}是夫妻",
    "MEMBER_OF": "{source}是{target}的成员",
    "JOINT_GUARANTEE_WITH": "{source}与{target}在同一联保小组",
    SAME_HOUSEHOLD: "{source}与{target}同属一户",
}


@dataclass(frozen=True)
class Relation:
    """A tie with the names at its ends, None = never told."""

    kind: str
    source: str | None
    target: str | None

    def words(self) -> str:
        """The tie as words."""
        source, target = self.source or NAMELESS, self.target or NAMELESS
        if self.kind in WORDING:
            return WORDING[self.kind].format(source=source, target=target)
        return f"{source}与{target}之间的{SCHEMA.relationships[self.kind].term}关系"


def say(
    origin: str | None,
    reasons: Sequence[str],
    steps: Sequence[Sequence[Relation]],
    party: str | None,
) -> str:
    """The sentence of one way.

    Args:
        origin: name of the party with the adverse facts, for these `reasons`.
        steps: from the origin on; a step holds all kinds of tie between its two parties.
        party: name of the party at the end.
    """
    because = f"因{origin or NAMELESS}的自身记录（{'；'.join(reasons)}）"
    through = "，再经".join("、".join(f"“{tie.words()}”" for tie in step) for step in steps)
    return f"{because}，经{through}的关系，{party or '本主体'}可能受到影响。"


def say_linked(value: float, *, exact: bool, error: float) -> str:
    """What is linked, in words that nobody takes for a finding about the party."""
    of_ten_thousand = round(value * 10_000)
    if not value:
        return "周边主体未发现会传来影响的不利记录。"
    if not of_ten_thousand:
        return "按本模型推演，每一万次不到一次受周边影响。"
    reach = round(1.96 * error * 10_000)
    width = "" if exact or not reach else f"（上下约 {reach} 次）"
    return f"按本模型推演，每一万次约 {of_ten_thousand} 次{width}受周边影响。"


def say_standing(base: float, chance: float | None, calibration: Calibrated | None) -> str:
    """What may be said of the values as a whole; the only place that calls one a probability.

    Args:
        base: what everybody has.
        chance: of default within a year from any cause; None where the policy is not calibrated,
            or the party is in default already.
        calibration: by what it may be said (docs/adr/0112).
    """
    if calibration is not None and chance is None:
        return f"已在违约之中，不再预测。人人都有的基础值 {base:.2%} 另计，不作认定依据。"
    if calibration is None:
        return (
            "模型尚未校准：只给等级和排位，不称概率，不作认定依据。"
            f"人人都有的基础值 {base:.2%} 另计。"
        )
    return (
        f"一年内违约的概率约 {chance:.1%}（自身、关联和人人都有的基础值 {base:.2%} 合计）。"
        f"依据：以 {calibration.scored_on} 在贷的 {calibration.parties} 户检验，"
        f"至 {calibration.until} 违约 {calibration.defaults} 户。不作认定依据。"
    )
