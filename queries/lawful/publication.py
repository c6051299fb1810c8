"""Which records are lawfully not published, nor owed to the platform: by reason code, with clause.

Law is data (`publication.yaml`), applied when a record is read.  What nobody said excludes nothing:
a penalty of unknown procedure is published and owed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, ClassVar

from pydantic import Field, model_validator

from graph.schema import SCHEMA
from graph.schema.ledger import EXCLUSIONS
from graph.time import MAX_DATE, MIN_DATE
from queries.lawful.regimes import AND, Sure, regimes
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["SUBJECT", "Exclusion", "Publication", "publication", "why_not_published"]

#: What a statement says under this name is the label of whom the record concerns.
SUBJECT = "subject"

_RECORDS = ("Permit", "Penalty", "AdministrativeAct")


@dataclass(frozen=True)
class Exclusion:
    """Why a record is not published.

    Attributes:
        code: stable, English; `title` the same in Chinese.
    """

    code: str
    title: str
    clause: str


class Line(Strict):
    """One clause; see the head of the file."""

    reason: str
    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    authority: str = ""
    begins: date | None = Field(default=None, alias="from")
    ends: date | None = Field(default=None, alias="until")
    clause: str
    sure: Sure

    def in_force(self, lawful_on: date) -> bool:
        """Whether it counts on a day."""
        begun = (self.begins or MIN_DATE) <= lawful_on
        return self.sure != "unsure" and begun and lawful_on <= (self.ends or MAX_DATE)

    def fits(self, kind: str, statement: Mapping[str, Any]) -> bool:
        """Whether it is about a record that says this."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.authority not in (statement.get("authority") or ""):
            return False
        if any(statement.get(name) not in values for name, values in self.when.items()):
            return False
        if not self.classes:
            return True
        record = regimes().records.get(kind)
        said = statement.get(record.of_class) if record and record.of_class else None
        return said is not None and {*str(said).split(AND)} <= {*self.classes}


class Publication(RuleFile):
    """Reasons in order, and the clauses that give them."""

    FILE: ClassVar[str] = "publication"

    reasons: tuple[str, ...]
    lines: tuple[Line, ...]

    @model_validator(mode="after")
    def _of_the_schema(self) -> Publication:
        said = {item.name: item for kind in _RECORDS for item in SCHEMA.nodes[kind].properties}
        if {*self.reasons} - {*EXCLUSIONS}:
            raise ValueError(f"no such reasons: {sorted({*self.reasons} - {*EXCLUSIONS})}")
        for line in self.lines:
            if line.reason not in self.reasons or {*line.kinds} - {*_RECORDS}:
                raise ValueError(f"no such reason or kind: {line.clause}")
            if not (line.when or line.classes):
                raise ValueError(f"says of no record that it is not published: {line.clause}")
            for name, values in line.when.items():
                if name == SUBJECT:
                    continue
                if name not in said or {*values} - {*said[name].values}:
                    raise ValueError(f"no record says {name} {values}: {line.clause}")
        return self


@cache
def publication() -> Publication:
    """The rules as they stand in the file; raises pydantic's `ValidationError`."""
    return read_rules(Publication)


def why_not_published(kind: str, statement: Mapping[str, Any], lawful_on: date) -> Exclusion | None:
    """Why a record is not published on a day; None where it is.

    Args:
        kind: of the record: `Permit`, `Penalty`, `AdministrativeAct`.
        statement: its properties, and under `subject` the label of whom it concerns (`Person`),
            where one knows.
        lawful_on: the later of both clocks of the answer, in China (`graph.moment`).
    """
    rules = publication()
    fitting = {
        line.reason: line
        for line in reversed(rules.lines)
        if line.in_force(lawful_on) and line.fits(kind, statement)
    }
    for code in rules.reasons:
        if code in fitting:
            return Exclusion(code, EXCLUSIONS[code], fitting[code].clause)
    return None
