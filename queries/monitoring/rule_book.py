"""The rules of sector monitoring as data: what raises a warning, why we may look, since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from graph.schema import SCHEMA
from queries.rule_file import RuleFile, Strict, read_rules
from queries.structure.limits import load_limits

__all__ = ["GradeKind", "MonitoringRule", "RuleBook", "Section", "load_monitoring"]


class MonitoringRule(Strict):
    """One rule.

    Attributes:
        looks_at: the mechanism that finds its events.
        raised_by, ground: what raises it, and the clause or reason why we may look.
        in_force_from, in_force_to: days on which an event counts; both inclusive.
        kinds, grades, limits: of which records, grades and limits.
    """

    title: str
    looks_at: Literal["records", "ties", "grades", "loans", "guarantees"]
    raised_by: str
    ground: str
    in_force_from: date
    in_force_to: date | None = None
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


class GradeKind(Strict):
    """A grade that an authority gives: the kind of its records, and the tie from a party to them.

    Attributes:
        grade: the property that says it.
        by: the property by which the later of two is known: a year, or a day.
        apart: properties of which another value is another grade, and no change of this one.
        not_where: property -> codes with which a grade that changed raises nothing.
    """

    title: str
    kind: str
    tie: str
    grade: str
    by: str
    apart: tuple[str, ...] = ()
    not_where: Mapping[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _of_the_schema(self) -> GradeKind:
        for name in (self.grade, self.by, *self.apart):
            SCHEMA.property(self.kind, name)
        for name, codes in self.not_where.items():
            if lost := {*codes} - {*SCHEMA.property(self.kind, name).values}:
                raise ValueError(f"{self.kind}.{name} has no {sorted(lost)}")
        if self.kind not in SCHEMA.relationships[self.tie].targets:
            raise ValueError(f"{self.tie} leads to no {self.kind}")
        return self


class Section(Strict):
    """A section of GB/T 4754, and the divisions (two digits) in it."""

    title: str
    first: int = Field(ge=1, le=99)
    last: int = Field(ge=1, le=99)


class RuleBook(RuleFile):
    """All of `monitoring.yaml`; `owed`: kinds that stand while a balance is owed, and where it is said."""

    FILE: ClassVar[str] = "monitoring"

    rules: Mapping[str, MonitoringRule]
    grades: Mapping[str, GradeKind]
    owed: Mapping[str, str]
    sections: Mapping[str, Section]

    @model_validator(mode="after")
    def _of_what_there_is(self) -> RuleBook:
        for code, rule in self.rules.items():
            lost = {*rule.kinds} - {*SCHEMA.nodes} | {*rule.grades} - {*self.grades}
            if lost := lost | ({*rule.limits} - {*load_limits().rules}):
                raise ValueError(f"{code} names what there is none of: {sorted(lost)}")
        for kind, balance in self.owed.items():
            SCHEMA.property(kind, balance)
        return self


@cache
def load_monitoring() -> RuleBook:
    """The rules that ship with this version."""
    return read_rules(RuleBook)
