"""Apply a version of a product to one party's facts.  Pure; takes facts and never hints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from queries.eligibility.facts.fact import NOT_COLLECTED, Fact
from queries.eligibility.rules.condition import Condition
from queries.eligibility.rules.product import Version
from queries.eligibility.verdict import Verdict, all_of

__all__ = ["Checked", "Seen", "check", "evaluate", "overall"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A fact as a condition saw it."""

    id: str
    term: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Checked:
    """One condition, checked: the verdict, and every fact that it rests on."""

    condition: Condition
    verdict: Verdict
    seen: tuple[Seen, ...]


def evaluate(version: Version, facts: Mapping[str, Fact]) -> tuple[Checked, ...]:
    """Check every condition; a fact not given is unknown.

    Raises `TypeError` where something else than a fact is given: a hint decides nothing.
    """
    for name, fact in facts.items():
        if type(fact) is not Fact:
            raise TypeError(f"{name} is a {type(fact).__name__}, not a fact of the party's own")
    return tuple(check(item, facts) for item in version.conditions)


def check(condition: Condition, facts: Mapping[str, Fact]) -> Checked:
    """One condition."""
    seen = {
        name: Seen(name, spec.term, facts.get(name, NOT_COLLECTED))
        for name, spec in condition.specs.items()
    }
    return Checked(condition, condition.test.verdict(facts), tuple(seen.values()))


def overall(checked: tuple[Checked, ...]) -> Verdict:
    """Verdict of the whole: hard conditions only."""
    return all_of(item.verdict for item in checked if item.condition.hard)
