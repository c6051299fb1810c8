"""What follows from grades, as data: what bars what, and what is an event."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from graph.schema.credit_grade import EDITIONS, GRADES, GROUNDS, SCHEMES
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["Bar", "GradeRules", "load_grades"]


class Bar(Strict):
    """A grade of one scheme that forbids grades of all others."""

    id: str
    title: str
    scheme: str
    edition: str
    grade: str
    forbids: tuple[str, ...]
    clause: str
    sure: Literal["found", "known_high", "unsure"]


class Internal(Strict):
    """How grades may be used."""

    title: str
    clause: str


class GradeRules(RuleFile):
    """All of `grades.yaml`."""

    FILE: ClassVar[str] = "grades"

    soon_days: int = Field(gt=0)
    bars: tuple[Bar, ...]
    former_editions: tuple[str, ...]
    no_event: tuple[str, ...]
    names_event: tuple[str, ...]
    first_only: tuple[str, ...]
    internal: Internal

    @model_validator(mode="after")
    def _of_the_schema(self) -> GradeRules:
        grounds = {*self.no_event, *self.names_event, *self.first_only}
        wrong = grounds - {*GROUNDS} | {*self.former_editions} - {*EDITIONS}
        for bar in self.bars:
            wrong |= {bar.grade, *bar.forbids} - {*GRADES}
            wrong |= {bar.scheme} - {*SCHEMES} | {bar.edition} - {*EDITIONS}
        if wrong:
            raise ValueError(f"no source says {sorted(wrong)}")
        return self


@cache
def load_grades() -> GradeRules:
    """The rules that ship with this version; raises pydantic's `ValidationError`."""
    return read_rules(GradeRules)
