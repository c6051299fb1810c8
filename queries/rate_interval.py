"""A share of cases with the interval in which the rate lies, in 95 of a hundred such samples.

One home for whoever counts few cases and must not say more than they say: bands of the scorecard,
calibration of the risk policy.
"""

from __future__ import annotations

from typing import Literal

__all__ = ["rate_interval"]


def rate_interval(
    cases: int, of: int, *, method: Literal["wilson", "exact"] = "exact"
) -> tuple[float, float]:
    """The least and the greatest rate that `cases` of `of` are compatible with.

    Args:
        method: `exact` is Clopper-Pearson (never too narrow), `wilson` the score interval (right on
            the average).

    Of nobody anything may be true: (0, 1).
    """
    from scipy.stats import binomtest

    if not of:
        return 0.0, 1.0
    told = binomtest(int(cases), int(of)).proportion_ci(method=method)
    return float(told.low), float(told.high)
