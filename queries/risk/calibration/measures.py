"""How well chances foretold what came: telling apart, being right on the average, standing still.

Each is a function of chances (0 to 1) and outcomes (whether it came), and equals what scikit-learn
computes, where that has it.  Intervals are at 95 %; they take debtors as independent, so that where
one failure drew others along the truth is less sure than they say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import computed_field

from queries.rate_interval import rate_interval

__all__ = ["Bin", "Discrimination", "brier", "curve", "discrimination", "gain", "log_loss", "psi",
           "reliability", "separation"]  # fmt: skip

Chances = NDArray[np.float64]
Outcomes = NDArray[np.bool_]

_Z = 1.959964  # of the normal distribution, two-sided 95 %


@dataclass(frozen=True)
class Discrimination:
    """The chance that of two debtors the one that failed had the greater chance foretold (AUC)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Bin:
    """Debtors of like chance: what was foretold of them on the average, and what came.

    Attributes:
        low, high: of the observed share, exact (Clopper-Pearson).
    """

    parties: int
    defaults: int
    foretold: float
    observed: float
    low: float
    high: float

    @computed_field
    @property
    def agrees(self) -> bool:
        """Whether what was foretold lies within the interval of what came."""
        return self.low <= self.foretold <= self.high


def discrimination(chances: Chances, outcomes: Outcomes) -> Discrimination:
    """AUC, ties counted half, with DeLong's interval (1988).

    Raises `ValueError` unless some failed and some did not.
    """
    of_failed, of_others = _placements(chances, outcomes)
    value = float(of_failed.mean())
    reach = _Z * _error(of_failed, of_others)
    return Discrimination(value, max(0.0, value - reach), min(1.0, value + reach))


def gain(chances: Chances, before: Chances, outcomes: Outcomes) -> Discrimination:
    """By how much the AUC of `chances` is above that of `before`, of the same debtors."""
    after, first = _placements(chances, outcomes), _placements(before, outcomes)
    of_failed, of_others = after[0] - first[0], after[1] - first[1]
    value = float(of_failed.mean())
    reach = _Z * _error(of_failed, of_others)
    return Discrimination(value, value - reach, value + reach)


def _placements(chances: Chances, outcomes: Outcomes) -> tuple[Chances, Chances]:
    """Of each that failed the share of others below it, of each other the share of failed above."""
    from scipy.stats import rankdata

    failed, others = int(outcomes.sum()), int((~outcomes).sum())
    if not failed or not others:
        raise ValueError("some must have failed, and some not")
    rank = rankdata(chances)
    of_failed = (rank[outcomes] - rankdata(chances[outcomes])) / others
    of_others = 1 - (rank[~outcomes] - rankdata(chances[~outcomes])) / failed
    return of_failed, of_others


def _error(of_failed: Chances, of_others: Chances) -> float:
    variances = [float(np.var(x, ddof=1)) / len(x) if len(x) > 1 else 0.25
                 for x in (of_failed, of_others)]  # fmt: skip
    return float(np.sqrt(sum(variances)))


def curve(chances: Chances, outcomes: Outcomes) -> list[tuple[float, float]]:
    """Points of the ROC curve from (0, 0) to (1, 1): share of others, share of failed, that lie
    at or above a chance, one point a distinct chance."""
    order = np.argsort(-chances, kind="stable")
    falls = np.append(np.flatnonzero(np.diff(chances[order])), len(order) - 1)
    failed = np.cumsum(outcomes[order])[falls] / max(1, int(outcomes.sum()))
    others = np.cumsum(~outcomes[order])[falls] / max(1, int((~outcomes).sum()))
    return [(0.0, 0.0), *zip(others.tolist(), failed.tolist(), strict=True)]


def separation(chances: Chances, outcomes: Outcomes) -> float:
    """KS: the greatest distance of the two distributions of chances."""
    return float(max(failed - others for others, failed in curve(chances, outcomes)))


def brier(chances: Chances, outcomes: Outcomes) -> float:
    """Mean squared distance of the chance from what came (0 or 1)."""
    return float(np.mean((chances - outcomes) ** 2))


def log_loss(chances: Chances, outcomes: Outcomes) -> float:
    """Mean of the negative logarithm of the chance given to what came."""
    given = np.where(outcomes, chances, 1 - chances)
    return float(-np.mean(np.log(np.clip(given, 1e-15, 1))))


def reliability(chances: Chances, outcomes: Outcomes, bins: int = 10) -> tuple[Bin, ...]:
    """Debtors in up to `bins` parts of rising chance, equal in size as far as like ones stay
    together: most debtors have no record at all, and are one part."""
    return tuple(_bin(chances[part], outcomes[part]) for part in _parts(chances, bins))


def _parts(chances: Chances, bins: int) -> list[NDArray[np.int64]]:
    order = np.argsort(chances, kind="stable")
    values, first = np.unique(chances[order], return_index=True)
    ends = np.append(first[1:], len(order))
    parts: list[NDArray[np.int64]] = []
    begin = 0
    for place in range(len(values)):
        left = max(1, bins - len(parts))
        if ends[place] - begin >= (len(order) - begin) / left or place == len(values) - 1:
            parts.append(order[begin : ends[place]])
            begin = int(ends[place])
    return parts


def _bin(chances: Chances, outcomes: Outcomes) -> Bin:
    failed = int(outcomes.sum())
    low, high = rate_interval(failed, len(outcomes))
    return Bin(
        len(outcomes), failed, float(chances.mean()), failed / len(outcomes), low, high
    )  # fmt: skip


def psi(before: Chances, after: Chances, bins: int = 10) -> float:
    """Population stability: Σ (a − b) ln(a / b) over parts of `before`, half a debtor added to each.

    Under 0.1 the debtors are as they were, from 0.25 on they are others.
    """
    parts = _parts(before, bins)
    edges = [float(before[part].max()) for part in parts[:-1]]
    counts = [np.bincount(np.searchsorted(edges, x, side="left"), minlength=len(parts)) + 0.5
              for x in (before, after)]  # fmt: skip
    old, new = (count / count.sum() for count in counts)
    return float(np.sum((new - old) * np.log(new / old)))
