"""Random weighted graphs as arrays, and the same graph under other numbers."""

from __future__ import annotations

import numpy as np

from queries.risk.weights import RiskGraph


def risk_graph(
    seed: int, parties: int, ties: int, *, two_way: float = 0.6, most: float = 0.9
) -> RiskGraph:
    """`ties` random pairs, a share of them two-way; a tenth of the parties adverse."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, parties, (2, ties))
    back = rng.random(ties) < two_way
    source, target = np.concatenate((a, b[back])), np.concatenate((b, a[back]))
    pair = np.unique((target * parties + source)[source != target])
    own = np.where(rng.random(parties) < 0.1, rng.uniform(0.1, 0.9, parties), 0.0005)
    weight = rng.uniform(0.01, most, len(pair))
    return RiskGraph(own, pair % parties, pair // parties, weight, ((),) * len(pair), {}, {})


def renumbered(graph: RiskGraph, number: np.ndarray, parties: int) -> RiskGraph:
    """Party `i` becomes `number[i]` of `parties`; those in between have no ties."""
    own = np.full(parties, 0.0005)
    own[number] = graph.own
    source, target = number[graph.source], number[graph.target]
    order = np.lexsort((source, target))
    return RiskGraph(own, source[order], target[order], graph.weight[order], graph.strands, {}, {})
