"""The cascade against all worlds written out, closed forms, and its own symmetries."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from nets import Edges, cascade, nets, of_arrays

from queries.risk.cascade import one_party
from queries.risk.cascade.exact import reached_exactly
from queries.risk.cascade.one_party import linked_to, linked_without
from queries.risk.cascade.sampled import Sampled, count_reached, net_of
from queries.risk.cascade.throws import Throws
from queries.risk.coins import heads, identities, thresholds

WORLDS = 16_384


def sampled(seeds: list[float], edges: Edges, worlds: int = WORLDS, **options: int) -> Sampled:
    keys = pa.array([f"org:{number}" for number in range(len(seeds))])
    ends = np.array(list(edges), dtype=np.int64).reshape(-1, 2)
    weight = thresholds(np.array(list(edges.values())))
    coins = identities(keys)
    net = net_of(coins, thresholds(np.array(seeds)), ends[:, 0], ends[:, 1], weight)
    return count_reached(net, worlds, **options)


def exactly(seeds: list[float], edges: Edges, party: int) -> float | None:
    return reached_exactly(dict(enumerate(seeds)), edges, party)


def complete(count: int, weight: float) -> Edges:
    """Everybody guarantees everybody."""
    return {(a, b): weight for a in range(count) for b in range(count) if a != b}


def test_published_numbers_with_all_own_risks_one_fifth() -> None:
    """VulnDS (Cheng et al., arXiv 1912.12383) with q = w = 0.2, by hand."""
    q, w = 0.2, 0.2
    assert exactly([q] * 2, {(0, 1): w}, 1) == pytest.approx(0.232, abs=1e-12)
    diamond = {(0, 1): w, (0, 2): w, (1, 3): w, (2, 3): w}
    assert exactly([q] * 4, diamond, 3) == pytest.approx(0.272387, abs=1e-6)
    ring = {(0, 1): w, (1, 2): w, (2, 0): w}
    assert exactly([q] * 3, ring, 0) == pytest.approx(0.23712, abs=1e-12)


def test_the_bridge_network_in_closed_form() -> None:
    """2p² + 2p³ − 5p⁴ + 2p⁵ (textbook two-terminal reliability)."""
    ties = [(0, 1), (0, 2), (1, 2), (2, 1), (1, 3), (2, 3)]
    for p in (0.1, 0.5, 0.9):
        closed = 2 * p**2 + 2 * p**3 - 5 * p**4 + 2 * p**5
        assert exactly([1, 0, 0, 0], dict.fromkeys(ties, p), 3) == pytest.approx(closed, abs=1e-12)


def test_three_mutual_firms_of_which_one_is_adverse() -> None:
    seeds, edges = [0.6, 0.0, 0.0], complete(3, 0.6)
    assert [exactly(seeds, edges, party) for party in range(3)] == pytest.approx(
        [0.6, 0.4464, 0.4464], abs=1e-12
    )
    found = sampled(seeds, edges, 65_536)
    assert np.all(np.abs(found.probability - [0.6, 0.4464, 0.4464]) < 4 * found.error)


@pytest.mark.parametrize("count", range(2, 11))
def test_a_healthy_circle_of_any_size_scores_nothing(count: int) -> None:
    edges = complete(count, 0.6)
    assert exactly([0.0] * count, edges, 0) == 0
    assert not sampled([0.0] * count, edges, 64).reached.any()


@settings(max_examples=examples(150))
@given(nets(parties=6, most=10, seedless=True))
def test_exact_is_what_all_worlds_say(world: tuple[list[float], Edges]) -> None:
    seeds, edges = world
    told = [exactly(seeds, edges, party) for party in range(len(seeds))]
    assert told == pytest.approx(cascade(seeds, edges), abs=1e-9)


@settings(max_examples=examples(60))
@given(nets(parties=6, most=10, seedless=True))
def test_samples_lie_within_their_error(world: tuple[list[float], Edges]) -> None:
    seeds, edges = world
    found, exact = sampled(seeds, edges), cascade(seeds, edges)
    error = np.sqrt(exact * (1 - exact) / WORLDS)
    assert np.all(np.abs(found.probability - exact) <= 5 * error + 1e-9)


@settings(max_examples=examples(40))
@given(nets(most=12), st.randoms(use_true_random=False), st.integers(1, 3))
def test_numbers_order_and_threads_change_no_bit(
    world: tuple[list[float], Edges], random: object, threads: int
) -> None:
    seeds, edges = world
    keys = [f"person:{number}" for number in range(len(seeds))]
    order = list(range(len(seeds)))
    random.shuffle(order)  # type: ignore[attr-defined]
    place = {old: new for new, old in enumerate(order)}
    shuffled = list(edges.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    def counted(keys: list[str], seeds: list[float], ties: list[tuple[tuple[int, int], float]],
                threads: int) -> np.ndarray:  # fmt: skip
        ends = np.array([pair for pair, _ in ties], dtype=np.int64).reshape(-1, 2)
        weight = thresholds(np.array([weight for _, weight in ties]))
        coins = identities(pa.array(keys))
        net = net_of(coins, thresholds(np.array(seeds)), ends[:, 0], ends[:, 1], weight)
        return count_reached(net, 1024, threads=threads).reached

    one = counted(keys, seeds, list(edges.items()), 1)
    other = counted(
        [keys[old] for old in order], [seeds[old] for old in order],
        [((place[a], place[b]), weight) for (a, b), weight in shuffled], threads,
    )  # fmt: skip
    assert np.array_equal(one[order], other)


@settings(max_examples=examples(60))
@given(nets(most=12), st.data())
def test_a_tie_or_a_fact_less_raises_nobody_in_any_world(
    world: tuple[list[float], Edges], data: st.DataObject
) -> None:
    seeds, edges = world
    before = sampled(seeds, edges, 1024).reached
    weaker = data.draw(st.floats(0, 1))
    if edges and data.draw(st.booleans()):
        pair = data.draw(st.sampled_from(sorted(edges)))
        edges = {**edges, pair: edges[pair] * weaker}
    else:
        party = data.draw(st.integers(0, len(seeds) - 1))
        seeds = [seed * weaker if at == party else seed for at, seed in enumerate(seeds)]
    assert np.all(sampled(seeds, edges, 1024).reached <= before)


def dense_worlds(count: int, seed: int) -> list[tuple[list[float], Edges]]:
    """Small nets in which nearly everybody is tied to everybody: twelve of the possible ties."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        size = int(random.integers(4, 6))
        pairs = [(a, b) for a in range(size) for b in range(size) if a != b]
        chosen = random.choice(len(pairs), min(12, len(pairs)), replace=False)
        seeds = np.where(random.random(size) < 0.5, random.uniform(0.01, 0.9, size), 0.0)
        edges = {pairs[at]: float(random.uniform(0.05, 0.95)) for at in sorted(chosen)}
        made.append((seeds.tolist(), edges))
    return made


def test_two_thousand_dense_worlds_lie_within_four_standard_errors() -> None:
    """Of all parties, whose exact values are those of all live-edge worlds written out.

    One net of 2,000 that are not tied to each other: the coins are fixed, so this holds or does
    not.  That errors are of the size that is stated shows their mean square, which is 1.
    """
    worlds = dense_worlds(2_000, 20260601)
    seeds = [seed for each, _ in worlds for seed in each]
    edges: Edges = {}
    exact: list[float] = []
    for own, ties in worlds:
        first = len(exact)
        edges |= {(first + a, first + b): weight for (a, b), weight in ties.items()}
        exact += cascade(own, ties).tolist()
    told, expected = sampled(seeds, edges).probability, np.array(exact)
    certain = (expected == 0) | (expected == 1)
    assert np.array_equal(told[certain], expected[certain])
    error = np.sqrt(expected * (1 - expected) / WORLDS)[~certain]
    away = (told - expected)[~certain] / error
    assert len(away) > 8_000
    assert np.max(np.abs(away)) < 4
    assert np.mean(away**2) == pytest.approx(1, abs=0.05)
    ratio = (told / np.where(certain, 1, expected))[expected > 0.05]
    assert 0.9 < ratio.min() <= ratio.max() < 1.1  # the worst, not the mean


def simulate(seeds: np.ndarray, edges: Edges, runs: int, chance: np.random.Generator) -> np.ndarray:
    """Plain Monte-Carlo: which parties are down in each of so many cascades: [party, run]."""
    way = np.array(sorted(edges, key=lambda edge: (edge[1], edge[0])))
    weight = np.array([edges[a, b] for a, b in way.tolist()])
    down = chance.random((len(seeds), runs)) < seeds[:, None]
    open_ways = chance.random((len(way), runs)) < weight[:, None]
    receivers, first = np.unique(way[:, 1], return_index=True)
    before = -1
    while before != (before := int(down.sum())):
        arriving = np.logical_or.reduceat(down[way[:, 0]] & open_ways, first)
        down[receivers] |= arriving
    return down


@pytest.mark.parametrize(("weight", "seeded"), [(0.15, 6), (0.3, 40), (0.4, 6), (0.8, 6)])
def test_plain_monte_carlo_agrees_below_at_and_above_the_threshold(
    weight: float, seeded: int
) -> None:
    """600 parties, 900 two-way ties, seed 20260401; 0.4 is where a chain reaction just begins."""
    chance = np.random.default_rng(20260401)
    size, runs = 600, 4_000
    ends = chance.integers(0, size, (900, 2)).tolist()
    edges = {way: weight for a, b in ends if a != b for way in ((a, b), (b, a))}
    seeds = np.zeros(size)
    seeds[chance.choice(size, seeded, replace=False)] = 0.6
    down = simulate(seeds, edges, runs, chance)
    found = sampled(seeds.tolist(), edges)
    p = (down.sum(axis=1) + found.reached) / (runs + WORLDS)
    often = p * runs > 20  # rarer ones are no normal distribution
    error = np.sqrt(p * (1 - p) * (1 / runs + 1 / WORLDS))
    apart = np.abs(found.probability - down.mean(axis=1))
    assert often.sum() > 50 and np.max(apart[often] / error[often]) < 4.5
    both = np.sqrt(down.mean(axis=0).var() * (1 / runs + 1 / WORLDS))
    assert abs(found.probability.mean() - down.mean()) < 4 * both


def test_a_coin_shows_yes_as_often_as_its_probability_says() -> None:
    everything = ~np.uint64(0)
    for probability in (0.0, 1e-3, 0.25, 0.5, 0.9375, 1.0):
        (threshold,) = thresholds(np.array([probability]))
        shown = sum(
            int(heads(np.uint64(77), np.uint64(threshold), np.uint64(word), everything)).bit_count()
            for word in range(2_000)
        )
        spread = (probability * (1 - probability) * 128_000) ** 0.5
        assert abs(shown - probability * 128_000) <= 4 * spread + 1


def test_only_the_wanted_worlds_are_thrown_and_alike() -> None:
    coin, (threshold,) = np.uint64(5), thresholds(np.array([0.3]))
    whole = int(heads(coin, np.uint64(threshold), np.uint64(9), ~np.uint64(0)))
    for wanted in (1, 1 << 63, 0xF0F0, 0):
        assert (
            int(heads(coin, np.uint64(threshold), np.uint64(9), np.uint64(wanted)))
            == whole & wanted
        )


def test_worlds_come_in_words() -> None:
    with pytest.raises(ValueError, match="multiple of 64"):
        sampled([0.5], {}, 100)


def test_what_takes_too_long_is_not_known_exactly() -> None:
    assert reached_exactly({0: 0.5}, complete(9, 0.5), 8, budget=10) is None


def test_where_looking_ran_out_the_count_of_everybody_is_the_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sixty who are all tied: too entangled to be exact, and a few looks are soon spent."""
    throws = Throws.of(of_arrays([0.9, 0.8] + [0.0] * 58, complete(60, 0.05)))
    run = throws.count(1024)
    counted = float((run.reached - run.began)[7] / run.worlds)
    near = {"reachable": np.ones(60), "useful": run.reached > 0}
    whole = linked_to(throws, 7, 1024, **near)  # type: ignore[arg-type]
    monkeypatch.setattr(one_party, "_LOOKS", 1)
    found = linked_to(throws, 7, 1024, counted=counted, **near)  # type: ignore[arg-type]
    assert not found.exact and found.value == whole.value == counted
    assert found.worlds == 1024 and found.arrivals.worlds == 64
    assert found.error == pytest.approx((counted * (1 - counted) / 1024) ** 0.5)
    assert found.arrivals.by_tie.sum() == pytest.approx(found.arrivals.linked)
    tie = int(throws.into[7])
    alone = linked_without(throws, 7, found, tie, **near)  # type: ignore[arg-type]
    assert 0 < alone <= counted
    only = {(0, 1): 0.5}
    single = Throws.of(of_arrays([0.9, 0.0], only))
    exact = linked_to(single, 1, 64, reachable=np.ones(2))
    assert (exact.exact, exact.value) == (True, pytest.approx(0.45))
    assert linked_without(single, 1, exact, 0, **near) == 0  # type: ignore[arg-type]


def test_without_one_tie_of_many_hardly_less_is_linked_however_few_worlds_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the tie fewer worlds were looked at, and their count was held against that of all."""
    throws = Throws.of(of_arrays([0.9, 0.8] + [0.0] * 58, complete(60, 0.05)))
    near = {"reachable": np.ones(60), "useful": throws.count(1024).reached > 0}
    found = linked_to(throws, 7, 1024, **near)  # type: ignore[arg-type]
    # party 3 begins nothing, and is one of fifty-nine over whom it may come
    tie = int(throws.into[7]) + 3
    whole = linked_without(throws, 7, found, tie, **near)  # type: ignore[arg-type]
    monkeypatch.setattr(one_party, "_MORE_LOOKS", 1)
    few = linked_without(throws, 7, found, tie, **near)  # type: ignore[arg-type]
    assert found.value * 0.9 < whole <= found.value
    # of 64 worlds: three standard errors
    error = (found.value * (1 - found.value) / 64) ** 0.5
    assert abs(few - whole) < 3 * error and few <= found.value
