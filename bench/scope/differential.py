"""The proof that what a reader may not see is in no answer of theirs.

    python -m bench.scope.differential --worlds 2000 --seed 1

A random world is looked at through a random scope; the same world is cut down, one fact at a time by
the definition (`queries.scope.Scope.sees`), and the administrator looks at what is left.  Every score,
explanation, structure, prospect, rating and decision must be the same.  Printed are the pairs of a
world and a scope, the answers compared, and every difference.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.scope.answers import Answers, answers_of, content, plain
from bench.scope.cut import Grounds, cut_view
from bench.scope.random_world import DAYS, INSTANTS, random_scope, random_world
from graph.snapshot import take_snapshot
from queries.scope import ADMINISTRATOR, Scope
from queries.visible import visible

__all__ = ["Difference", "Pair", "compare"]

_INSTITUTION = "institution:bank"
#: Scopes that look at one world.
SCOPES = 4


@dataclass(frozen=True)
class Difference:
    """An answer through a scope that is not that of the cut world."""

    world: str
    scope: Scope
    answer: str


@dataclass(frozen=True)
class Pair:
    """One world through one scope.

    Attributes:
        answers: how many were compared.
        withheld: whether the scope hides something in this world.
    """

    answers: int
    withheld: bool
    differences: tuple[Difference, ...]


def compare(pairs: int, seed: int | str) -> Iterator[Pair]:
    """Worlds and scopes, `SCOPES` to a world."""
    for serial in range(0, pairs, SCOPES):
        world = f"{seed}/{serial // SCOPES}"
        chance = random.Random(world)  # noqa: S311 - repeatable, no secret
        log, as_of, known_at = random_world(world), chance.choice(DAYS), chance.choice(INSTANTS)
        grounds = Grounds(log)
        whole = plain(content(take_snapshot(visible(log, ADMINISTRATOR), as_of, known_at)))
        for number in range(min(SCOPES, pairs - serial)):
            scope = random_scope(f"{world}/{number}")
            seen = answers_of(visible(log, scope), as_of, known_at, _INSTITUTION)
            left = answers_of(
                cut_view(grounds, scope, as_of, known_at), as_of, known_at, _INSTITUTION
            )
            yield Pair(
                len(seen.keys() | left.keys()),
                seen["snapshot"]["facts"] != whole["facts"],
                tuple(Difference(world, scope, name) for name in differing(seen, left)),
            )


def differing(one: Answers, other: Answers) -> list[str]:
    """Names of the answers that are not the same."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def main() -> None:
    """Run and print; ends with 1 where anything differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=2000, help="pairs of a world and a scope")
    parser.add_argument("--seed", default="1")
    given = parser.parse_args()
    begun = time.perf_counter()
    answers = pairs = withheld = differences = 0
    for pair in compare(given.worlds, given.seed):
        pairs += 1
        answers += pair.answers
        withheld += pair.withheld
        differences += len(pair.differences)
        for found in pair.differences[:5]:
            print(f"  {found.world}: {found.scope.name} differs in {found.answer}")
        if pairs % 100 == 0:
            print(f"{pairs} pairs, {answers:,} answers, {differences} differences", flush=True)
    taken = time.perf_counter() - begun
    print(f"{pairs} pairs of a world and a scope ({withheld} of them hide something)")
    print(f"{answers:,} answers compared in {taken:.0f} s, seed {given.seed}")
    print(f"{differences} differences")
    raise SystemExit(differences > 0)


if __name__ == "__main__":
    main()
