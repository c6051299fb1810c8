"""Propagation against closed forms, full enumeration, networkx, and its own symmetries."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nets import FLOOR, Edges, cascade, nets, of_arrays

from queries.risk.propagate import best_path, echo_free, messages, noisy_or


def test_published_numbers_with_all_own_risks_one_fifth() -> None:
    """Noisy-OR of VulnDS (Cheng et al., arXiv 1912.12383) with q = w = 0.2, by hand."""
    q, w = 0.2, 0.2
    assert echo_free(of_arrays([q] * 2, {(0, 1): w}))[1] == pytest.approx(0.232, abs=1e-12)
    chain = of_arrays([q] * 3, {(0, 1): w, (1, 2): w})
    assert echo_free(chain)[2] == pytest.approx(0.23712, abs=1e-12)
    diamond = {(0, 1): w, (0, 2): w, (1, 3): w, (2, 3): w}
    assert noisy_or(of_arrays([q] * 4, diamond))[3] == pytest.approx(0.272518, abs=1e-6)
    assert cascade([q] * 4, diamond)[3] == pytest.approx(0.272387, abs=1e-6)
    ring = {(0, 1): w, (1, 2): w, (2, 0): w}
    assert noisy_or(of_arrays([q] * 3, ring)) == pytest.approx([0.238095] * 3, abs=1e-6)
    assert cascade([q] * 3, ring) == pytest.approx([0.23712] * 3, abs=1e-12)


@pytest.mark.parametrize(("p", "expected"), [(0.5, 0.5), (0.9, 0.97848)])
def test_bridge_network_in_closed_form_lies_within_the_sandwich(p: float, expected: float) -> None:
    ties = [(0, 1), (0, 2), (1, 2), (2, 1), (1, 3), (2, 3)]
    edges = dict.fromkeys(ties, p)
    seeds = [1 - 1e-12, 1e-12, 1e-12, 1e-12]
    # one undirected bridge or two directed ones: the chance to cross it is the same
    assert cascade(seeds, edges)[3] == pytest.approx(expected, abs=1e-9)
    net = of_arrays(seeds, edges)
    assert best_path(net)[0][3] <= expected <= echo_free(net)[3] + 1e-12


@settings(max_examples=60)
@given(nets())
def test_path_cascade_echo_free_noisy_or_are_in_order(world: tuple[list[float], Edges]) -> None:
    seeds, edges = world
    net, slack = of_arrays(seeds, edges), 1e-9
    exact = cascade(seeds, edges)
    assert np.all(best_path(net)[0] <= exact + slack)
    assert np.all(exact <= echo_free(net) + slack)
    assert np.all(echo_free(net) <= noisy_or(net) + slack)


@settings(max_examples=30)
@given(st.data())
def test_two_way_trees_are_exact(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 5))
    edges: Edges = {}
    for child in range(1, size):
        parent = data.draw(st.integers(0, child - 1))
        edges[parent, child] = data.draw(st.floats(0.05, 0.95))
        edges[child, parent] = data.draw(st.floats(0.05, 0.95))
    seeds = data.draw(st.lists(st.floats(0.001, 0.8), min_size=size, max_size=size))
    assert echo_free(of_arrays(seeds, edges)) == pytest.approx(cascade(seeds, edges), abs=1e-9)


@settings(max_examples=60)
@given(nets(most=12), st.randoms(use_true_random=False))
def test_relabelling_changes_nothing(world: tuple[list[float], Edges], random: object) -> None:
    seeds, edges = world
    new = list(range(len(seeds)))
    random.shuffle(new)  # type: ignore[attr-defined]
    moved = [0.0] * len(seeds)
    for old, number in enumerate(new):
        moved[number] = seeds[old]
    other = of_arrays(moved, {(new[a], new[b]): w for (a, b), w in edges.items()})
    assert echo_free(other)[new] == pytest.approx(echo_free(of_arrays(seeds, edges)), abs=1e-10)


@settings(max_examples=60)
@given(nets(most=12), st.data())
def test_more_risk_anywhere_lowers_nobody(
    world: tuple[list[float], Edges], data: st.DataObject
) -> None:
    seeds, edges = world
    before = echo_free(of_arrays(seeds, edges))
    worse = list(seeds)
    worse[data.draw(st.integers(0, len(seeds) - 1))] = 0.93
    assert np.all(echo_free(of_arrays(worse, edges)) >= before - 1e-10)
    fewer = dict(list(edges.items())[:-1])
    assert np.all(echo_free(of_arrays(seeds, fewer)) <= before + 1e-10)


def _logs(seeds: list[float], edges: Edges) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(seeds)))
    graph.add_weighted_edges_from((a, b, -np.log(w)) for (a, b), w in edges.items())
    graph.add_weighted_edges_from(("origin", n, -np.log(s)) for n, s in enumerate(seeds))
    return graph


@settings(max_examples=60)
@given(nets(most=12))
def test_best_path_agrees_with_dijkstra_and_predecessors_attain_it(
    world: tuple[list[float], Edges],
) -> None:
    seeds, edges = world
    strength, before = best_path(of_arrays(seeds, edges))
    length = nx.single_source_dijkstra_path_length(_logs(seeds, edges), "origin")
    assert strength == pytest.approx(
        [np.exp(-length[node]) for node in range(len(seeds))], rel=1e-12
    )
    for node, sender in enumerate(before):
        own = seeds[node] if sender < 0 else edges[int(sender), node] * strength[sender]
        assert own == strength[node]


@settings(max_examples=40)
@given(nets(most=12), st.data())
def test_raising_a_weight_lowers_nobody(
    net: tuple[list[float], Edges], data: st.DataObject
) -> None:
    seeds, edges = net
    if not edges:
        return
    before = echo_free(of_arrays(seeds, edges))
    tie = data.draw(st.sampled_from(sorted(edges)))
    worse = {**edges, tie: data.draw(st.floats(edges[tie], 0.95))}
    assert np.all(echo_free(of_arrays(seeds, worse)) >= before - 1e-10)


@settings(max_examples=30)
@given(nets(most=12), st.floats(0, 1))
def test_every_start_leads_to_the_one_fixed_point(
    net: tuple[list[float], Edges], level: float
) -> None:
    graph = of_arrays(*net)
    anywhere = messages(graph, start=np.full(len(graph.weight), level))
    assert anywhere == pytest.approx(messages(graph), abs=1e-9)


@pytest.mark.parametrize("size", [2, 3, 4, 6])
def test_a_ring_without_seeds_stays_within_what_the_floors_give(size: int) -> None:
    """A ring of guarantees in which nothing is wrong.

    Echoes between two are taken out, so that a mutual pair is exact.  What goes once round a longer
    ring is taken for news: the score is above the exact one by 1/(1 − wⁿ), and so below what an
    endless chain of floors would add up to, whatever the size.
    """
    weight, seeds = 0.6, [FLOOR] * size
    ring = {(n, (n + 1) % size): weight for n in range(size)}
    score, exact = echo_free(of_arrays(seeds, ring)), cascade(seeds, ring)
    too_much = 1.0 if size == 2 else 1 / (1 - weight**size)
    assert score / exact == pytest.approx([too_much] * size, rel=2e-3)
    assert np.all(score < FLOOR / (1 - weight))


def simulate(seeds: np.ndarray, edges: Edges, runs: int, chance: np.random.Generator) -> np.ndarray:
    """Which parties are down in each of so many cascades: [party, run]."""
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


@pytest.mark.parametrize(
    ("weight", "seeded", "bias"),
    [
        # far from a chain reaction, and far beyond it, the score is what simulation says
        (0.15, 6, 0.02),
        (0.8, 6, 0.02),
        # where a chain reaction just begins, all depends on the same few parties, and the score,
        # which takes its sources as independent, overstates most
        (0.3, 40, 0.05),
        (0.4, 6, 0.28),
    ],
)
def test_simulation_agrees_within_a_stated_bias(weight: float, seeded: int, bias: float) -> None:
    """600 parties, 900 two-way ties, 2,000 cascades, seed 20260401: mean of score over simulation."""
    chance = np.random.default_rng(20260401)
    size, runs = 600, 2_000
    ends = chance.integers(0, size, (900, 2)).tolist()
    edges = {way: weight for a, b in ends if a != b for way in ((a, b), (b, a))}
    seeds = np.full(size, FLOOR)
    seeds[chance.choice(size, seeded, replace=False)] = 0.6
    score = echo_free(of_arrays(seeds.tolist(), edges)).mean()
    down = simulate(seeds, edges, runs, chance)
    error = 3 * down.mean(axis=0).std() / np.sqrt(runs)
    assert -error <= score - down.mean() <= bias * down.mean() + error
