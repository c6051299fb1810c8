"""Risk graphs from plain numbers, and the exact answer over all worlds of a small one."""

from __future__ import annotations

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
    """Exact probabilities by writing out every world of edges; slow and clear, but for arrays.

    `reach[a, b]` says in which of the worlds b can be reached from a (Warshall's closure).
    """
    size, count = len(seeds), len(edges)
    holds = np.arange(2**count)[None, :] >> np.arange(count)[:, None] & 1 == 1
    chance = np.ones(2**count)
    reach = np.zeros((size, size, 2**count), bool)
    for tie, ((sender, receiver), weight) in enumerate(edges.items()):
        chance *= np.where(holds[tie], weight, 1 - weight)
        reach[sender, receiver] |= holds[tie]
    for party in range(size):
        reach[party, party] = True
    for middle in range(size):
        reach |= reach[:, middle, None] & reach[None, middle]
    quiet = np.prod(np.where(reach, 1 - np.array(seeds)[:, None, None], 1.0), axis=0)
    return np.asarray((1 - quiet) @ chance)


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
