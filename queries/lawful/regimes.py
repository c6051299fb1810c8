"""The regimes of public records: what ends their use, and the longest term, with clause and date.

Law is data (`regimes.yaml`).  Three renderings read it: the definition (`queries.lawful.usable`),
tables (`queries.lawful.table`), and the parameters of the questions in Cypher (`parameters`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from graph.schema import SCHEMA
from graph.time import MAX_DATE, MIN_DATE, months_after
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = [
    "PARAMETERS",
    "End",
    "Ended",
    "Gravity",
    "Record",
    "Regimes",
    "Term",
    "over_before",
    "parameters",
    "regimes",
    "thresholds",
]

#: Names of what every question is given for `usable(e)` (`parameters`).
PARAMETERS = frozenset({"lawful_on", "record_kinds", "end_states", "terms"})

#: Why a record may be used no more.
Ended: TypeAlias = Literal["removed", "expired", "annulled", "frozen", "shielded", "not_published"]

Sure: TypeAlias = Literal["found", "known_high", "unsure"]

#: How grave a record is (`ListEntry.credit_class`), where a term depends on it.
Gravity: TypeAlias = Literal["minor", "ordinary", "serious"]

#: Between several classes of one record.
AND = "；"


class Record(Strict):
    """A kind of adverse record.

    Attributes:
        tie: by which a party is joined to it.
        of_class: property that says its class or classes; None: it has none.
        begins: property from which its term runs; None: it has no term.
    """

    tie: str
    of_class: str | None = Field(default=None, alias="class")
    begins: str | None = None


class End(Strict):
    """What ends the use of a record: a day that has come or passed, or a state that it is in.

    Attributes:
        values: of a property that is a state; of a day none.
    """

    what: Ended
    title: str
    property: str
    values: tuple[str, ...] = ()
    clause: str
    sure: Sure
    note: str = ""


class Term(Strict):
    """The longest term of some records, while the line is in force.

    Attributes:
        classes: it fits a record whose classes are all among these; none: any record of the kind.
        authority: and whose authority has this in its name; empty: any.
        gravity: and that somebody classed so; None: any.
        final: no authority can extend it (`extended_until`).
        months: from the day on which the term begins; 0: such a record is published nowhere.
        begins: first day on which the line is in force, and `ends`: last; None: open.
    """

    kind: str
    classes: tuple[str, ...] = ()
    authority: str = ""
    gravity: Gravity | None = None
    final: bool = False
    months: int = Field(ge=0)
    begins: date | None = Field(default=None, alias="from")
    ends: date | None = Field(default=None, alias="until")
    clause: str
    sure: Sure
    note: str = ""

    def in_force(self, lawful_on: date) -> bool:
        """Whether it counts on a day: in force, and sure enough to be computed."""
        begun = (self.begins or MIN_DATE) <= lawful_on
        return self.sure != "unsure" and begun and lawful_on <= (self.ends or MAX_DATE)

    @property
    def binds(self) -> bool:
        """Whether no authority can extend it: the last word, or published nowhere."""
        return self.final or self.months == 0

    def fits(self, classes: str | None, authority: str | None, gravity: str | None = None) -> bool:
        """Whether it fits a record of these classes, by this authority, so grave; None: nobody said."""
        if self.authority not in (authority or "") or self.gravity not in (None, gravity):
            return False
        return not self.classes or (
            classes is not None and {*classes.split(AND)} <= {*self.classes}
        )


class Regimes(RuleFile):
    """All of it."""

    FILE: ClassVar[str] = "regimes"

    records: Mapping[str, Record]
    ends: tuple[End, ...]
    terms: tuple[Term, ...]

    @model_validator(mode="after")
    def _of_the_schema(self) -> Regimes:
        adverse = {node.kind for node in SCHEMA.nodes.values() if node.is_adverse}
        if adverse != set(self.records):
            raise ValueError(f"adverse kinds of the schema are {sorted(adverse)}")
        for kind, record in self.records.items():
            held = {item.name for item in SCHEMA.nodes[kind].properties}
            graded = {"credit_class" for term in self.terms if term.kind == kind and term.gravity}
            lost = ({record.of_class, record.begins} | graded) - held - {None}
            if lost or record.tie not in SCHEMA.relationships:
                raise ValueError(f"{kind}: no such property or tie: {sorted(map(str, lost))}")
        for term in self.terms:
            if term.kind not in self.records or self.records[term.kind].begins is None:
                raise ValueError(f"{term.kind} has no term: {term.clause}")
        return self

    def ends_of(self, kind: str) -> tuple[End, ...]:
        """What can end a record of a kind: those that its properties tell."""
        held = {item.name for item in SCHEMA.nodes[kind].properties}
        return tuple(item for item in self.ends if item.property in held)


@cache
def regimes() -> Regimes:
    """The regimes as they stand in the file; raises pydantic's `ValidationError`."""
    return read_rules(Regimes)


def over_before(months: int, lawful_on: date) -> date:
    """A term of some months is over on a day if it began before this one; of none, by that day.

    A term holds through its last day, the same day of that month or the last that it has.
    """
    if months == 0:
        return lawful_on + timedelta(days=1) if lawful_on < MAX_DATE else MAX_DATE
    # the earliest beginning whose last day has not passed; months of 28 days and of 31 end alike
    first = months_after(lawful_on, -months)
    while months_after(first, months) >= lawful_on:
        first -= timedelta(days=1)
    while months_after(first, months) < lawful_on:
        first += timedelta(days=1)
    return first


@lru_cache(maxsize=64)
def _thresholds(lawful_on: date) -> tuple[tuple[Term, date], ...]:
    return tuple(
        (term, over_before(term.months, lawful_on))
        for term in regimes().terms
        if term.in_force(lawful_on)
    )


def thresholds(lawful_on: date) -> tuple[tuple[Term, date], ...]:
    """The terms in force on a day, each with the beginning before which it is over."""
    return _thresholds(lawful_on)


def parameters(lawful_on: date) -> dict[str, Any]:
    """What `usable(e)` is given in Cypher.

    `lawful_on`; `record_kinds`: kinds of versions that are adverse records; `end_states`: states that
    end a record; `terms`: maps of kind, classes (empty: any), authority (empty: any), gravity
    (empty: any), whether it `binds`, the names of the properties of class and beginning, and `since`:
    what began before is over.
    """
    law = regimes()
    return {
        "lawful_on": lawful_on,
        "record_kinds": sorted(law.records),
        "end_states": sorted({value for item in law.ends for value in item.values}),
        "terms": [
            {
                "kind": term.kind,
                "classes": list(term.classes),
                "authority": term.authority,
                "gravity": term.gravity or "",
                "binds": term.binds,
                "of_class": law.records[term.kind].of_class,
                "begins": law.records[term.kind].begins,
                "since": since,
            }
            for term, since in thresholds(lawful_on)
        ],
    }
