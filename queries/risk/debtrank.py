"""How much of every buffer is gone when some parties fail: DebtRank, on exposures in money.

Λ[i, j] = what i loses when j is lost, as a share of i's buffer; h = share of each buffer that is
gone, 1 = all of it.

- `linear_debtrank` (Bardoscia, Battiston, Caccioli, Caldarelli 2015, doi 10.1371/journal.pone.0130406):
  the least fixed point of  h = min(1, h₁ + Λ·h).  Distress goes round circles as long as it is felt.
- `debtrank_2012` (Battiston, Puliga, Kaushik, Tasca, Caldarelli 2012, doi 10.1038/srep00541): every
  party passes distress on once.  Kept for comparison: what it leaves out depends on the order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

__all__ = ["Distress", "debtrank_2012", "linear_debtrank"]

Vector = NDArray[np.float64]

_SWEEPS = 200_000


@dataclass(frozen=True, eq=False)
class Distress:
    """Share of each buffer that is gone; a measure of money lost, not a probability.

    Attributes:
        share: in [0, 1], one entry a party, reached from below.
        gap: the truth is at most so much above `share`, at any party.
    """

    share: Vector
    gap: float
    sweeps: int


def linear_debtrank(
    exposure: sparse.csr_array, shock: Vector, *, tolerance: float = 1e-10
) -> Distress:
    """Least fixed point of h = min(1, shock + exposure·h), certified within `tolerance`.

    Where the spectral radius is near one, sweeps move ever less long before they arrive: a stop
    at a small step leaves distress out (up to 0.014 with the published rule at radius 0.997).
    So the sweep runs twice: from below, and down from all that the shock can touch; where both
    meet is the answer, whatever the radius.

    Args:
        exposure: Λ, [i, j] ≥ 0, without a unit.
        shock: share of each buffer that is gone at the start, in [0, 1].

    Raises `ArithmeticError` when the two do not meet.
    """
    low = shock.copy()
    high = np.where(_touched(exposure, shock), 1.0, 0.0)
    for sweep in range(1, _SWEEPS + 1):
        low = np.minimum(1.0, shock + exposure @ low)
        high = np.minimum(1.0, shock + exposure @ high)
        gap = float(np.max(high - low, initial=0.0))
        if gap <= tolerance:
            return Distress(low, max(gap, 0.0), sweep)
    raise ArithmeticError(f"distress from below and from above do not meet: {gap:.2g} apart")


def debtrank_2012(exposure: sparse.csr_array, shock: Vector) -> Vector:
    """Share of each buffer that is gone when every party passes its distress on only once."""
    once = exposure.minimum(1.0)
    h = shock.copy()
    passing = shock > 0
    done = np.zeros(len(h), dtype=bool)
    while passing.any():
        h = np.minimum(1.0, h + once @ np.where(passing, h, 0.0))
        done |= passing
        passing = (h > 0) & ~done
    return np.asarray(h)


def _touched(exposure: sparse.csr_array, shock: Vector) -> NDArray[np.bool_]:
    """Whom distress can reach at all: on them the fixed point is unique, the radius there is < 1
    wherever a buffer remains."""
    size = len(shock)
    hit = np.flatnonzero(shock > 0)
    # one extra node that points at every shocked party: a search from there finds all the others
    rows = np.concatenate([exposure.indices, np.full(len(hit), size)])
    counts = np.diff(exposure.indptr)
    columns = np.concatenate([np.repeat(np.arange(size), counts), hit])
    carries = np.concatenate([exposure.data > 0, np.ones(len(hit), dtype=bool)])
    reach = sparse.csr_array(
        (np.ones(int(carries.sum())), (rows[carries], columns[carries])), shape=(size + 1, size + 1)
    )
    found = csgraph.breadth_first_order(reach, size, return_predecessors=False)
    touched = np.zeros(size + 1, dtype=bool)
    touched[found] = True
    return touched[:size]
