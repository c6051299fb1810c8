"""The least set of missing facts that settles a 待补充, whatever they turn out to be.

Overall is the conjunction of the hard conditions.  One fact may say others (that nobody ever lent
says that nothing is owed), so a set is filled in every way that the limits can tell apart, and
each time with what follows.  Conditions that share no unknown fact, and whose facts say nothing
of each other, are independent, so each group is searched for itself.  The union over the groups
settles the whole; unless one group comes out 不符合 however it is filled (conditions that
contradict each other), which settles the whole alone.

What settles a group depends on how its tests come out and not on whom they are about, so what was
found is kept for the next party in the same position.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, islice, pairwise, product
from typing import Any

from queries.eligibility.facts.catalogue import Catalogue, catalogue
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.rules.condition import Condition, Leaf
from queries.eligibility.rules.product import Version
from queries.eligibility.verdict import Verdict, all_of

__all__ = ["distinguishable", "least_missing", "settling"]

#: More money than anybody has: with it, or without, a surplus comes out one way or the other.
_MUCH = 10**15
#: So few facts are tried in every set sooner than one finds which are needed; ways of filling in all that
#: are tried for it.
_FEW, _TRIED = 3, 256
#: Groups of which it is kept what settles them: some products, in some hundred positions each.
_KEPT = 4096


def least_missing(
    version: Version,
    facts: Mapping[str, Fact],
    *,
    known: Catalogue | None = None,
    gone_by: bool = False,
) -> tuple[str, ...]:
    """Names of the facts, in the order of the conditions; empty when the verdict is settled.

    Args:
        known: the catalogue that says what implies what, default the present one.
        gone_by: history is asked of a day before the one asked about.
    """
    hard = [item for item in version.conditions if item.hard]
    verdicts = [item.test.verdict(facts) for item in hard]
    if all_of(verdicts) is not Verdict.UNKNOWN:
        return ()
    still = [item for item, said in zip(hard, verdicts, strict=True) if said is Verdict.UNKNOWN]
    union: list[str] = []
    alone: list[tuple[str, ...]] = []
    for group in _groups(still, facts, known or catalogue(), gone_by):
        least, hopeless = _least(group)
        union += least
        if hopeless:
            alone.append(least)
    found = min([tuple(union), *alone], key=len)
    # a fact that no condition asks for stands last, by its name
    order = {name: (place, "") for place, name in enumerate(version.facts)}
    return tuple(sorted(found, key=lambda name: order.get(name, (len(order), name))))


def settling(
    condition: Condition,
    facts: Mapping[str, Fact],
    *,
    known: Catalogue | None = None,
) -> tuple[str, ...]:
    """The least set of missing facts that settles one condition; empty when it is settled."""
    (group,) = _groups([condition], facts, known or catalogue(), gone_by=False)
    return _least(group)[0]


def distinguishable(leaves: Iterable[Leaf]) -> tuple[Value, ...]:
    """One value for every way in which these tests of one fact can come out together."""
    tests = list(leaves)
    spec = tests[0].spec
    if spec.type == "flag":
        # a consent that is refused leaves as open as one that nobody asked for whatever waits for it
        granted = any(leaf.operator == "granted" for leaf in tests)
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


@lru_cache(maxsize=_KEPT)
def _least(group: _Group) -> tuple[tuple[str, ...], bool]:
    return group.least()


@dataclass(frozen=True)
class _Group:
    """Conditions that hang together.

    Attributes:
        position: all that the rest depends on, as far as it matters here: two groups of one position
            are settled by the same facts.
        held: what is known of the facts that they ask for, and no more of it than its value.
        domains: of every unknown fact that can be brought, one value for each way it can turn out.
        says: what each of these values says of the other unknown facts.
    """

    position: Hashable
    conditions: list[Condition] = field(compare=False)
    held: dict[str, Fact] = field(compare=False)
    domains: dict[str, tuple[Value, ...]] = field(compare=False)
    says: dict[tuple[str, Value], dict[str, bool | int | str]] = field(compare=False)

    def least(self) -> tuple[tuple[str, ...], bool]:
        """The least set that settles it, and whether it is 不符合 however it is filled."""
        names = sorted(self.domains)
        needed = self._needed(names)
        for size in range(len(needed), len(names) + 1):
            for chosen in combinations(names, size):
                if not needed <= {*chosen}:
                    continue
                outcomes = set()
                for verdict in self._outcomes(chosen):
                    outcomes.add(verdict)
                    if verdict is Verdict.UNKNOWN:
                        break
                else:
                    return chosen, outcomes == {Verdict.NOT_MET}
        raise AssertionError("with every fact filled in, nothing is open")

    def _needed(self, names: list[str]) -> set[str]:
        """Facts without which no set settles it, as far as they are easily told.

        What stays open with more filled in stays open with less.  So where everything filled in
        some way is met, and open again without one fact, no set without that fact settles it, and
        most sets need not be tried.  Where one fact says another, or stands otherwise already
        (a consent that was refused), more may say otherwise than less, and every set is tried.
        """
        if len(names) <= _FEW or self.says or self.domains.keys() & self.held.keys():
            return set()
        for values in islice(product(*(self.domains[name] for name in names)), _TRIED):
            told = dict(zip(names, values, strict=True))
            if self._verdict(told, implied=False) is Verdict.MET:
                return {name for name in names if self._is_open_without(name, told)}
        return set()

    def _is_open_without(self, name: str, told: dict[str, Value]) -> bool:
        others = {other: value for other, value in told.items() if other != name}
        return self._verdict(others, implied=False) is Verdict.UNKNOWN

    def _outcomes(self, chosen: tuple[str, ...]) -> Iterator[Verdict]:
        """How it comes out, for every way to fill in some facts, or for many ways at once."""
        first = {name: self.domains[name][0] for name in chosen}
        # most sets leave something open, and most of those in the first way already
        yield self._verdict(first, implied=True)
        yield from self._branch(chosen, {})

    def _branch(self, open_names: tuple[str, ...], told: dict[str, Value]) -> Iterator[Verdict]:
        if not open_names:
            yield self._verdict(told, implied=True)
            return
        # what some values settle, no further value opens again; what they say of other facts may
        # be said otherwise by the values still to come, and is left out
        if told and (verdict := self._verdict(told, implied=False)) is not Verdict.UNKNOWN:
            yield verdict
            return
        name, *others = open_names
        for value in self.domains[name]:
            yield from self._branch(tuple(others), {**told, name: value})

    def _verdict(self, told: dict[str, Value], *, implied: bool) -> Verdict:
        filled = {**self.held, **{name: Fact(value) for name, value in told.items()}}
        for (name, value), said in self.says.items() if implied else ():
            if name in told and told[name] == value:
                for other, then in said.items():
                    filled.setdefault(other, Fact(then))
        return all_of(item.test.verdict(filled) for item in self.conditions)


def _groups(
    conditions: list[Condition], facts: Mapping[str, Fact], known: Catalogue, gone_by: bool
) -> list[_Group]:
    """Conditions that share unknown facts, or facts of which one says the other, put together."""
    asked = {item.id: _unknown(item, facts) for item in conditions}
    wanted = set().union(*asked.values())
    says: dict[tuple[str, Value], dict[str, bool | int | str]] = {}
    # by name: of two that say of a third, the first is heard, as where papers are laid down
    for name in known.tellers_of(wanted):
        spec = known.facts[name]
        if name in facts and facts[name].value is not None:
            continue
        told = {
            value: {
                other: then
                for other, then in known.implied(name, value, gone_by=gone_by).items()
                if other in wanted
            }
            for value in (True, False)
            if spec.type == "flag"
        }
        # one that nobody asks for settles nothing, unless it speaks whichever way it turns out
        if name in wanted or (told and all(told.values())):
            says |= {(name, value): said for value, said in told.items() if said}
    parts: list[tuple[list[Condition], set[str]]] = []
    links = [{name, *said} for (name, _), said in says.items()]
    for members, names in [
        *(([item], set(asked[item.id])) for item in conditions),
        *(([], link) for link in links),
    ]:
        apart = []
        for part in parts:
            if part[1] & names:
                members, names = part[0] + members, part[1] | names
            else:
                apart.append(part)
        parts = [*apart, (members, names)]
    return [_group(members, names, facts, says) for members, names in parts if members]


def _group(
    members: list[Condition],
    names: set[str],
    facts: Mapping[str, Fact],
    says: dict[tuple[str, Value], dict[str, bool | int | str]],
) -> _Group:
    leaves: dict[str, list[Leaf]] = {}
    for item in members:
        for leaf in item.leaves:
            leaves.setdefault(leaf.fact, []).append(leaf)
    held = {
        name: Fact(facts[name].value)
        for name in leaves
        if name in facts and facts[name].value is not None
    }
    domains = {
        name: distinguishable(leaves[name]) if name in leaves else (True, False) for name in names
    }
    said = {pair: told for pair, told in says.items() if pair[0] in names}
    position = (
        tuple(item.test_text for item in members),
        tuple(_position(leaf, held) for item in members for leaf in item.leaves),
        tuple(sorted(domains.items())),
        tuple((*pair, *sorted(told.items())) for pair, told in said.items()),
    )
    return _Group(position, members, held, domains, said)


def _position(leaf: Leaf, held: Mapping[str, Fact]) -> Value | Verdict:
    """How a test of one fact comes out; what is in a sum, and what was refused, counts as it is."""
    if leaf.operator in ("summed", "granted") and leaf.fact in held:
        return held[leaf.fact].value
    return leaf.verdict(held)


def _unknown(condition: Condition, facts: Mapping[str, Fact]) -> set[str]:
    refused = {leaf.fact for leaf in condition.leaves if leaf.operator == "granted"}
    return {
        n
        for n in condition.facts
        if n not in facts or facts[n].value is None or (n in refused and facts[n].value is False)
    }
