"""The coins of a risk graph as whole numbers, ready for both kernels: once for a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from queries.risk.cascade.sampled import Net, Sampled, count_reached, net_of
from queries.risk.coins import Words, thresholds
from queries.risk.weights import RiskGraph

__all__ = ["SAMPLES", "Throws"]

#: Worlds of a run over everybody; the standard error is 0.8 points at one half, 0.16 at 0.01.
SAMPLES = 4096


@dataclass(frozen=True, eq=False)
class Throws:
    """A risk graph as coins.

    Attributes:
        coin, seed: of every party; `seed` is the threshold of its own facts.
        into: where the ties into a party begin, one more than parties.
        source, weight: of the ties in the graph's order; `weight` as a threshold.
    """

    graph: RiskGraph
    coin: Words
    seed: NDArray[np.uint32]
    into: NDArray[np.int64]
    source: NDArray[np.int64]
    weight: NDArray[np.uint32]

    @classmethod
    def of(cls, graph: RiskGraph) -> Throws:
        """Those of a graph."""
        count = len(graph.own)
        coins = np.arange(count, dtype=np.uint64) if graph.coins is None else graph.coins
        into = np.concatenate(([0], np.cumsum(np.bincount(graph.target, minlength=count))))
        return cls(
            graph,
            coins,
            thresholds(graph.own),
            into.astype(np.int64),
            graph.source,
            thresholds(graph.weight),
        )

    @cached_property
    def net(self) -> Net:
        """The same by sender."""
        return net_of(self.coin, self.seed, self.source, self.graph.target, self.weight)

    def count(self, worlds: int = SAMPLES, *, threads: int | None = None) -> Sampled:
        """In how many worlds everybody is reached."""
        return count_reached(self.net, worlds, threads=threads)
