"""Bounds of the cascade, in clear numpy: the best single path below it, plain noisy-OR above.

Plain noisy-OR is the fixed point of  p_v = 1 − (1−s_v) ∏_u (1 − w_uv · p_u)  and counts what comes
home over A→B→A as news.  On all graphs  best path ≤ cascade ≤ noisy-OR.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queries.risk.weights import RiskGraph

__all__ = ["best_path", "noisy_or"]

Vector = NDArray[np.float64]

_TOLERANCE = 1e-12
_SWEEPS = 10_000


def noisy_or(graph: RiskGraph, *, tolerance: float = _TOLERANCE) -> Vector:
    """Plain noisy-OR fixed point: an upper bound, not the score."""
    p = graph.own.copy()
    for _ in range(_SWEEPS):
        quiet = np.log1p(-graph.weight * p[graph.source])
        following = -np.expm1(np.log1p(-graph.own) + _sum_by(graph.target, quiet, len(p)))
        if np.max(np.abs(following - p), initial=0.0) <= tolerance:
            return following
        p = following
    raise ArithmeticError("the fixed point did not settle")


def best_path(graph: RiskGraph) -> tuple[Vector, NDArray[np.int64]]:
    """Strongest single path to every party, and the party before it (-1 = its own fact).

    A lower bound of the score, and its explanation.  Of equal paths the smallest sender wins.
    """
    value = graph.own.copy()
    for _ in range(len(value) + 1):
        offered = value.copy()
        np.maximum.at(offered, graph.target, graph.weight * value[graph.source])
        if np.array_equal(offered, value):
            break
        value = offered
    before = np.full(len(value), -1, dtype=np.int64)
    passed = graph.weight * value[graph.source]
    carries = (passed == value[graph.target]) & (value[graph.target] > graph.own[graph.target])
    for tie in np.flatnonzero(carries)[::-1]:
        before[graph.target[tie]] = graph.source[tie]
    return value, before


def _sum_by(target: NDArray[np.int64], values: Vector, count: int) -> Vector:
    return np.asarray(np.bincount(target, weights=values, minlength=count), dtype=np.float64)
