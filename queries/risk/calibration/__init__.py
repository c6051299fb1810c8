"""A risk policy held against what happened, and fitted to it: before it, no value is a probability.

The log knows what was known when.  A policy foretells a year from what was known before it began,
and what came is read as it is known today.
"""

from __future__ import annotations

from queries.risk.calibration.judged import Judged
from queries.risk.calibration.publish import (
    ProposedPolicy,
    approve_policy,
    policy_in_force,
    propose_policy,
)
from queries.risk.calibration.report import Calibration, calibrate

__all__ = [
    "Calibration",
    "Judged",
    "ProposedPolicy",
    "approve_policy",
    "calibrate",
    "policy_in_force",
    "propose_policy",
]
