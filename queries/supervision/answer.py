"""What pages, routes and commands are told about grades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from queries.basis import Basis
from queries.supervision.finding import GradeFinding
from queries.supervision.grade import Grade, GradeKind
from queries.supervision.inspection import InspectionDue

__all__ = [
    "FindingsPage",
    "GradeCount",
    "GradeCounts",
    "GradedPage",
    "InspectionPlan",
    "NamedGrade",
    "PartyGrades",
]


@dataclass(frozen=True)
class GradeCount:
    """How many subjects have one grade of one scheme in force."""

    kind: GradeKind
    scheme: str
    scheme_label: str
    edition: str | None
    grade: str
    grade_label: str
    subjects: int


@dataclass(frozen=True)
class GradeCounts:
    """Every grade in force by scheme, and how many of each finding there are."""

    counts: tuple[GradeCount, ...]
    findings: Mapping[str, int]
    due: Mapping[str, int]
    basis: Basis
    rules: str
    notice: str


@dataclass(frozen=True)
class NamedGrade:
    """A grade with what its subject is called."""

    name: str | None
    grade: Grade


@dataclass(frozen=True)
class GradedPage:
    """A page of grades in force; `total` counts all."""

    total: int
    rows: tuple[NamedGrade, ...]
    basis: Basis
    notice: str


@dataclass(frozen=True)
class InspectionPlan:
    """A page of what is to be inspected, first what is due first; `states` counts all of the choice."""

    total: int
    states: Mapping[str, int]
    rows: tuple[InspectionDue, ...]
    basis: Basis
    rules: str
    notice: str


@dataclass(frozen=True)
class FindingsPage:
    """A page of findings; `counts` by kind, whatever is chosen."""

    total: int
    counts: Mapping[str, int]
    rows: tuple[GradeFinding, ...]
    basis: Basis
    rules: str


@dataclass(frozen=True)
class PartyGrades:
    """Everything that was ever given to one party, the oldest first."""

    party: str
    name: str | None
    grades: tuple[Grade, ...]
    inspections: tuple[InspectionDue, ...]
    findings: tuple[GradeFinding, ...]
    basis: Basis
    rules: str
    notice: str
