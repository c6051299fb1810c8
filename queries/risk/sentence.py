"""What a way of distress says in Chinese, as an officer would say it to a colleague.

因（起因主体的自身记录），经（一段段关系），（本主体）可能受到影响。Only the origin has a record; whoever is
linked to it is said to be possibly affected, and nothing worse (国办发〔2020〕49号).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.schema import SCHEMA

__all__ = ["WORDING", "Relation", "say", "say_echo"]

NAMELESS = "（未具名）"

#: How a tie between its source and its target is said; the direction is that of the schema.
WORDING = {
    "GUARANTEES": "{source}为{target}担保",
    "LEGAL_REPRESENTATIVE_OF": "{source}任{target}法定代表人",
    "HOLDS_SHARES_IN": "{source}持有{target}股份",
    "BELONGS_TO": "{source}是{target}的家庭成员",
    "SPOUSE_OF": "{source}与{target}是夫妻",
    "MEMBER_OF": "{source}是{target}的成员",
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


def say_echo(score: float, echo: float) -> str:
    """What a ring does to a score: how much of it is counted twice, and what it is at most."""
    return (
        f"本主体处在首尾相接的关系圈中：评分里至少有 {echo:.4%} 是自身风险绕圈回来的重复计算，"
        f"不是新的风险，扣除后不高于 {score - echo:.4%}。"
    )
