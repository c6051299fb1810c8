"""How distress spreads: three answers that enclose the truth, and the paths that explain it.

For every party, whatever the network:

    best path  <=  probability of a cascade  <=  echo-free  <=  plain noisy-OR

Plain noisy-OR (VulnDS, Cheng et al., TKDE 2023) lets distress echo between two parties that are
tied both ways and overstates; the echo-free form sends each neighbour a message that leaves out
what came from that neighbour, and is exact on trees.  All are float64 and run to a tolerance; a
faster kernel is measured against these.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.risk.weights import Floats, Ints, Network

__all__ = ["BestPaths", "Path", "Spread", "best_paths", "echo_free", "noisy_or", "top_paths"]

TOLERANCE = 1e-13
MAX_SWEEPS = 10_000


@dataclass(frozen=True, eq=False)
class Spread:
    """A fixed point.

    Attributes:
        score: probability of distress, one entry a party.
        message: what each edge's source tells its target, one entry an edge.
        sweeps, residual: how long it took, and the last change of any message.
    """

    score: Floats
    message: Floats
    sweeps: int
    residual: float


def echo_free(network: Network, tolerance: float = TOLERANCE) -> Spread:
    """m(u->v) = 1-(1-s_u) prod_{k!=v} (1 - w_ku m(k->u)); p_v = 1-(1-s_v) prod_u (1 - w m)."""
    return _fixed_point(network, _reverse(network), tolerance)


def noisy_or(network: Network, tolerance: float = TOLERANCE) -> Spread:
    """p_v = 1-(1-s_v) prod_u (1 - w_uv p_u), echoes included."""
    return _fixed_point(network, np.full(len(network.source), -1, dtype=np.int64), tolerance)


def _fixed_point(network: Network, reverse: Ints, tolerance: float) -> Spread:
    """Least fixed point, from below; `reverse` is the edge to leave out, -1 for none.

    Works on logarithms of survival: leaving a factor out is a subtraction.
    """
    size, own = len(network), np.log1p(-network.seeds)
    message = network.seeds[network.source]
    echo = np.flatnonzero(reverse >= 0)
    change, sweep = np.inf, 0
    while change > tolerance and sweep < MAX_SWEEPS:
        sweep += 1
        spared = np.log1p(-network.weight * message)
        survival = own + np.bincount(network.target, weights=spared, minlength=size)
        told = survival[network.source]
        told[echo] -= spared[reverse[echo]]
        renewed = -np.expm1(told)
        change = float(np.max(np.abs(renewed - message), initial=0.0))
        message = renewed
    spared = np.log1p(-network.weight * message)
    survival = own + np.bincount(network.target, weights=spared, minlength=size)
    return Spread(-np.expm1(survival), message, sweep, change)


def _reverse(network: Network) -> Ints:
    """For each edge u->v the edge v->u, or -1."""
    size = np.int64(max(len(network), 1))
    forward = network.target * size + network.source
    backward = network.source * size + network.target
    if not len(forward):
        return np.zeros(0, dtype=np.int64)
    where = np.minimum(np.searchsorted(forward, backward), len(forward) - 1)
    return np.where(forward[where] == backward, where, -1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class BestPaths:
    """Strength of the best path into each party and the party before it (-1: its own seed)."""

    strength: Floats
    before: Ints


def best_paths(network: Network, seeds: Floats | None = None) -> BestPaths:
    """p_v = max(s_v, max_u w_uv p_u); of equals, the own seed, then the lowest number wins."""
    own = network.seeds if seeds is None else seeds
    strength = own.copy()
    before = np.full(len(own), -1, dtype=np.int64)
    if not len(network.source):
        return BestPaths(strength, before)
    targets, start = np.unique(network.target, return_index=True)
    while True:
        offered = network.weight * strength[network.source]
        renewed = strength.copy()
        renewed[targets] = np.maximum(own[targets], np.maximum.reduceat(offered, start))
        if np.array_equal(renewed, strength):
            break
        strength = renewed
    attains: NDArray[np.bool_] = (offered == strength[network.target]) & (
        offered > own[network.target]
    )
    hits = np.flatnonzero(attains)[::-1]  # edges are sorted by source: the lowest is written last
    before[network.target[hits]] = network.source[hits]
    return BestPaths(strength, before)


@dataclass(frozen=True)
class Path:
    """A way of distress: parties from the origin to the one asked about; its strength."""

    parties: tuple[int, ...]
    strength: float


def top_paths(
    network: Network, seeds: Floats, target: int, k: int, *, budget: int = 100_000
) -> tuple[tuple[Path, ...], bool]:
    """The k strongest loop-free paths of one hop or more, strongest first.

    A* backwards from the target.  The strength of the best path into a party bounds every
    continuation from it, so that a finished path that leaves the queue is the best one left.
    `seeds` are those of possible origins, 0 elsewhere.  The flag says that `budget` cut the search.
    """
    bound = best_paths(network, seeds).strength
    # an entry: -bound, finished first, path from the target backwards, strength of its weights
    queue: list[tuple[float, int, tuple[int, ...], float]] = [(-bound[target], 1, (target,), 1.0)]
    found: list[Path] = []
    for _ in range(budget):
        if not queue or len(found) == k:
            return tuple(found), False
        value, unfinished, way, along = heapq.heappop(queue)
        if not unfinished:
            found.append(Path(way[::-1], -value))
            continue
        here = way[-1]
        if len(way) > 1 and seeds[here] > 0:
            heapq.heappush(queue, (-along * seeds[here], 0, way, along))
        begin, end = np.searchsorted(network.target, [here, here + 1])
        for edge in range(begin, end):
            there = int(network.source[edge])
            further = along * float(network.weight[edge])
            if there not in way and bound[there] > 0:
                heapq.heappush(queue, (-further * bound[there], 1, (*way, there), further))
    return tuple(found), bool(queue) and len(found) < k
