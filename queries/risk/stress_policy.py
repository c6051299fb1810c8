"""What a stress scenario assumes: data under version control, each line with its reason."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from pydantic import Field

from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["StressPolicy", "load_stress_policy"]


class _Line(Strict):
    reason: str


class _Share(_Line):
    value: float = Field(ge=0, le=1)


class DistressRules(Strict):
    """Of `queries.risk.stress.distress_stress`."""

    loss_given_failure: _Share
    unknown: _Line


class ClearingRules(Strict):
    """Of `queries.risk.stress.clearing_stress`."""

    guarantees_called: _Line
    keep_external: _Share
    keep_claims: _Share
    unknown: _Line


class StressPolicy(RuleFile):
    """Assumptions of both scenarios."""

    FILE: ClassVar[str] = "stress"

    distress: DistressRules
    clearing: ClearingRules


@cache
def load_stress_policy() -> StressPolicy:
    """The assumptions that ship with this version."""
    return read_rules(StressPolicy)
