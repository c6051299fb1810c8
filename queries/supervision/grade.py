"""Every grade that anybody was given, in the order of time: read, and never worked out.

A grade stands from the day on which its authority gave it until its last day, or until the same authority
gives another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import computed_field

from graph.schema import SCHEMA
from graph.schema.credit_grade import EDITIONS, GROUNDS, SCHEMES, SECTORS
from queries.district import DistrictReader
from queries.supervision.rules import load_grades

__all__ = ["GRADE_KINDS", "GRADE_STATES", "Grade", "GradeKind", "GradeState", "read_grades"]

GradeKind = Literal["evaluation", "tax", "supervision"]
GradeState = Literal["in_force", "history", "superseded", "expired", "coming"]

#: What a grade is -> in Chinese.
GRADE_KINDS: Mapping[GradeKind, str] = {
    "evaluation": "信用评价", "tax": "纳税信用", "supervision": "分级分类监管",
}  # fmt: skip

#: How it stands on the day -> in Chinese.
GRADE_STATES: Mapping[GradeState, str] = {
    "in_force": "有效", "history": "原版评价，留作历史", "superseded": "已有新的等级", "expired": "已过有效期",
    "coming": "尚未生效",
}  # fmt: skip

_TAX = "tax"
#: Kind of fact -> what it is, and by which tie a party has it.
_FACTS: Mapping[str, tuple[GradeKind, str]] = {
    "CreditGrade": ("evaluation", "GRADED_AS"),
    "TaxRating": ("tax", "RATED_AS"),
    "SupervisionGrade": ("supervision", "SUPERVISED_AS"),
}


@dataclass(frozen=True)
class Grade:
    """One, as its authority gave it.

    Attributes:
        record: key under which one grade follows the other.
        scheme: of an evaluation its kind, of supervision its sector, of taxpayers `tax`.
        document_no: paper or batch; of supervision the event on which it was given.
        ground: of supervision, in a code; None for others.
        source, batch, row: where it was said.
    """

    party: str
    record: str
    kind: GradeKind
    scheme: str
    edition: str | None
    grade: str
    grade_label: str
    authority: str | None
    document_no: str | None
    reason: str | None
    ground: str | None
    decided_on: date | None
    valid_to_on: date | None
    last_inspected_on: date | None
    interval_months: int | None
    next_inspection_on: date | None
    state: GradeState
    source: str
    batch: str
    row: int

    @computed_field
    @property
    def scheme_label(self) -> str:
        """What was graded, in Chinese."""
        if self.kind == "tax":
            return GRADE_KINDS["tax"]
        return (SECTORS if self.kind == "supervision" else SCHEMES).get(self.scheme, self.scheme)

    @computed_field
    @property
    def edition_label(self) -> str | None:
        """In Chinese; None where there are none."""
        return EDITIONS.get(self.edition or "")

    @computed_field
    @property
    def ground_label(self) -> str | None:
        """In Chinese; None for what is no grade of supervision."""
        return GROUNDS.get(self.ground or "")

    @computed_field
    @property
    def state_label(self) -> str:
        """In Chinese."""
        return GRADE_STATES[self.state]


def read_grades(reader: DistrictReader) -> Mapping[str, tuple[Grade, ...]]:
    """Party -> its grades, by the day on which they were given."""
    found: dict[str, list[Grade]] = defaultdict(list)
    for kind in _FACTS:
        for one in _of(reader, kind):
            found[one.party].append(one)
    return {
        party: tuple(
            sorted(grades, key=lambda one: (one.decided_on or date.min, one.kind, one.record))
        )
        for party, grades in sorted(found.items())
    }


def _of(reader: DistrictReader, fact: str) -> Iterator[Grade]:
    kind, tie = _FACTS[fact]
    ties = reader.whenever(tie)
    ties = ties.filter(pc.greater_equal(ties["certainty"], 1))
    parties: dict[str, set[str]] = defaultdict(set)
    for party, record in _rows(ties, ("from_key", "to_key")):
        parties[record].add(party)
    told = [item.name for item in SCHEMA.nodes[fact].properties]
    words = SCHEMA.property(fact, "grade").values
    table = reader.whenever(fact)
    names = ("key", "valid_from", "valid_to", "source", "batch", "row", *told)
    day = reader.moment.as_of
    for values in _rows(table.filter(pc.greater_equal(table["certainty"], 1)), names):
        row = dict(zip(names, values, strict=True))
        for party in sorted(parties.get(row["key"], ())):
            yield _grade(kind, party, row, words, day)


def _rows(table: pa.Table, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Some columns row by row: a whole row of the log has a dozen that nobody reads here."""
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def _grade(
    kind: GradeKind, party: str, row: Mapping[str, Any], words: Mapping[str, str], day: date
) -> Grade:
    said = row.get
    year = said("year")
    return Grade(
        party=party,
        record=row["key"],
        kind=kind,
        scheme=_TAX if kind == "tax" else said("scheme") or said("sector") or "",
        edition=said("edition"),
        grade=row["grade"],
        grade_label=words.get(row["grade"], row["grade"]),
        authority=said("authority"),
        document_no=f"{year} 年度" if year else said("document_no") or said("event_no"),
        reason=said("reason"),
        ground=said("ground"),
        decided_on=said("decided_on") or said("rated_on"),
        valid_to_on=said("valid_to_on"),
        last_inspected_on=said("last_inspected_on"),
        interval_months=said("interval_months"),
        next_inspection_on=said("next_inspection_on"),
        state=_state(row, day),
        source=row["source"],
        batch=row["batch"],
        row=row["row"],
    )


def _state(row: Mapping[str, Any], day: date) -> GradeState:
    begins, ends, last = row["valid_from"], row["valid_to"], row.get("valid_to_on")
    if begins is not None and begins > day:
        return "coming"
    if row.get("edition") in load_grades().former_editions:
        return "history"
    if last is not None and last < day and (ends is None or last < ends):
        return "expired"
    return "superseded" if ends is not None and ends <= day else "in_force"
