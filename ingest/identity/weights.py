"""What a finding weighs, as two chances: m among the same, u among strangers; log2(m/u) are its bits.

The policy's bits stand for themselves.  What a file teaches may move them, never turn them, and only
so far: the estimates take the findings of a pair to be independent, and families of one name in one
village are not; the policy's figures are damped for that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ingest.identity.levels import LEVELS, Level
from ingest.identity.policy import IdentityPolicy

__all__ = ["Weights", "by_policy", "findings_compared", "taught"]

#: Finding -> (m, u).
Weights = dict[str, tuple[float, float]]

_LEAST_CHANCE = 1e-5  # twenty of the random pairs; what is rarer is not known from them
_MOST_MOVED = 2.0  # bits


def findings_compared() -> dict[str, Level]:
    """Finding -> its level, without the levels that compare nothing."""
    return {level.finding: level for levels in LEVELS.values() for level in levels if level.finding}


def by_policy(policy: IdentityPolicy) -> Weights:
    """The policy's weights; 1:1 where it is silent.

    Of what weighs by frequency u is the least share that counts: `most` is the cap.
    """
    found = {}
    for finding in findings_compared():
        stated = policy.findings.get(finding)
        if stated and stated.agree and stated.most:
            found[finding] = (stated.agree, stated.agree / 2.0**stated.most)
        else:
            found[finding] = _chances((stated and stated.bits) or 0.0)
    return found


def taught(stated: Weights, seen: Mapping[str, tuple[float, float]]) -> Weights:
    """The stated weights, moved to what a file has seen as far as that can be known from it."""
    levels = findings_compared()
    moved = dict(stated)
    for finding, (m, u) in seen.items():
        policy = math.log2(stated[finding][0] / stated[finding][1])
        if levels[finding].frequency:  # the u of a value is its own share; the policy's most stays
            if m >= _LEAST_CHANCE:
                moved[finding] = (round(m, 6), round(m, 6) / 2.0**policy)
        elif min(m, u) >= _LEAST_CHANCE:
            bits = math.log2(m / u)
            if bits * policy >= 0:
                near = min(max(bits, policy - _MOST_MOVED), policy + _MOST_MOVED)
                moved[finding] = _chances(round(near, 2))
    return moved


def _chances(bits: float) -> tuple[float, float]:
    return min(1.0, 2.0**bits) / 2, min(1.0, 2.0**-bits) / 2
