"""Which lines the evaluation has, edition after edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from graph.errors import NotFoundError
from queries.government.counted import COMPUTED
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["Edition", "EvaluationRules", "Indicator", "Side", "evaluation_rules"]

Side: TypeAlias = Literal["lawful", "diligent", "faithful", "credit"]


class Indicator(Strict):
    """One line."""

    id: str
    side: Side
    title: str
    by: Literal["computed", "hand"]
    kind: Literal["count", "share"]
    good: Literal["more", "less"]
    basis: str


class Edition(Strict):
    """The lines from a day on."""

    begins: date = Field(alias="from")
    sure: Literal["found", "known_high", "design"]
    indicators: tuple[Indicator, ...]


class EvaluationRules(RuleFile):
    """All of `evaluation.yaml`."""

    FILE: ClassVar[str] = "evaluation"

    sides: Mapping[Side, str]
    editions: tuple[Edition, ...]

    @model_validator(mode="after")
    def _whole(self) -> EvaluationRules:
        days = [one.begins for one in self.editions]
        if not days or days != sorted({*days}):
            raise ValueError("editions stand in order, each day once")
        for edition in self.editions:
            ids = [one.id for one in edition.indicators]
            computed = {one.id for one in edition.indicators if one.by == "computed"}
            if len({*ids}) < len(ids) or computed - {*COMPUTED}:
                raise ValueError(f"two lines of one id, or one that nobody computes: {ids}")
        return self

    def of(self, year: int) -> Edition:
        """The edition in force at the end of a year; raises `NotFoundError` (`edition_unknown`)."""
        last = date(year, 12, 31)
        found = next((one for one in reversed(self.editions) if one.begins <= last), None)
        if found is None:
            raise NotFoundError(
                f"{year} 年没有评价指标版本。", "No edition for that year.", code="edition_unknown"
            )
        return found

    def line(self, year: int, indicator: str) -> Indicator:
        """One line of a year; raises `NotFoundError` (`indicator_unknown`, `edition_unknown`)."""
        for one in self.of(year).indicators:
            if one.id == indicator:
                return one
        raise NotFoundError(
            "没有这项评价指标。请核对代码。", "There is no such line.", code="indicator_unknown"
        )


@cache
def evaluation_rules() -> EvaluationRules:
    """The rules that ship with this version."""
    return read_rules(EvaluationRules)
