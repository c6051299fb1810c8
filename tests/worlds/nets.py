"""Risk graphs from plain numbers, and the exact answer over all worlds of a small one."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from queries.risk.own_facts import OwnFact
from queries.risk.weights import RiskGraph

Edges = dict[tuple[int, int], float]

#: Own probability of a party without any fact, as the policy has it.
FLOOR = 0.0005


def of_arrays(seeds: list[float], edges: Edges) -> RiskGraph:
    """A risk graph from (source, target) -> weight; above the floor stands an own fact."""
    order = sorted(edges, key=lambda edge: (edge[1], edge[0]))
    ends = np.array(order, dtype=np.int64).reshape(-1, 2)
    weight = np.array([edges[edge] for edge in order], dtype=np.float64)
    facts = {
        party: (OwnFact("loss", seed, "五级分类 损失", {}),)
        for party, seed in enumerate(seeds)
        if seed > FLOOR
    }
    return RiskGraph(np.array(seeds), ends[:, 0], ends[:, 1], weight, ((),) * len(order), facts, {})


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
def nets(
    draw: st.DrawFn, parties: int = 5, most: int = 8, seedless: bool = False
) -> tuple[list[float], Edges]:
    """Seeds and edges; with `seedless`, some parties have no fact of their own."""
    size = draw(st.integers(2, parties))
    own = st.floats(0.001, 0.9)
    seed = st.one_of(st.just(FLOOR), own) if seedless else own
    seeds = draw(st.lists(seed, min_size=size, max_size=size))
    pairs = [(a, b) for a in range(size) for b in range(size) if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=most, unique=True))
    return seeds, {pair: draw(st.floats(0.01, 0.95)) for pair in chosen}
