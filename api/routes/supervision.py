"""Grades of others: how many of which, whom they count, who is to be inspected first, what is amiss."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Key, Reading
from api.needs import EVERY_CLASS, needs
from api.paging import paged
from queries.supervision import (
    FindingsPage,
    GradeCounts,
    GradedPage,
    GradeKind,
    InspectionPlan,
    PartyGrades,
    grade_counts,
    grade_findings,
    graded,
    inspection_plan,
    party_grades,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["supervision"])

Limit = Annotated[Whole, Query(ge=1, le=200)]
Offset = Annotated[Whole, Query(ge=0, le=MOST)]
Code = Annotated[str, Query(max_length=32)]


@router.get("/supervision/inspections", summary="检查计划 / inspections")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows")
def inspections(
    reader: Reading,
    sector: Code = "",
    grade: Code = "",
    state: Code = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> InspectionPlan:
    """Who is to be inspected, what is due first at the top, with grade and reason."""
    return inspection_plan(
        reader, sector=sector, grade=grade, state=state, limit=limit, offset=offset
    )


@router.get("/supervision/findings", summary="等级核查 / what is amiss")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows")
def amiss(reader: Reading, kind: Code = "", limit: Limit = 50, offset: Offset = 0) -> FindingsPage:
    """A sector's A beside a D, a change without an event, a grade that lapsed; none changes a grade."""
    return grade_findings(reader, kind, limit=limit, offset=offset)


@router.get("/supervision/grades", summary="有效等级 / grades in force")
@needs(Act.OFFICE, *EVERY_CLASS)
def counts(reader: Reading) -> GradeCounts:
    """How many subjects have which grade of which scheme in force."""
    return grade_counts(reader)


@router.get("/supervision/grades/subjects", summary="有效等级的主体 / whom a count counts")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("rows")
def subjects(
    reader: Reading,
    kind: GradeKind,
    scheme: Annotated[str, Query(max_length=32)],
    grade: Code = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> GradedPage:
    """The grades in force of one scheme, by subject."""
    return graded(reader, kind, scheme, grade, limit=limit, offset=offset)


@router.get("/parties/{key}/grades", summary="主体的等级沿革 / grades of a party")
@needs(Act.OFFICE, *EVERY_CLASS)
def of_party(key: Key, reader: Reading) -> PartyGrades:
    """Every grade that was ever given to a party, the oldest first, with its inspections and findings."""
    return party_grades(reader, key)
