"""What propagation comes to for everybody, by the clear way or the fast one.

Both give the same answer (within 1e-7 of a score; paths bit for bit).  Small graphs take the clear
way: a district's first run then does not wait for sweeps to be compiled, nor for the compiler to
be loaded, which take longer than the whole computation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.risk import propagate
from queries.risk.weights import RiskGraph

__all__ = ["KERNELS_FROM", "Outcome", "outcome_of"]

#: From how many ties on the kernels are faster, loading what was compiled before included.
KERNELS_FROM = 50_000


@dataclass(frozen=True, eq=False)
class Outcome:
    """Arrays over the ties and parties of a `RiskGraph`.

    Attributes:
        message: m(u→v) of every tie; the loads −ln(1 − weight · message) of the ties into a party
            and its own sum to the load of its `score`.
        strongest, before: the best single path to every party, and the party before it (−1:
            its own fact).
        mended: brought up to date from the outcome before a batch, not worked out anew.
        unsaid: of a mended one, what each party has heard and not passed on
            (`queries.risk.kernels.mend`).
    """

    message: NDArray[np.float64]
    score: NDArray[np.float64]
    strongest: NDArray[np.float64]
    before: NDArray[np.int64]
    mended: bool = False
    unsaid: NDArray[np.float64] | None = None


def outcome_of(graph: RiskGraph, *, kernels_from: int = KERNELS_FROM) -> Outcome:
    """Propagate over everybody once."""
    if len(graph.weight) < kernels_from:
        message = propagate.messages(graph)
        return Outcome(message, propagate.echo_free(graph, message), *propagate.best_path(graph))
    # the compiler is loaded only where it is used
    from queries.risk.kernels.blocks import make_blocks
    from queries.risk.kernels.messages import scores, settle
    from queries.risk.kernels.paths import strongest_paths

    count = len(graph.own)
    blocks = make_blocks(graph.source, graph.target, graph.weight, count, dtype=np.float64)
    passed = settle(blocks, graph.own).passed
    score = scores(graph.target, passed, blocks.place, graph.own)
    return Outcome(passed[blocks.place] / graph.weight, score, *strongest_paths(blocks, graph.own))
