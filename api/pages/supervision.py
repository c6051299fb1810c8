"""Pages of grades: inspections, what is amiss, how many of which, and the time axis of one party."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Key, Reading
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import page
from graph.schema.credit_grade import SECTORS
from queries.supervision import (
    DUE_STATES,
    FINDINGS,
    GRADE_KINDS,
    GradeKind,
    grade_counts,
    grade_findings,
    graded,
    inspection_plan,
    party_grades,
)

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信用办", 92, "/supervision", "评价与分级监管", "各部门给的等级、该检查谁、哪里不一致"),
)

#: Rows on a page.
_ON_A_PAGE = 50

Offset = Annotated[Whole, Query(ge=0, le=MOST)]
Code = Annotated[str, Query(max_length=32)]


@router.get("/supervision")
@needs(Act.OFFICE, *EVERY_CLASS)
def inspections(
    reader: Reading, sector: Code = "", grade: Code = "", state: Code = "", offset: Offset = 0
) -> HTMLResponse:
    """Who is to be inspected, what is due first at the top."""
    return page(
        "supervision.html",
        here="/supervision",
        found=inspection_plan(
            reader,
            sector=sector,
            grade=grade,
            state=state,
            limit=rows_shown(_ON_A_PAGE),
            offset=offset,
        ),
        chosen={"sector": sector, "grade": grade, "state": state},
        sectors=SECTORS,
        states=DUE_STATES,
        offset=offset,
        step=_ON_A_PAGE,
    )


@router.get("/supervision/findings")
@needs(Act.OFFICE, *EVERY_CLASS)
def amiss(reader: Reading, kind: Code = "", offset: Offset = 0) -> HTMLResponse:
    """What is amiss with grades, by kind."""
    return page(
        "supervision_findings.html",
        here="/supervision",
        found=grade_findings(reader, kind, limit=rows_shown(_ON_A_PAGE), offset=offset),
        kind=kind,
        kinds=FINDINGS,
        offset=offset,
        step=_ON_A_PAGE,
    )


@router.get("/supervision/grades")
@needs(Act.OFFICE, *EVERY_CLASS)
def counts(reader: Reading) -> HTMLResponse:
    """How many subjects have which grade in force."""
    return page(
        "supervision_grades.html",
        here="/supervision",
        found=grade_counts(reader),
        kinds=GRADE_KINDS,
    )


@router.get("/supervision/grades/subjects")
@needs(Act.OFFICE, *EVERY_CLASS)
def subjects(
    reader: Reading,
    kind: GradeKind,
    scheme: Annotated[str, Query(max_length=32)],
    grade: Code = "",
    offset: Offset = 0,
) -> HTMLResponse:
    """Whom a count counts."""
    return page(
        "supervision_subjects.html",
        here="/supervision",
        found=graded(reader, kind, scheme, grade, limit=rows_shown(_ON_A_PAGE), offset=offset),
        kind=kind,
        scheme=scheme,
        grade=grade,
        offset=offset,
        step=_ON_A_PAGE,
    )


@router.get("/parties/{key}/grades")
@needs(Act.OFFICE, *EVERY_CLASS)
def of_party(key: Key, reader: Reading) -> HTMLResponse:
    """The grades of one party on a time axis."""
    return page(
        "supervision_party.html",
        here="/supervision",
        told=party_grades(reader, key),
        kinds=GRADE_KINDS,
    )
