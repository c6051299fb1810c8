"""What the cascade comes to for everybody, and the strongest single path to each party.

The cascade is sampled (`queries.risk.cascade`): the same bits on any machine, whatever the number
of threads.  Paths of small graphs take the clear way, which needs no compiler.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.risk import bounds
from queries.risk.cascade.sampled import Sampled
from queries.risk.cascade.throws import SAMPLES, Throws
from queries.risk.weights import RiskGraph

__all__ = ["KERNELS_FROM", "Propagation", "paths_of", "propagate"]

#: From how many ties on the kernel of paths is faster, loading what was compiled before included.
KERNELS_FROM = 50_000


@dataclass(frozen=True, eq=False)
class Propagation:
    """Arrays over the parties of a `RiskGraph`.

    Attributes:
        throws: the graph as coins; what explains a party looks into the same worlds.
        sampled: in how many worlds each party begins by its own facts, and is reached at all.
        strongest, before: the best single path to every party, and the party before it (−1:
            its own fact).
        incremental: brought up to date from the outcome before a batch, not worked out anew.
    """

    throws: Throws
    sampled: Sampled
    strongest: NDArray[np.float64]
    before: NDArray[np.int64]
    incremental: bool = False


def propagate(
    graph: RiskGraph, *, kernels_from: int = KERNELS_FROM, worlds: int = SAMPLES
) -> Propagation:
    """Throw all coins once for everybody."""
    throws = Throws.of(graph)
    return Propagation(throws, throws.count(worlds), *paths_of(graph, kernels_from=kernels_from))


def paths_of(
    graph: RiskGraph, *, kernels_from: int = KERNELS_FROM
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The strongest single path to everybody, and the party before each."""
    if len(graph.weight) < kernels_from:
        return bounds.best_path(graph)
    # the compiler is loaded only where it is used
    from queries.risk.kernels.blocks import make_blocks
    from queries.risk.kernels.paths import strongest_paths

    blocks = make_blocks(graph.source, graph.target, graph.weight, len(graph.own), dtype=np.float64)
    return strongest_paths(blocks, graph.own)
