"""What counts as default, and how much must be known before anything is said of a policy."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from pydantic import Field

from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["CalibrationRules", "load_rules"]


class Default(Strict):
    """When a debtor is in default."""

    reason: str
    seeds: tuple[str, ...]
    classes: tuple[str, ...]
    overdue_days_over: int = Field(gt=0)
    matured_days_over: int = Field(ge=0)
    repayment_codes: str
    repayment_reason: str


class FactColumn(Strict):
    """How near the end somebody must have spoken of a loan for its silence to mean something."""

    within_days: int = Field(gt=0)
    reason: str


class Least(Strict):
    """How many there must be."""

    defaults_to_measure: int = Field(gt=0)
    defaults_to_fit: int = Field(gt=0)
    defaults_of_a_parameter: int = Field(gt=0)
    parties_of_a_group: int = Field(gt=0)
    reason: str


class Spread(Strict):
    """How far a fitted value is expected from the present one, in standard deviations of the
    scale on which it is fitted; `bound` of them at the most."""

    logit: float = Field(gt=0)
    base: float = Field(gt=0)
    log: float = Field(gt=0)
    bound: float = Field(gt=0)
    reason: str

    def of(self, parameter: str) -> float:
        """That of a parameter, by its name."""
        if parameter.endswith("_days"):
            return self.log
        return self.base if parameter.startswith("base.") else self.logit


class CalibrationRules(RuleFile):
    """Rules by which a policy is held against what happened."""

    FILE: ClassVar[str] = "rules"

    horizon_months: int = Field(gt=0)
    default: Default
    told: FactColumn
    least: Least
    spread: Spread


@cache
def load_rules() -> CalibrationRules:
    """The rules that ship with this version."""
    return read_rules(CalibrationRules)
