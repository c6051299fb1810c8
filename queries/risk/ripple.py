"""What a small change of weights or own facts does to the messages, followed only as far as it goes.

The messages have one fixed point, so any start leads to it; from the old one, only parties that a
change reaches are looked at.  Where a change reaches too many, everybody is swept over instead.
Scores come within some 1e-10 of a full run: what is cut off at each tie fades as it travels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.risk.propagate import messages, reverse_ties
from queries.risk.weights import RiskGraph

__all__ = ["Outgoing", "Ripple", "outgoing", "ripple", "scores_at"]

Vector = NDArray[np.float64]

_TOLERANCE = 1e-11


@dataclass(frozen=True, eq=False)
class Outgoing:
    """Ties by sender, and back: those of party u are `ties[start[u]:start[u + 1]]`.

    Attributes:
        back: for each tie u→v the place of v→u, or -1.
    """

    start: NDArray[np.int64]
    ties: NDArray[np.int64]
    back: NDArray[np.int64]

    def of(self, party: int) -> NDArray[np.int64]:
        """Ties out of a party."""
        return self.ties[self.start[party] : self.start[party + 1]]


@dataclass(frozen=True, eq=False)
class Ripple:
    """New messages, and the parties at which anything changed."""

    message: Vector
    touched: NDArray[np.int64]


def outgoing(graph: RiskGraph) -> Outgoing:
    """Order the ties of a graph by their sender."""
    ties = np.argsort(graph.source, kind="stable")
    counts = np.bincount(graph.source, minlength=len(graph.own))
    return Outgoing(np.concatenate([[0], np.cumsum(counts)]), ties, reverse_ties(graph))


def ripple(
    graph: RiskGraph,
    message: NDArray[np.floating],
    changed: NDArray[np.int64],
    out: Outgoing,
    *,
    tolerance: float = _TOLERANCE,
    most: int = 1_000_000,
) -> Ripple:
    """Messages of `graph`, from those of a graph that differs only at the parties `changed`.

    Args:
        graph: with the new weights and own probabilities.
        message: of the old graph, same ties.
        changed: parties whose own probability, or the weight of a tie into them, is another.
        tolerance: a smaller change of a message is not followed; no finer than `message` itself.
        most: parties looked at before all are swept over.
    """
    settled = message.astype(np.float64)
    waiting, touched, looked = changed, [changed], 0
    while len(waiting):
        looked += len(waiting)
        if looked > most:
            settled = messages(graph, start=settled)
            moved = np.abs(settled - message) > tolerance
            touched.append(graph.target[moved])
            break
        ties, told = _tells(graph, settled, waiting, out)
        moves = np.abs(told - settled[ties]) > tolerance
        settled[ties[moves]] = told[moves]
        waiting = np.unique(graph.target[ties[moves]])
        touched.append(waiting)
    return Ripple(settled, np.unique(np.concatenate(touched)).astype(np.int64))


def _tells(
    graph: RiskGraph, message: Vector, parties: NDArray[np.int64], out: Outgoing
) -> tuple[NDArray[np.int64], Vector]:
    """Ties out of the parties, and what is sent over each: all that is heard but from there."""
    total = _silence(graph, message, parties)
    place, sends = _ranges(out.start[parties], out.start[parties + 1])
    ties = out.ties[place]
    back = out.back[ties]
    echo = np.where(back >= 0, _quiet(graph, message, back), 0.0)
    return ties, np.asarray(-np.expm1(total[sends] - echo))


def scores_at(
    graph: RiskGraph, message: NDArray[np.floating], parties: NDArray[np.int64]
) -> Vector:
    """Probability of distress of some parties, from all messages."""
    return np.asarray(-np.expm1(_silence(graph, message, parties)))


def _silence(graph: RiskGraph, message: NDArray[np.floating], parties: NDArray[np.int64]) -> Vector:
    """Logarithm of the chance that parties are neither in distress themselves nor hear of any."""
    # of the array's own type: another one would have the whole array converted first
    typed = parties.astype(graph.target.dtype)
    first = np.searchsorted(graph.target, typed)
    last = np.searchsorted(graph.target, typed, side="right")
    heard, hears = _ranges(first, last)
    own = np.log1p(-graph.own[parties].astype(np.float64))
    quiet = _quiet(graph, message, heard)
    return np.asarray(own + np.bincount(hears, weights=quiet, minlength=len(parties)))


def _quiet(graph: RiskGraph, message: NDArray[np.floating], ties: NDArray[np.int64]) -> Vector:
    """Logarithm of the chance that nothing comes over each tie."""
    return np.asarray(np.log1p(-graph.weight[ties].astype(np.float64) * message[ties]))


def _ranges(
    first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All places of the half-open ranges one after the other, and the range of each place."""
    lengths = last - first
    which = np.repeat(np.arange(len(first)), lengths)
    begins = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) - begins[which] + first[which], which
