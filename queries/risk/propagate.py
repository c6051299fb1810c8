"""How distress travels: echo-free noisy-OR, plain noisy-OR, best path.  Clear numpy.

Echo-free noisy-OR counts for v what u would send if v were not there (cavity messages):

    m(u→v) = 1 − (1−s_u) ∏_{k≠v} (1 − w_ku · m(k→u))
    p_v    = 1 − (1−s_v) ∏_u     (1 − w_uv · m(u→v))

It is exact on trees.  On graphs with cycles the plain fixed point counts A→B→A echoes and
overstates two-way ties; on all graphs  best path ≤ true cascade ≤ echo-free ≤ plain noisy-OR.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queries.risk.weights import RiskGraph

__all__ = ["best_path", "echo_free", "messages", "noisy_or", "reverse_ties"]

Vector = NDArray[np.float64]

_TOLERANCE = 1e-12
_SWEEPS = 10_000


def messages(
    graph: RiskGraph, *, start: Vector | None = None, tolerance: float = _TOLERANCE
) -> Vector:
    """Fixed point of the messages, one a tie, in the graph's order.

    The floor makes it the only one, so that any `start` leads there: `None` begins with what each
    sender is by itself, and comes from below.
    """
    reverse = reverse_ties(graph)
    message = graph.own[graph.source] if start is None else start
    for _ in range(_SWEEPS):
        following = _told(graph, message, reverse)
        if np.max(np.abs(following - message), initial=0.0) <= tolerance:
            return following
        message = following
    raise ArithmeticError("the messages did not settle")


def _told(graph: RiskGraph, message: Vector, reverse: NDArray[np.int64]) -> Vector:
    """What is sent over every tie by those who have heard `message`."""
    quiet = np.log1p(-graph.weight * message)
    total = np.log1p(-graph.own) + _sum_by(graph.target, quiet, len(graph.own))
    # what the receiver itself had sent is taken out again; -1 = nothing came from there
    echo = np.where(reverse >= 0, quiet[reverse], 0.0)
    return np.asarray(-np.expm1(total[graph.source] - echo))


def echo_free(graph: RiskGraph, message: Vector | None = None) -> Vector:
    """Probability of distress of every party."""
    settled = messages(graph) if message is None else message
    quiet = np.log1p(-graph.weight * settled)
    return -np.expm1(np.log1p(-graph.own) + _sum_by(graph.target, quiet, len(graph.own)))


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


def reverse_ties(graph: RiskGraph) -> NDArray[np.int64]:
    """For each tie u→v the place of v→u, or -1."""
    count = len(graph.own)
    here = graph.target * count + graph.source
    back = graph.source * count + graph.target
    place = np.searchsorted(here, back)
    place = np.minimum(place, max(len(here) - 1, 0))
    found = here[place] == back if len(here) else np.zeros(0, bool)
    return np.where(found, place, -1)


def _sum_by(target: NDArray[np.int64], values: Vector, count: int) -> Vector:
    return np.asarray(np.bincount(target, weights=values, minlength=count), dtype=np.float64)
