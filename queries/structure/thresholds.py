"""What share makes a controller or a beneficial owner: data with its legal ground and its dates."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal

from pydantic import Field

from graph.errors import NotFoundError
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["BeneficialOwnerRule", "Threshold", "Thresholds", "load_thresholds"]

#: Shares are computed to within this; a share this near the threshold is on the threshold.
TOLERANCE = 1e-9


class Threshold(Strict):
    """A share that must be passed (`>`) or reached (`>=`)."""

    ratio: float = Field(gt=0, lt=1)
    operator: Literal[">", ">="]
    basis: str

    def holds(self, share: float) -> bool:
        """Whether a share (0 to 1) passes; exactly on the threshold only `>=` does."""
        if abs(share - self.ratio) <= TOLERANCE:
            return self.operator == ">="
        return share > self.ratio


class ControlThreshold(Threshold):
    """When a holder decides alone; `votes` is the ground for leaving a firm's own shares out."""

    votes: str


class BeneficialOwnerRule(Threshold):
    """One regulation's standard, from the day it is in force."""

    name: str
    in_force_from: date


class Rounding(Strict):
    """By how much registered ratios may sum to more than one."""

    value: float = Field(ge=0, lt=0.01)
    reason: str


class Thresholds(RuleFile):
    """All of `ownership.yaml`."""

    FILE = "ownership"

    rounding_ratio: Rounding
    control: ControlThreshold
    beneficial_owner: tuple[BeneficialOwnerRule, ...]

    def rule(self, as_of: date, name: str | None = None) -> BeneficialOwnerRule:
        """The latest rule in force on a day, or the named one.

        Raises `NotFoundError` where none was in force yet.
        """
        in_force = [
            item
            for item in self.beneficial_owner
            if item.in_force_from <= as_of and name in (None, item.name)
        ]
        if not in_force:
            raise NotFoundError(
                f"{as_of} 还没有施行受益所有人标准{name or ''}。可用的有："
                f"{'、'.join(f'{r.name}（{r.in_force_from} 起）' for r in self.beneficial_owner)}。",
                f"No beneficial-owner rule {name or ''} was in force on {as_of}.",
                code="rule_not_in_force",
            )
        return max(in_force, key=lambda item: item.in_force_from)


@cache
def load_thresholds() -> Thresholds:
    """The thresholds that ship with this version."""
    return read_rules(Thresholds)
