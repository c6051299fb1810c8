"""Weighing by columns against the same policy applied tie by tie."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import World

from graph.log import FactLog
from graph.snapshot import Snapshot, take_snapshot
from queries.risk import load_policy
from queries.risk.policy import Policy
from queries.risk.weights import Strand, weigh

DAY = date(2026, 3, 1)
Pair = tuple[int, int]


def tie_by_tie(snapshot: Snapshot, policy: Policy) -> dict[Pair, tuple[float, list[Strand]]]:
    """(target, source) -> weight and strands, one row after the other."""
    best: dict[Pair, dict[str, Strand]] = {}
    for kind, tie in policy.ties.items():
        ties = snapshot.ties[kind]
        for number, row in enumerate(ties.table.to_pylist()):
            weight = tie.weight
            for variant in tie.variants:
                if row[variant.column] == variant.value:
                    weight = variant.weight
            if tie.scale is not None:
                weight *= min(max(row[tie.scale] or 0.0, 0.0), 1.0)
            a, b = int(ties.source[number]), int(ties.target[number])
            if row["certainty"] < 1 or weight <= 0 or a == b:
                continue
            for way in {"along": [(b, a)], "against": [(a, b)], "both": [(b, a), (a, b)]}[tie.flow]:
                held = best.setdefault(way, {})
                if kind not in held or held[kind].weight < weight:
                    held[kind] = Strand(kind, weight, number)
    weights = {}
    for pair, strands in best.items():
        untouched = 1.0
        for strand in strands.values():
            untouched *= 1 - strand.weight
        weights[pair] = min(policy.cap, 1 - untouched), list(strands.values())
    return weights


def speak(world: World, chance: random.Random) -> None:
    people = [(f"p{n}", "Person") for n in range(5)] + [("f0", "Enterprise")]
    for kind in load_policy().ties:
        for _ in range(chance.randrange(5)):
            a, b = chance.choice(people), chance.choice(people)
            own = {
                "HOLDS_SHARES_IN": {"share_ratio": chance.choice([None, 0.0, 0.4, 1.5])},
                "GUARANTEES": {"guarantee_kind": chance.choice([None, "general", "joint_group"])},
            }
            world.tie(
                kind, a, b, discriminator=str(world.count),
                certainty=chance.choice([1.0, 1.0, 0.9]),
                **own.get(kind, {}),
            )  # fmt: skip
    world.node("Person", "p0", name="甲")
    world.commit(datetime(2026, 1, 1, tzinfo=UTC))


@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_columns_equal_tie_by_tie(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    world = World(FactLog(tmp_path_factory.mktemp("world")))
    speak(world, chance)
    snapshot = take_snapshot(world.log, DAY)
    expected = tie_by_tie(snapshot, load_policy())
    graph = weigh(snapshot, load_policy())
    pairs = list(zip(graph.target.tolist(), graph.source.tolist(), strict=True))
    assert pairs == sorted(expected)
    for tie, pair in enumerate(pairs):
        weight, strands = expected[pair]
        assert graph.weight[tie] == weight
        assert list(graph.strands_of(tie)) == strands


def test_parallel_ties_count_once_and_the_first_of_equals_is_shown(tmp_path: object) -> None:
    world = World(FactLog(tmp_path))  # type: ignore[arg-type]
    for contract in "123":
        world.tie("GUARANTEES", ("a", "Person"), ("b", "Person"), discriminator=contract)
    world.tie("SPOUSE_OF", ("a", "Person"), ("b", "Person"))
    world.commit(datetime(2026, 1, 1, tzinfo=UTC))
    graph = weigh(take_snapshot(world.log, DAY), load_policy())
    assert list(zip(graph.source, graph.target, strict=True)) == [(1, 0), (0, 1)]
    assert graph.weight == pytest.approx([1 - 0.4 * 0.8, 0.2], abs=1e-15)
    assert graph.strands_of(0) == (Strand("GUARANTEES", 0.6, 0), Strand("SPOUSE_OF", 0.2, 0))
    assert not graph.own.any()  # what everybody has is no fact, and does not travel
