"""The least set of missing facts that settles a 待补充, whatever they turn out to be.

Overall is the conjunction of the hard conditions.  Conditions that share no unknown fact are
independent of each other, so each group is searched for itself: subsets by size, each filled in
every way that the group's limits can tell apart.  The union over the groups settles the whole;
unless one group comes out 不符合 however it is filled (conditions that contradict each other),
which settles the whole alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, pairwise, product
from typing import Any

from queries.eligibility.condition import Condition, Leaf
from queries.eligibility.fact import Fact, Value
from queries.eligibility.product import Version
from queries.eligibility.verdict import Verdict, all_of

__all__ = ["distinguishable", "least_missing", "settling"]

#: More money than anybody has: with it, or without, a surplus comes out one way or the other.
_MUCH = 10**15


def least_missing(version: Version, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Names of the facts, in the order of the conditions; empty when the verdict is settled."""
    hard = [item for item in version.conditions if item.hard]
    verdicts = [item.test.verdict(facts) for item in hard]
    if all_of(verdicts) is not Verdict.UNKNOWN:
        return ()
    still = [item for item, said in zip(hard, verdicts, strict=True) if said is Verdict.UNKNOWN]
    union: list[str] = []
    alone: list[tuple[str, ...]] = []
    for group in _independent(still, facts):
        least, hopeless = _least_of(group, facts)
        union += least
        if hopeless:
            alone.append(least)
    found = min([tuple(union), *alone], key=len)
    order = {name: place for place, name in enumerate(version.facts)}
    return tuple(sorted(found, key=order.__getitem__))


def settling(condition: Condition, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """The least set of missing facts that settles one condition; empty when it is settled."""
    return _least_of(([condition], _unknown(condition, facts)), facts)[0]


def distinguishable(leaves: Iterable[Leaf]) -> tuple[Value, ...]:
    """One value for every way in which these tests of one fact can come out together."""
    tests = list(leaves)
    spec = tests[0].spec
    if spec.type == "flag":
        # a consent that is refused leaves everything as open as one that nobody asked for
        granted = all(leaf.operator == "granted" for leaf in tests)
        return (True,) if granted else (True, False)
    if spec.type == "code":
        return tuple(spec.values)
    if spec.type == "text":
        return ("",)
    limits: set[Any] = set()
    for leaf in tests:
        limits |= set(leaf.value) if isinstance(leaf.value, tuple) else {leaf.value}
    if any(leaf.operator == "summed" for leaf in tests):
        limits |= {0, _MUCH}
        if all(leaf.operator == "summed" for leaf in tests):
            return (0, _MUCH)
    bounds = sorted(limits - {None})
    if not bounds:
        return (0,)
    whole = spec.type != "real"
    between = [
        (a + b) // 2 if whole else (a + b) / 2
        for a, b in pairwise(bounds)
        if not whole or b - a > 1
    ]
    return (bounds[0] - 1, *bounds, *between, bounds[-1] + 1)


def _independent(
    conditions: list[Condition], facts: Mapping[str, Fact]
) -> list[tuple[list[Condition], set[str]]]:
    """Groups of conditions that share unknown facts, each with those facts."""
    groups: list[tuple[list[Condition], set[str]]] = []
    for condition in conditions:
        members, unknown = [condition], _unknown(condition, facts)
        apart = []
        for group in groups:
            if group[1] & unknown:
                members, unknown = group[0] + members, group[1] | unknown
            else:
                apart.append(group)
        groups = [*apart, (members, unknown)]
    return groups


def _unknown(condition: Condition, facts: Mapping[str, Fact]) -> set[str]:
    refused = {leaf.fact for leaf in condition.test.leaves() if leaf.operator == "granted"}
    return {
        n
        for n in condition.facts
        if n not in facts or facts[n].value is None or (n in refused and facts[n].value is False)
    }


def _least_of(
    group: tuple[list[Condition], set[str]], facts: Mapping[str, Fact]
) -> tuple[tuple[str, ...], bool]:
    """The least set that settles a group, and whether it is 不符合 however it is filled."""
    conditions, unknown = group
    names = sorted(unknown)
    domains = {
        name: distinguishable(
            leaf for item in conditions for leaf in item.test.leaves() if leaf.fact == name
        )
        for name in names
    }
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            outcomes = set()
            for values in product(*(domains[name] for name in chosen)):
                filled = {**facts, **{n: Fact(v) for n, v in zip(chosen, values, strict=True)}}
                outcomes.add(all_of(item.test.verdict(filled) for item in conditions))
                if Verdict.UNKNOWN in outcomes:
                    break
            if Verdict.UNKNOWN not in outcomes:
                return chosen, outcomes == {Verdict.NOT_MET}
    raise AssertionError("with every fact filled in, nothing is open")
