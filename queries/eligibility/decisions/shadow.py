"""A changed product over past decisions: whose verdict would turn, by village, sex, age and kind.

Nothing is written.  The past decisions' own inputs are used; a fact that the changed rule asks for
and a record does not hold is unknown, and such decisions are counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields

from graph.operations import KeptDecision
from queries.coded import with_codes
from queries.eligibility.decisions.decide import Strata
from queries.eligibility.decisions.record import case_from
from queries.eligibility.rules.product import Version
from queries.eligibility.rules.runner import evaluate, overall
from queries.eligibility.verdict import Verdict

__all__ = ["Flip", "Group", "Shadow", "shadow"]


@with_codes
@dataclass(frozen=True)
class Flip:
    """One decision that would turn, and by which conditions."""

    id: str
    party: str
    then: Verdict
    now: Verdict
    because: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Decisions of one village, sex, age band or kind.

    Attributes:
        turns: how many, by (then, now); those that stay as they were are not in it.
    """

    by: str
    value: str
    decisions: int
    turns: dict[tuple[Verdict, Verdict], int]

    @property
    def flips(self) -> int:
        """How many would turn."""
        return sum(self.turns.values())


@dataclass(frozen=True)
class Shadow:
    """What the changed product would have done.

    Attributes:
        lacking: decisions in which it asks for a fact that the record does not hold.
    """

    decisions: int
    lacking: int
    flips: tuple[Flip, ...]
    groups: tuple[Group, ...]


def shadow(past: Iterable[KeptDecision], changed: Version) -> Shadow:
    """Run a version over past decisions."""
    flips: list[Flip] = []
    count = lacking = 0
    totals: Counter[tuple[str, str]] = Counter()
    turns: dict[tuple[str, str], Counter[tuple[Verdict, Verdict]]] = {}
    for kept in past:
        case = case_from(kept.record)
        checked = evaluate(changed, case.facts)
        then, now = Verdict(kept.verdict), overall(checked)
        count += 1
        lacking += bool(set(changed.facts) - set(case.facts))
        groups = [(item.name, getattr(case.strata, item.name) or "未知") for item in fields(Strata)]
        totals.update(groups)
        if then is now:
            continue
        because = tuple(
            item.condition.id
            for item in checked
            if item.condition.hard and item.verdict is not Verdict.MET
        )
        flips.append(Flip(kept.id, kept.party, then, now, because))
        for group in groups:
            turns.setdefault(group, Counter())[then, now] += 1
    return Shadow(
        count,
        lacking,
        tuple(flips),
        tuple(
            Group(by, value, number, dict(turns.get((by, value), {})))
            for (by, value), number in sorted(totals.items())
        ),
    )
