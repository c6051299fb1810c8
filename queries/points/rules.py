"""What gives how many points: configurations with their days, each value with its source.

A value that no law, rule or notice was found to name is None: it is shown and scores nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from graph.schema import SCHEMA
from graph.schema.public_record import LEVELS
from graph.time import MAX_DATE
from queries.lawful import regimes
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["ConferredBy", "Configuration", "NegativeRule", "PointRules", "Value", "load_points"]

Sure = Literal["found", "known_high", "unsure"]
Level = Literal[
    "national", "provincial", "municipal", "county", "town", "village", "unit", "association"
]


class Value(Strict):
    """So many points, by which source; None: not found, and not scored."""

    points: float | None
    source: str
    sure: Sure

    @model_validator(mode="after")
    def _is_known(self) -> Value:
        if self.points is not None and self.sure == "unsure":
            raise ValueError(f"a value that is not sure scores nothing: {self.source}")
        return self


class NegativeRule(Value):
    """What a record lowers.

    Attributes:
        kind: of adverse record.  gravity: where somebody classed it so; None: however it is classed.
    """

    id: str
    title: str
    kind: str
    gravity: Literal["minor", "ordinary", "serious", "special_field"] | None = None

    def fits(self, kind: str, gravity: str | None) -> bool:
        """Whether it is about such a record."""
        return self.kind == kind and self.gravity in (None, gravity)


class ConferredBy(Strict):
    """Which level an honour is of that such an authority confers."""

    id: str
    title: str
    says: str
    unless: str
    level: Level
    source: str
    sure: Literal["found", "known_high"]

    @field_validator("says", "unless")
    @classmethod
    def _is_pattern(cls, text: str) -> str:
        re.compile(text)
        return text

    def fits(self, authority: str) -> bool:
        """Whether an authority of this name is such a one."""
        return (
            re.search(self.says, authority) is not None
            and re.search(self.unless, authority) is None
        )


class Configuration(Strict):
    """The points of one class of subjects from one day to another.

    Attributes:
        labels: which parties may take part.
        begins, ends: first and last day; None: open.
        base: what everybody has who takes part.
    """

    id: str
    title: str
    subject: Literal["organisation", "person"]
    labels: tuple[str, ...]
    begins: date = Field(alias="from")
    ends: date | None = Field(alias="until")
    base: Value
    honours: Mapping[Level, Value]
    negatives: tuple[NegativeRule, ...]

    @model_validator(mode="after")
    def _whole(self) -> Configuration:
        if {*self.honours} != {*LEVELS}:
            raise ValueError(f"{self.id}: one value for each level of {sorted(LEVELS)}")
        if any((value.points or 1) <= 0 for value in self.honours.values()):
            raise ValueError(f"{self.id}: an honour raises")
        for line in self.negatives:
            if line.kind not in regimes().records or (line.points or -1) >= 0:
                raise ValueError(f"{self.id}.{line.id}: lowers by a record of the catalogue")
        if {*self.labels} - {*SCHEMA.nodes} or (self.ends or MAX_DATE) < self.begins:
            raise ValueError(f"{self.id}: labels of the schema, and days in order")
        return self

    def in_force(self, day: date) -> bool:
        """Whether it counts on a day."""
        return self.begins <= day <= (self.ends or MAX_DATE)

    def lowers(self, kind: str, gravity: str | None) -> NegativeRule | None:
        """The line that is about a record; None: none is."""
        return next((line for line in self.negatives if line.fits(kind, gravity)), None)


class PointRules(RuleFile):
    """All of `points.yaml`."""

    FILE: ClassVar[str] = "points"

    conferred_by: tuple[ConferredBy, ...]
    configurations: tuple[Configuration, ...]

    @model_validator(mode="after")
    def _one_at_a_time(self) -> PointRules:
        for one, other in pairwise(
            sorted(self.configurations, key=lambda item: (item.subject, item.begins))
        ):
            if one.subject == other.subject and other.begins <= (one.ends or MAX_DATE):
                raise ValueError(f"{one.id} and {other.id} are in force on the same day")
        return self

    def of(self, label: str, day: date) -> Configuration | None:
        """That of a kind of party on a day; None where there is none."""
        return next(
            (item for item in self.configurations if label in item.labels and item.in_force(day)),
            None,
        )

    def level_of(self, stated: str, authority: str | None) -> tuple[str, ConferredBy | None]:
        """Of which level an honour counts, and by which line; None: as the paper states it."""
        line = next((item for item in self.conferred_by if item.fits(authority or "")), None)
        return (line.level, line) if line else (stated, None)


@cache
def load_points() -> PointRules:
    """The configurations that ship with this version; raises pydantic's `ValidationError`."""
    return read_rules(PointRules)
