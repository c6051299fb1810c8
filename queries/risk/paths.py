"""The strongest loop-free ways in which distress reaches a party, best first.

A way begins at a party with an adverse fact of its own and ends at the party that is asked about;
its probability is what that fact brings, times the weights of its ties.  Ways that bring no more
than the floor, which everybody has without any tie, are no explanation and are left out.

A* from the party backwards.  How strongly the end of a partial way can at best be reached is known
exactly (`strongest`, from the propagation), so that hardly anything is looked at in vain: finished
ways come off the heap in their order.  On a path graph this is Yen's answer (1971) at less cost.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.risk.weights import RiskGraph

__all__ = ["Found", "Way", "strongest_ways", "ties_into"]

#: Kernels may hold `strongest` in float32: a bound that is a rounding too low would lose a way.
_SLACK = 1 + 1e-6


@dataclass(frozen=True)
class Way:
    """Ties from the origin to the party, in the order in which distress travels."""

    probability: float
    ties: tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """The best ways; `truncated` when the search ended before it was sure of all of them."""

    ways: tuple[Way, ...]
    truncated: bool


def strongest_ways(
    graph: RiskGraph,
    strongest: NDArray[np.floating],
    party: int,
    *,
    floor: float,
    count: int = 5,
    budget: int = 2_000,
) -> Found:
    """The `count` best ways to a party.

    Args:
        strongest: probability of the best single path to each party (`best_path`), or above it.
        floor: ways must bring more than this.
        budget: partial ways to look at; a way costs some µs.
    """
    search = _Search(graph, strongest, floor)
    search.branch(_Partial(1.0, (party,), ()), 0)
    ways: list[Way] = []
    looked = 0
    while search.heap and len(ways) < count:
        if looked == budget:
            return Found(tuple(ways), truncated=True)
        looked += 1
        way = search.step()
        if way is not None:
            ways.append(way)
    return Found(tuple(ways), truncated=False)


def ties_into(graph: RiskGraph, party: int) -> tuple[int, int]:
    """The range of the ties that reach a party."""
    # of the array's own type: another one would have the whole array converted first
    ends = np.array([party, party + 1], dtype=graph.target.dtype)
    first, last = np.searchsorted(graph.target, ends).tolist()
    return first, last


@dataclass(frozen=True)
class _Partial:
    """The end of a way: parties and ties from the asked party backwards."""

    passed: float
    parties: tuple[int, ...]
    ties: tuple[int, ...]


class _Search:
    """A heap of finished ways and of places to go on from.

    Of the ties into a party only the best one that is not yet tried stands on the heap, so that a
    hub with ten thousand ties costs one sort and not ten thousand entries.
    """

    def __init__(self, graph: RiskGraph, strongest: NDArray[np.floating], floor: float) -> None:
        self.graph, self.strongest, self.floor = graph, strongest, floor
        # bound, then the order of discovery, which is the same on every run
        self.heap: list[tuple[float, int, _Partial, int]] = []
        self._pushed = 0
        self._senders: dict[int, tuple[list[int], list[int], list[float]]] = {}

    def branch(self, end: _Partial, place: int) -> None:
        """Queue the best tie into the end, from `place` on, that makes no loop."""
        _, senders, bounds = self._into(end.parties[-1])
        while place < len(senders) and senders[place] in end.parties:
            place += 1
        if place < len(senders):
            self._push(end.passed * bounds[place] * _SLACK, end, place)

    def step(self) -> Way | None:
        """Take the most promising entry; a way when it is a finished one."""
        _, _, end, place = heapq.heappop(self.heap)
        if place < 0:
            return Way(end.passed, end.ties[::-1])
        ties, senders, _ = self._into(end.parties[-1])
        tie, sender = ties[place], senders[place]
        onward = _Partial(
            end.passed * float(self.graph.weight[tie]),
            (*end.parties, sender),
            (*end.ties, tie),
        )
        self.branch(end, place + 1)
        self.branch(onward, 0)
        if sender in self.graph.own_facts:
            whole = onward.passed * float(self.graph.own[sender])
            self._push(whole, _Partial(whole, onward.parties, onward.ties), -1)
        return None

    def _push(self, bound: float, end: _Partial, place: int) -> None:
        if bound > self.floor:
            self._pushed += 1
            heapq.heappush(self.heap, (-bound, self._pushed, end, place))

    def _into(self, party: int) -> tuple[list[int], list[int], list[float]]:
        """Ties into a party, their senders, and the most that each can bring; best first."""
        known = self._senders.get(party)
        if known is None:
            first, last = ties_into(self.graph, party)
            ties = np.arange(first, last)
            senders = self.graph.source[first:last]
            bounds = self.graph.weight[first:last].astype(float) * self.strongest[senders]
            order = np.lexsort((senders, -bounds))
            known = ties[order].tolist(), senders[order].tolist(), bounds[order].tolist()
            self._senders[party] = known
        return known
