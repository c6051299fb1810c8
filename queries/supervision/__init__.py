"""Grades as authorities deliver them: evaluations, tax, graded supervision; what is due, what is amiss."""

from __future__ import annotations

from queries.supervision.answer import (
    FindingsPage,
    GradeCount,
    GradeCounts,
    GradedPage,
    InspectionPlan,
    NamedGrade,
    PartyGrades,
)
from queries.supervision.finding import FINDINGS, GradeFinding
from queries.supervision.grade import GRADE_KINDS, GRADE_STATES, Grade, GradeKind
from queries.supervision.inspection import DUE_STATES, InspectionDue
from queries.supervision.register import (
    grade_counts,
    grade_findings,
    graded,
    inspection_plan,
    party_grades,
)
from queries.supervision.rules import GradeRules, load_grades

__all__ = [
    "DUE_STATES",
    "FINDINGS",
    "GRADE_KINDS",
    "GRADE_STATES",
    "FindingsPage",
    "Grade",
    "GradeCount",
    "GradeCounts",
    "GradeFinding",
    "GradeKind",
    "GradeRules",
    "GradedPage",
    "InspectionDue",
    "InspectionPlan",
    "NamedGrade",
    "PartyGrades",
    "grade_counts",
    "grade_findings",
    "graded",
    "inspection_plan",
    "load_grades",
    "party_grades",
]
