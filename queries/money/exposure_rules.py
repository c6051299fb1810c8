"""Limits on large exposures and what makes clients connected: data with clause."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, Literal

from pydantic import Field

from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["ExposureRules", "Limit", "load_exposure_rules"]

#: Of what a limit is a part: net tier-1 capital (一级资本净额), or net capital (资本净额).
Capital = Literal["tier1", "capital"]


class CapitalShare(Strict):
    """A part of an institution's capital, with its clause."""

    ratio: float = Field(gt=0)
    of: Capital
    basis: str


class Limit(CapitalShare):
    """An upper limit; it is kept at the limit itself and broken above it."""

    name: str
    title: str
    applies_to: tuple[Literal["single", "group", "interbank"], ...]


class Measure(Strict):
    """From which ratio on one client depends on another."""

    ratio: float = Field(gt=0)
    basis: str


class Dependence(Strict):
    """Economic dependence (经济依存)."""

    looked_at: CapitalShare
    sales: Measure
    guarantee: Measure


class Control(Strict):
    """Grounds of a group by control; the threshold of votes is that of `ownership.yaml`."""

    basis: str
    operator: str


class ExposureRules(RuleFile):
    """All of `exposures.yaml`."""

    FILE: ClassVar[str] = "exposures"

    large: CapitalShare
    limits: tuple[Limit, ...]
    dependence: Dependence
    control: Control


@cache
def load_exposure_rules() -> ExposureRules:
    """The rules that ship with this version."""
    return read_rules(ExposureRules)
