"""What a party can lawfully do next, cheapest first, and whether it would help.

For a missing fact the catalogue knows how it can be had; for a condition that is not met the
product says what would change it.  Nothing here touches whom somebody is related to: no step
dissolves a marriage, a household or a guarantee for the sake of a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from queries.eligibility.fact import Fact, Value
from queries.eligibility.missing import settling
from queries.eligibility.runner import Checked
from queries.eligibility.verdict import Verdict

__all__ = ["NextStep", "next_steps", "taken"]


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do.

    Attributes:
        condition: id of the condition that it is for.
        days: the least time that it takes.
        obtains: the missing fact that it brings, None for a step that changes something.
        sets: facts as they stand afterwards; empty for another way round the condition.
    """

    condition: str
    text: str
    days: int
    obtains: str | None
    sets: Mapping[str, Value]


def next_steps(checked: Iterable[Checked]) -> tuple[NextStep, ...]:
    """Steps for every condition that is not met or open, hard ones first, then by days.

    A step that serves two conditions stands once, with the first.
    """
    found: dict[tuple[str, str | None], tuple[bool, NextStep]] = {}
    for item in checked:
        soft = not item.condition.hard
        if item.verdict is Verdict.UNKNOWN:
            specs = {leaf.fact: leaf.spec for leaf in item.condition.test.leaves()}
            for name in settling(item.condition, {seen.id: seen.fact for seen in item.seen}):
                how = specs[name].obtain
                step = NextStep(item.condition.id, how.how, how.days, name, {})
                found.setdefault((step.text, name), (soft, step))
        elif item.verdict is Verdict.NOT_MET:
            for told in item.condition.steps:
                step = NextStep(item.condition.id, told.text, told.days, None, dict(told.sets))
                found.setdefault((step.text, None), (soft, step))
    ordered = sorted(found.values(), key=lambda pair: (pair[0], pair[1].days))
    return tuple(step for _, step in ordered)


def taken(facts: Mapping[str, Fact], step: NextStep, value: Value = None) -> dict[str, Fact]:
    """The facts as they would stand after a step; `value` is what a missing fact turns out."""
    if step.obtains is not None:
        return {**facts, step.obtains: Fact(value, "假设")}
    return {**facts, **{name: Fact(told, "假设") for name, told in step.sets.items()}}
