"""Grades of a whole district at one moment: how many of which, what is to be inspected first, what is amiss.

Worked out once for a moment; a page, a route and a command take their part of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from graph.errors import InputError
from graph.identifiers.spelling import compact
from queries.district import DistrictReader
from queries.measures.parties import Known, known_parties, one_party
from queries.supervision.answer import (
    FindingsPage,
    GradeCount,
    GradeCounts,
    GradedPage,
    InspectionPlan,
    NamedGrade,
    PartyGrades,
)
from queries.supervision.finding import FindingKind, GradeFinding, findings
from queries.supervision.grade import Grade, GradeKind, read_grades
from queries.supervision.inspection import (
    DUE_STATES,
    DueState,
    InspectionDue,
    due,
    first_due,
    read_inspections,
)
from queries.supervision.rules import load_grades

__all__ = [
    "grade_counts",
    "grade_findings",
    "graded",
    "inspection_plan",
    "party_grades",
]

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Register:
    """All of it at one moment."""

    grades: Mapping[str, tuple[Grade, ...]]
    names: Known
    plan: tuple[InspectionDue, ...]

    def name(self, party: str) -> str | None:
        return self.names.get(party, (None, None))[1]

    @cached_property
    def findings(self) -> tuple[GradeFinding, ...]:
        return tuple(
            found
            for party, grades in self.grades.items()
            for found in findings(grades, self.name(party))
        )

    @cached_property
    def in_force(self) -> tuple[Grade, ...]:
        return tuple(
            one for grades in self.grades.values() for one in grades if one.state == "in_force"
        )

    @cached_property
    def counts(self) -> tuple[GradeCount, ...]:
        subjects: dict[tuple[str, str, str, str], set[str]] = {}
        first: dict[tuple[str, str, str, str], Grade] = {}
        for one in self.in_force:
            key = (one.kind, one.scheme, one.edition or "", one.grade)
            subjects.setdefault(key, set()).add(one.party)
            first.setdefault(key, one)
        return tuple(
            GradeCount(
                one.kind,
                one.scheme,
                one.scheme_label,
                one.edition,
                one.grade,
                one.grade_label,
                len(subjects[key]),
            )
            for key, one in sorted(first.items(), key=lambda item: item[0])
        )

    def found(self) -> dict[str, int]:
        counts = Counter(one.kind for one in self.findings)
        return {kind: counts[kind] for kind in _KINDS}


_KINDS: tuple[FindingKind, ...] = ("sector_a_with_d", "no_event", "lapsed")


def grade_counts(reader: DistrictReader) -> GradeCounts:
    """How many subjects have which grade in force."""
    register, rules = _register(reader), load_grades()
    states = Counter(one.state for one in register.plan)
    return GradeCounts(
        register.counts,
        register.found(),
        {state: states[state] for state in DUE_STATES},
        reader.basis,
        rules.name,
        rules.internal.title,
    )


def graded(
    reader: DistrictReader,
    kind: GradeKind,
    scheme: str,
    grade: str = "",
    *,
    limit: int,
    offset: int = 0,
) -> GradedPage:
    """Whom a count counts: grades in force of a scheme, by party."""
    register = _register(reader)
    chosen = [
        NamedGrade(register.name(one.party), one)
        for one in register.in_force
        if (one.kind, one.scheme) == (kind, scheme) and grade in ("", one.grade)
    ]
    title = load_grades().internal.title
    return GradedPage(len(chosen), tuple(chosen[offset : offset + limit]), reader.basis, title)


def inspection_plan(
    reader: DistrictReader,
    *,
    sector: str = "",
    grade: str = "",
    state: str = "",
    limit: int,
    offset: int = 0,
) -> InspectionPlan:
    """Who is to be inspected, what is due first at the top.

    Raises `InputError` (`state_unknown`) for a state that there is none of.
    """
    if state and state not in DUE_STATES:
        raise InputError(
            f"没有这种状态。可用：{'、'.join(DUE_STATES)}。",
            f"There is no such state; these are: {', '.join(DUE_STATES)}.",
            code="state_unknown",
        )
    register, rules = _register(reader), load_grades()
    chosen = [
        one for one in register.plan if sector in ("", one.sector) and grade in ("", one.grade)
    ]
    states: Counter[DueState] = Counter(one.state for one in chosen)
    shown = [one for one in chosen if state in ("", one.state)]
    return InspectionPlan(
        total=len(shown),
        states={name: states[name] for name in DUE_STATES},
        rows=tuple(shown[offset : offset + limit]),
        basis=reader.basis,
        rules=rules.name,
        notice=rules.internal.title,
    )


def grade_findings(
    reader: DistrictReader, kind: str = "", *, limit: int, offset: int = 0
) -> FindingsPage:
    """What is amiss with grades; nothing of it changes one."""
    register = _register(reader)
    chosen = [one for one in register.findings if kind in ("", one.kind)]
    return FindingsPage(
        total=len(chosen),
        counts=register.found(),
        rows=tuple(chosen[offset : offset + limit]),
        basis=reader.basis,
        rules=load_grades().name,
    )


def party_grades(reader: DistrictReader, key: str) -> PartyGrades:
    """The grades of one party on a time axis; raises `NotFoundError` (`party_unknown`)."""
    _, name = one_party(reader, key)
    register, rules = _register(reader), load_grades()
    return PartyGrades(
        party=key,
        name=name,
        grades=register.grades.get(key, ()),
        inspections=_about(key, register.plan),
        findings=_about(key, register.findings),
        basis=reader.basis,
        rules=rules.name,
        notice=rules.internal.title,
    )


def _about(key: str, some: Iterable[T]) -> tuple[T, ...]:
    return tuple(one for one in some if one.party == key)  # type: ignore[attr-defined]


def _register(reader: DistrictReader) -> _Register:
    return reader.computed("grades", lambda: _read(reader), rules=load_grades().name)


def _read(reader: DistrictReader) -> _Register:
    grades = read_grades(reader)
    names = known_parties(reader, grades)
    inspected = read_inspections(reader)
    day = reader.moment.as_of
    plan = [
        due(
            one,
            names.get(party, (None, None))[1],
            inspected.get((party, compact(one.authority or ""))),
            day,
        )
        for party, some in grades.items()
        for one in some
        if one.kind == "supervision" and one.state == "in_force"
    ]
    return _Register(grades, names, tuple(sorted(plan, key=first_due)))
