"""The strongest ways against the GDS manual, networkx' Yen, and full enumeration."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from breadth import examples
from gds import GdsPage, gds_page
from hypothesis import given, settings
from nets import FLOOR, Edges, nets, of_arrays

from queries.risk.bounds import best_path
from queries.risk.paths import Found, strongest_ways
from queries.risk.weights import RiskGraph

#: A cost of the manual becomes a weight whose logarithm it is.
_UNIT = 200.0


def ways(graph: RiskGraph, party: int, count: int, budget: int = 10_000) -> Found:
    strongest, _ = best_path(graph)
    return strongest_ways(graph, strongest, party, floor=FLOOR, count=count, budget=budget)


def parties_of(graph: RiskGraph, ties: tuple[int, ...]) -> list[int]:
    return [int(graph.source[ties[0]]), *(int(graph.target[tie]) for tie in ties)]


def costed(page: GdsPage, origin: str) -> RiskGraph:
    """One origin that is as good as certain; whoever it reaches has no fact of its own."""
    seeds = [FLOOR] * len(page.names)
    seeds[page.names.index(origin)] = 1 - 1e-12
    return of_arrays(seeds, {tie: math.exp(-cost / _UNIT) for tie, cost in page.ties.items()})


@pytest.mark.parametrize(
    ("name", "having", "expected"),
    [
        ("yens", "yens.stream", 3),
        ("dijkstra-source-target", "targetNodes: [targetD,targetF]", 2),
        ("dijkstra-single-source", "dijkstra.stream", 5),
        ("delta-single-source", "delta.stream", 5),
        ("astar", "astar.stream", 1),
    ],
)
def test_gds_manual_paths(shared_data: Path, name: str, having: str, expected: int) -> None:
    """GDS manual, the pages on shortest paths: cost and nodes of every printed path."""
    page = gds_page(shared_data, name)
    rows = [row for row in page.rows(having=having) if row[1] != row[2]]
    assert len(rows) == expected
    for target, printed in itertools.groupby(rows, key=lambda row: row[2]):
        told = [(row[3], row[4]) for row in printed]
        graph = costed(page, rows[0][1])
        found = ways(graph, page.names.index(target), 20)
        assert not found.truncated
        costs = [-_UNIT * math.log(way.probability) for way in found.ways]
        assert costs[: len(told)] == pytest.approx([cost for cost, _ in told], abs=1e-6)
        # of paths that cost the same the manual prints one, and we may say another first
        names = [tuple(page.names[n] for n in parties_of(graph, way.ties)) for way in found.ways]
        cost_of = dict(zip(names, costs, strict=True))
        assert [cost_of[tuple(nodes)] for _, nodes in told] == pytest.approx(costs[: len(told)])


def test_gds_manual_all_pairs(shared_data: Path) -> None:
    """GDS manual, all-pairs-shortest-path.adoc: undirected roads."""
    page = gds_page(shared_data, "all-pairs-shortest-path")
    both = {**page.ties, **{(b, a): cost for (a, b), cost in page.ties.items()}}
    roads = GdsPage(page.names, both, page.examples)
    rows = page.rows(having="allShortestPaths.stream")
    assert len(rows) == 10
    for source, target, cost in rows:
        strongest, _ = best_path(costed(roads, source))
        reached = strongest[page.names.index(target)]
        assert -_UNIT * math.log(reached) == pytest.approx(cost, abs=1e-6)


@settings(max_examples=examples(150))
@given(nets(parties=6, most=18, seedless=True))
def test_equal_to_enumeration_of_all_loop_free_paths(net: tuple[list[float], Edges]) -> None:
    seeds, edges = net
    graph = of_arrays(seeds, edges)
    world = nx.DiGraph(list(edges))
    world.add_nodes_from(range(len(seeds)))
    for party in range(len(seeds)):
        expected = {}
        for origin in graph.own_facts:
            for path in nx.all_simple_paths(world, origin, party) if origin != party else ():
                strength = seeds[origin] * math.prod(
                    edges[step] for step in itertools.pairwise(path)
                )
                if strength > FLOOR * (1 + 1e-9):
                    expected[tuple(path)] = strength
        found = ways(graph, party, len(expected) + 1)
        told = {tuple(parties_of(graph, way.ties)): way.probability for way in found.ways}
        assert told == pytest.approx(expected) and not found.truncated
        strengths = [way.probability for way in found.ways]
        assert strengths == sorted(strengths, reverse=True)
        # fewer asked for are the first of them
        assert ways(graph, party, 2).ways == found.ways[:2]


@settings(max_examples=examples(40))
@given(nets(parties=6, most=18, seedless=True))
def test_equal_to_yen(net: tuple[list[float], Edges]) -> None:
    """networkx.shortest_simple_paths is Yen's algorithm (1971), from one origin of all origins."""
    seeds, edges = net
    graph = of_arrays(seeds, edges)
    world = nx.DiGraph()
    world.add_nodes_from([*range(len(seeds)), "origin"])
    world.add_weighted_edges_from((a, b, -math.log(w)) for (a, b), w in edges.items())
    party = len(seeds) - 1
    starts = [n for n in graph.own_facts if n != party]
    world.add_weighted_edges_from(("origin", n, -math.log(seeds[n])) for n in starts)
    if not nx.has_path(world, "origin", party):
        return
    found = ways(graph, party, 4)
    yen = itertools.islice(nx.shortest_simple_paths(world, "origin", party, weight="weight"), 4)
    lengths = [nx.path_weight(world, path, "weight") for path in yen]
    strengths = [math.exp(-length) for length in lengths if math.exp(-length) > FLOOR * (1 + 1e-9)]
    assert [way.probability for way in found.ways] == pytest.approx(strengths)


@settings(max_examples=examples(40))
@given(nets(parties=6, most=18, seedless=True))
def test_rounded_bounds_find_the_same(net: tuple[list[float], Edges]) -> None:
    """Kernels hold `strongest` in float32: the ways and their strength stay what they are."""
    graph = of_arrays(*net)
    exact, _ = best_path(graph)
    for party in range(len(net[0])):
        rounded = strongest_ways(graph, exact.astype(np.float32), party, floor=FLOOR, count=3)
        assert [way.probability for way in rounded.ways] == pytest.approx(
            [way.probability for way in ways(graph, party, 3).ways], rel=1e-12
        )


def complete(size: int) -> RiskGraph:
    edges = {(a, b): 0.9 for a in range(size) for b in range(size) if a != b}
    return of_arrays([0.6, *[FLOOR] * (size - 1)], edges)


def test_the_budget_ends_the_search_and_says_so() -> None:
    graph = complete(9)
    cut = ways(graph, 8, 500, budget=40)
    assert cut.truncated and 0 < len(cut.ways) < 40
    assert cut.ways == ways(graph, 8, 500, budget=100_000).ways[: len(cut.ways)]


def test_equal_ways_stand_in_the_same_order_every_time() -> None:
    first, second = (ways(complete(7), 6, 50) for _ in range(2))
    assert repr(first) == repr(second)
    assert len({way.ties for way in first.ways}) == 50


def test_a_hub_costs_one_sort() -> None:
    """Ten thousand ties into one party: the best five are found in a dozen looks."""
    size = 10_001
    edges = {(n, 0): 0.1 + 0.8 * n / size for n in range(1, size)}
    graph = of_arrays([FLOOR, *[0.5] * (size - 1)], edges)
    found = ways(graph, 0, 5, budget=12)
    assert not found.truncated
    assert [parties_of(graph, way.ties)[0] for way in found.ways] == list(
        range(size - 1, size - 6, -1)
    )
