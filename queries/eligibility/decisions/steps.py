"""What a party can lawfully do next, cheapest first, and whether it would help.

For a missing fact the catalogue knows how it can be had, and one errand that settles several is
said once; for a condition that is not met the product says what would change it.  Nothing here
touches whom somebody is related to, and nothing that is barred is proposed (`barred`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from queries.eligibility.facts.catalogue import Catalogue, FactSpec, Obtain
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.rules.barred import BarredStep
from queries.eligibility.rules.missing import settling
from queries.eligibility.rules.runner import Checked
from queries.eligibility.verdict import Verdict

__all__ = ["SETTLES", "NextStep", "errand", "next_steps", "taken"]

#: Between an errand and the questions that it settles at once.
SETTLES = "，一次核实："


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do.

    Attributes:
        condition: id of the first condition that it is for.
        days: the least time that it takes.
        obtains: the missing facts that it brings, none for a step that changes something.
        sets: facts as they stand afterwards; empty for another way round the condition.
    """

    condition: str
    text: str
    days: int
    obtains: tuple[str, ...]
    sets: Mapping[str, Value]


def next_steps(
    checked: Iterable[Checked], known: Catalogue, barred: Iterable[BarredStep] = ()
) -> tuple[NextStep, ...]:
    """Steps for every condition that is not met or open, hard ones first, then by days.

    A step that serves two conditions stands once, with the first; so does an errand.

    Args:
        known: the catalogue, which says how facts are had and by which errand.
        barred: what may not be proposed.
    """
    items = list(checked)
    facts = {seen.id: seen.fact for item in items for seen in item.seen}
    never = [bar for bar in barred if bar.holds_for(facts)]
    offered = [
        step
        for step in (*_errands(items, facts, known), *_changes(items))
        if not any(bar.means(step.text) for bar in never)
    ]
    offered += _instead(items, never)
    place = {item.condition.id: (not item.condition.hard, n) for n, item in enumerate(items)}
    found: dict[tuple[str, tuple[str, ...]], NextStep] = {}
    for step in sorted(offered, key=lambda one: place[one.condition][1]):
        found.setdefault((step.text, step.obtains), step)
    return tuple(sorted(found.values(), key=lambda one: (place[one.condition][0], one.days)))


def errand(specs: Iterable[FactSpec], known: Catalogue) -> Obtain:
    """One way to have facts that one document settles, saying what it settles."""
    asked = list(specs)
    first = asked[0]
    how = (known.errands or {}).get(first.paper or "", first.obtain)
    days = max(spec.obtain.days for spec in asked)
    if len(asked) == 1:
        return first.obtain
    questions = "；".join(spec.question for spec in asked)
    return Obtain(how=f"{how.how}{SETTLES}{questions}", days=days)


def taken(facts: Mapping[str, Fact], step: NextStep, *values: Value) -> dict[str, Fact]:
    """The facts as they would stand after a step; `values` are what missing ones turn out."""
    if step.obtains:
        brought = zip(step.obtains, values, strict=True)
        return {**facts, **{name: Fact(value, "假设") for name, value in brought}}
    return {**facts, **{name: Fact(told, "假设") for name, told in step.sets.items()}}


def _errands(
    items: list[Checked], facts: Mapping[str, Fact], known: Catalogue
) -> Iterator[NextStep]:
    """What brings the missing facts; those that one document settles together."""
    trips: dict[str, list[tuple[Checked, FactSpec]]] = {}
    for item in items:
        if item.verdict is not Verdict.UNKNOWN:
            continue
        specs = item.condition.specs
        for name in settling(item.condition, facts, known=known):
            spec = specs.get(name) or known.facts[name]
            trips.setdefault(_trip(spec, known), []).append((item, spec))
    for stops in trips.values():
        first = stops[0][0]
        if known.errands is not None:
            # an errand is as urgent as the most urgent thing that it settles
            first = next((item for item, _ in stops if item.condition.hard), first)
        specs = {spec.id: spec for _, spec in stops}
        how = errand(specs.values(), known)
        yield NextStep(first.condition.id, how.how, how.days, tuple(specs), {})


def _trip(spec: FactSpec, known: Catalogue) -> str:
    """What facts had by one errand have in common."""
    if known.errands is None:
        # kept before errands were put together: each fact was its own
        return spec.id
    return spec.paper if spec.paper in known.errands else spec.obtain.how


def _instead(items: list[Checked], never: Iterable[BarredStep]) -> Iterator[NextStep]:
    """What is said to whom every way round a condition is barred."""
    for bar in never:
        item = next((one for one in items if bar.facts & set(one.condition.facts)), None)
        if bar.instead and item and item.verdict is not Verdict.MET:
            yield NextStep(item.condition.id, bar.instead.text, bar.instead.days, (), {})


def _changes(items: list[Checked]) -> Iterator[NextStep]:
    """What would change the conditions that are not met."""
    for item in items:
        for told in item.condition.steps if item.verdict is Verdict.NOT_MET else ():
            yield NextStep(item.condition.id, told.text, told.days, (), dict(told.sets))
