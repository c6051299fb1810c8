"""By what a tie got its weight, in a few words of Chinese for an officer.

Which yardstick was used is told, and no figure: what a household earns is not for others' eyes
(征信业管理条例 第十四条).
"""

from __future__ import annotations

from typing import Any

from graph.snapshot import Snapshot
from queries.risk.circumstances import Circumstances
from queries.risk.policy import Policy
from queries.risk.policy_lines import TiePolicy, Variant, Weight
from queries.risk.weights import Strand

__all__ = ["measure"]


def measure(
    snapshot: Snapshot,
    policy: Policy,
    around: Circumstances | None,
    strand: Strand,
    sender: int,
    receiver: int,
) -> str:
    """The policy's reason for the weight of one kind of tie from a sender to a receiver."""
    rule, ties = policy.ties[strand.kind], snapshot.ties[strand.kind]
    row = ties.facts.slice(strand.row, 1).to_pylist()[0]
    ends = int(ties.source[strand.row]), int(ties.target[strand.row])
    if rule.between is not None and {*ends} != {sender, receiver}:
        return rule.between.reason
    sort = _sort(rule, row)
    line: Weight = sort or rule
    forward = (sender, receiver) == ends
    if rule.back is not None and forward == (rule.flow == "against"):
        line = rule.back
    elif rule.bare is not None and sort is None and strand.weight == rule.bare.weight:
        line = rule.bare
    if rule.amount is None or around is None:
        return line.reason
    return f"{line.reason}；{_by_amount(policy, around, receiver, row)}"


def _by_amount(policy: Policy, around: Circumstances, receiver: int, row: dict[str, Any]) -> str:
    place = int(around.yardstick[receiver])
    told = (
        row.get("amount_fen") if "amount_fen" in row else around.limit_fen.get(row["discriminator"])
    )
    if told is None:
        return "担保金额不明，按固定值计"
    if place < 0:
        return "担保能力不明，按固定值计"
    return f"按应承担的余额与担保人{[*policy.capacity.values()][place].title}之比计"


def _sort(rule: TiePolicy, row: dict[str, Any]) -> Variant | None:
    such = [one for one in rule.variants.values() if row.get(one.column) == one.value]
    return such[-1] if such else None
