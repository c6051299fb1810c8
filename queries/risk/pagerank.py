"""In which order to look: where attention that is released at the problem parties comes to rest.

    x = (1−a)·s + a·W·x        W: column u spreads what u holds over its ties, by weight

The result is a rank and never a probability: out-normalisation makes a guarantor of one borrower
look as exposed whether it guarantees 1 % or 100 % of what it owns.  It orders a review queue; it
judges nobody.  Page, Brin, Motwani, Winograd 1999; Langville and Meyer, Deeper Inside PageRank
(2004); the variant that loses what nobody passes on is that of Neo4j GDS `pageRank`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.snapshot import Snapshot
from queries.risk.weights import RiskGraph

__all__ = ["Place", "pagerank", "review_order"]

Vector = NDArray[np.float64]

_DAMPING = 0.70
_TOLERANCE = 1e-10
_SWEEPS = 10_000


@dataclass(frozen=True)
class Place:
    """A place in a queue: the first is 1, and equals share a place.  It says no more than that."""

    place: int
    party: str
    name: str | None


def pagerank(
    spread: sparse.csr_array,
    start: Vector,
    *,
    damping: float = _DAMPING,
    restart_dangling: bool = False,
    tolerance: float = _TOLERANCE,
    sweeps: int = _SWEEPS,
) -> Vector:
    """Attention at rest at each party, in the unit of `start`.

    Args:
        spread: [receiver, sender] = weight, any scale; columns are normalised here.
        start: what is released at each party.
        damping: share that is passed on at each step, in [0, 1).
        restart_dangling: what parties without ties would pass on starts again (else it is lost).
        tolerance: stop once the remaining change is certainly below it, in the 1-norm.
        sweeps: at most so many; `sweeps=k` gives the series up to k steps.
    """
    passed_on = np.asarray(spread.sum(axis=0)).ravel()
    scale = np.divide(1.0, passed_on, out=np.zeros_like(passed_on), where=passed_on > 0)
    step = sparse.csr_array(spread.multiply(scale[np.newaxis, :]))
    stuck = passed_on == 0
    released = (1 - damping) * start
    shares = start / start.sum()
    x = released
    for _ in range(sweeps):
        back = shares * x[stuck].sum() if restart_dangling else 0.0
        following = released + damping * (step @ x + back)
        # ‖aW‖₁ ≤ a: what is still to come is at most a/(1−a) of the last change
        remaining = np.abs(following - x).sum() * damping / (1 - damping)
        x = following
        if remaining <= tolerance:
            break
    return np.asarray(x, dtype=np.float64)


def review_order(snapshot: Snapshot, graph: RiskGraph, *, count: int = 100) -> tuple[Place, ...]:
    """The first `count` parties that attention reaches from those with adverse facts of their own.

    Parties that nothing reaches are not in the queue.
    """
    size = len(graph.own)
    if not graph.own_facts:
        return ()
    start = np.zeros(size)
    sources = np.array(sorted(graph.own_facts), dtype=np.int64)
    start[sources] = graph.own[sources]
    spread = sparse.csr_array((graph.weight, (graph.target, graph.source)), shape=(size, size))
    # rounded, so that equals are equal whatever the order of the sums was
    held = np.round(pagerank(spread, start), 9)
    first = np.lexsort((np.arange(size), -held))[:count]
    queue = first[held[first] > 0]
    places = np.searchsorted(-held[queue], -held[queue]) + 1
    return tuple(
        Place(int(place), snapshot.keys[int(party)].as_py(), snapshot.name(int(party)))
        for place, party in zip(places, queue, strict=True)
    )
