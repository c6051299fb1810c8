"""The indicators of an edition, as the file has them.

Source: 城市信用状况监测预警指标 (2020); `indicators.yaml` says what of it is at hand and what is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import ClassVar

from pydantic import Field, model_validator

from queries.city_monitoring.figures import FIGURES
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["CityEdition", "Group", "Indicator", "Level", "city_edition"]


class Level(Strict):
    """A first level with its points."""

    title: str
    points: int = Field(gt=0)


class Group(Level):
    """A second level with its points."""

    level: str


class Indicator(Strict):
    """A third level, of which the name alone is known.

    Attributes:
        figures: what is counted of it here; none: it is marked by hand.
    """

    id: str
    title: str
    group: str
    figures: tuple[str, ...] = ()


class CityEdition(RuleFile):
    """All of `indicators.yaml`.

    Attributes:
        third_level: how many indicators the edition has; those that are not named here are not known.
    """

    FILE: ClassVar[str] = "indicators"

    title: str
    document: str
    begins: date = Field(alias="from")
    third_level: int
    levels: Mapping[str, Level]
    groups: Mapping[str, Group]
    indicators: tuple[Indicator, ...]
    marks: Mapping[str, str]

    @model_validator(mode="after")
    def _adds_up(self) -> CityEdition:
        if sum(item.points for item in self.levels.values()) != 100:
            raise ValueError("the first levels come to 100 points")
        for code, level in self.levels.items():
            own = sum(item.points for item in self.groups.values() if item.level == code)
            if own != level.points:
                raise ValueError(f"{code}: its groups come to {own} points")
        ids = [item.id for item in self.indicators]
        if len({*ids}) < len(ids) or len(ids) > self.third_level:
            raise ValueError("two indicators of one id, or more than there are")
        for item in self.indicators:
            if item.group not in self.groups or {*item.figures} - {*FIGURES}:
                raise ValueError(f"{item.id}: no such group or figure")
        told = [code for item in self.indicators for code in item.figures]
        if sorted(told) != sorted(FIGURES):
            raise ValueError("every figure stands with one indicator")
        return self

    @property
    def by_id(self) -> Mapping[str, Indicator]:
        """Indicators by id."""
        return {item.id: item for item in self.indicators}


@cache
def city_edition() -> CityEdition:
    """The edition as it stands in the file; raises pydantic's `ValidationError`."""
    return read_rules(CityEdition)
