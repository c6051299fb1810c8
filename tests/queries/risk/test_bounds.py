"""What lies below and above the cascade, against closed forms, all worlds and networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from breadth import examples
from hypothesis import given, settings
from nets import Edges, cascade, nets, of_arrays

from queries.risk.bounds import best_path, noisy_or


def test_published_numbers_with_all_own_risks_one_fifth() -> None:
    """Noisy-OR of VulnDS (Cheng et al., arXiv 1912.12383) with q = w = 0.2, by hand."""
    q, w = 0.2, 0.2
    chain = of_arrays([q] * 3, {(0, 1): w, (1, 2): w})
    assert noisy_or(chain) == pytest.approx([0.2, 0.232, 0.23712], abs=1e-9)
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
    assert best_path(net)[0][3] <= expected <= noisy_or(net)[3] + 1e-12


@settings(max_examples=examples(60))
@given(nets())
def test_path_cascade_and_noisy_or_are_in_order(world: tuple[list[float], Edges]) -> None:
    seeds, edges = world
    net, slack = of_arrays(seeds, edges), 1e-9
    exact = cascade(seeds, edges)
    assert np.all(best_path(net)[0] <= exact + slack)
    assert np.all(exact <= noisy_or(net) + slack)


def _logs(seeds: list[float], edges: Edges) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(seeds)))
    graph.add_weighted_edges_from((a, b, -np.log(w)) for (a, b), w in edges.items())
    graph.add_weighted_edges_from(("origin", n, -np.log(s)) for n, s in enumerate(seeds))
    return graph


@settings(max_examples=examples(60))
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
