"""Propagation against closed forms, full enumeration, networkx, and its own symmetries."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.risk.propagate import best_path, echo_free, noisy_or
from queries.risk.weights import RiskGraph

Edges = dict[tuple[int, int], float]


def of_arrays(seeds: list[float], edges: Edges) -> RiskGraph:
    """A risk graph from plain numbers: (source, target) -> weight."""
    order = sorted(edges, key=lambda edge: (edge[1], edge[0]))
    ends = np.array(order, dtype=np.int64).reshape(-1, 2)
    weight = np.array([edges[edge] for edge in order], dtype=np.float64)
    return RiskGraph(np.array(seeds), ends[:, 0], ends[:, 1], weight, ((),) * len(order), {}, {})


def cascade(seeds: list[float], edges: Edges) -> np.ndarray:
    """Exact probabilities by enumerating every world of edges."""
    size, items = len(seeds), list(edges.items())
    total = np.zeros(size)
    for coins in itertools.product((False, True), repeat=len(items)):
        chance = float(
            np.prod([w if on else 1 - w for on, (_, w) in zip(coins, items, strict=True)])
        )
        world = nx.DiGraph()
        world.add_nodes_from(range(size))
        world.add_edges_from(edge for on, (edge, _) in zip(coins, items, strict=True) if on)
        for node in range(size):
            senders = nx.ancestors(world, node) | {node}
            total[node] += chance * (1 - np.prod([1 - seeds[sender] for sender in senders]))
    return total


@st.composite
def worlds(draw: st.DrawFn, most: int = 8) -> tuple[list[float], Edges]:
    size = draw(st.integers(2, 5))
    chance = st.floats(0.01, 0.95)
    seeds = draw(st.lists(st.floats(0.0005, 0.9), min_size=size, max_size=size))
    pairs = [(a, b) for a in range(size) for b in range(size) if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=most, unique=True))
    return seeds, {pair: draw(chance) for pair in chosen}


def test_published_numbers_with_all_own_risks_one_fifth() -> None:
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


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_path_cascade_echo_free_noisy_or_are_in_order(world: tuple[list[float], Edges]) -> None:
    seeds, edges = world
    net, slack = of_arrays(seeds, edges), 1e-9
    exact = cascade(seeds, edges)
    assert np.all(best_path(net)[0] <= exact + slack)
    assert np.all(exact <= echo_free(net) + slack)
    assert np.all(echo_free(net) <= noisy_or(net) + slack)


@settings(max_examples=30, deadline=None)
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


@settings(max_examples=60, deadline=None)
@given(worlds(12), st.randoms(use_true_random=False))
def test_relabelling_changes_nothing(world: tuple[list[float], Edges], random: object) -> None:
    seeds, edges = world
    new = list(range(len(seeds)))
    random.shuffle(new)  # type: ignore[attr-defined]
    moved = [0.0] * len(seeds)
    for old, number in enumerate(new):
        moved[number] = seeds[old]
    other = of_arrays(moved, {(new[a], new[b]): w for (a, b), w in edges.items()})
    assert echo_free(other)[new] == pytest.approx(echo_free(of_arrays(seeds, edges)), abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(worlds(12), st.data())
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


@settings(max_examples=60, deadline=None)
@given(worlds(12))
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
