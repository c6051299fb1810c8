"""What a small change of weights or own facts does to the messages, followed only as far as it goes.

The messages have one fixed point, so any start leads to it; from the old one, only parties that a
change reaches are looked at.  Where a change reaches too many, everybody is swept over instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.risk.paths import ties_into
from queries.risk.propagate import messages
from queries.risk.weights import RiskGraph

__all__ = ["Outgoing", "Ripple", "outgoing", "ripple"]

Vector = NDArray[np.float64]

_TOLERANCE = 1e-13


@dataclass(frozen=True, eq=False)
class Outgoing:
    """Ties by sender: those of party u are `ties[start[u]:start[u + 1]]`."""

    start: NDArray[np.int64]
    ties: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ripple:
    """New messages, and the parties at which anything changed."""

    message: Vector
    touched: NDArray[np.int64]


def outgoing(graph: RiskGraph) -> Outgoing:
    """Order the ties of a graph by their sender."""
    ties = np.argsort(graph.source, kind="stable")
    counts = np.bincount(graph.source, minlength=len(graph.own))
    return Outgoing(np.concatenate([[0], np.cumsum(counts)]), ties)


def ripple(
    graph: RiskGraph,
    message: NDArray[np.floating],
    changed: NDArray[np.int64],
    out: Outgoing,
    *,
    most: int = 100_000,
) -> Ripple:
    """Messages of `graph`, from those of a graph that differs only at the parties `changed`.

    Args:
        graph: with the new weights and own probabilities.
        message: of the old graph, same ties.
        changed: parties whose own probability, or the weight of a tie into them, is another.
        most: parties looked at before all are swept over.
    """
    # messages in float32 are no more exact than that: smaller changes are not changes
    tolerance = max(_TOLERANCE, 8 * float(np.finfo(message.dtype).eps))
    settled = message.astype(np.float64)
    touched: set[int] = set(changed.tolist())
    waiting, looked = sorted(touched), 0
    while waiting:
        looked += len(waiting)
        if looked > most:
            swept = messages(graph, start=settled)
            moved = np.abs(swept - message) > tolerance
            return Ripple(swept, np.union1d(changed, graph.target[moved]).astype(np.int64))
        reached: set[int] = set()
        for party in waiting:
            ties = out.ties[out.start[party] : out.start[party + 1]]
            told = _tells(graph, settled, party, graph.target[ties])
            moves = np.abs(told - settled[ties]) > tolerance
            settled[ties[moves]] = told[moves]
            reached.update(graph.target[ties[moves]].tolist())
        touched |= reached
        waiting = sorted(reached)
    return Ripple(settled, np.array(sorted(touched), dtype=np.int64))


def _tells(graph: RiskGraph, message: Vector, party: int, receivers: NDArray[np.integer]) -> Vector:
    """What a party sends to each receiver: all that it hears, but from that receiver."""
    first, last = ties_into(graph, party)
    quiet = np.log1p(-graph.weight[first:last].astype(np.float64) * message[first:last])
    total = np.log1p(-float(graph.own[party])) + quiet.sum()
    senders = graph.source[first:last]
    place = np.minimum(np.searchsorted(senders, receivers), max(len(senders) - 1, 0))
    if len(senders) == 0:
        return np.full(len(receivers), -np.expm1(total))
    echo = np.where(senders[place] == receivers, quiet[place], 0.0)
    return np.asarray(-np.expm1(total - echo))
