"""The page of subjects that have public records and stand in no register."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.admission import Whole
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, waiting
from graph.schema import SCHEMA
from ingest import load_source, source_names
from queries.unknown_subjects import unknown_subjects_ready

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry(
        "信用办",
        15,
        "/unknown-subjects",
        "待登记主体",
        "有公共信用记录、登记库中却没有的主体，按部门",
    ),
)

_DOING = "正在核对每条许可、处罚和其他行政行为的当事人。"
_ON_A_PAGE = 50


@router.get("/unknown-subjects")
@needs(Act.OFFICE, *EVERY_CLASS)
def subjects(
    request: Request,
    reader: Reading,
    department: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[Whole, Query(ge=0, le=1_000_000)] = 0,
) -> HTMLResponse:
    """Departments with how many each; those of one department, or all, fifty at a time."""
    found = unknown_subjects_ready(reader, within=PATIENCE)
    if found is None:
        return waiting(request, _DOING, here="/unknown-subjects")
    chosen = next(
        (each.subjects for each in found.departments if each.department == department),
        found.subjects if not department else (),
    )
    return page(
        "unknown_subjects.html",
        here="/unknown-subjects",
        found=found,
        stated=reader.basis,
        department=department,
        shown=chosen[start : start + rows_shown(_ON_A_PAGE)],
        total=len(chosen),
        start=start,
        step=_ON_A_PAGE,
        templates=_templates({each.kind for each in found.subjects}),
    )


def _templates(kinds: Iterable[str]) -> dict[str, str]:
    """Kind of subject in Chinese -> where the template of its register is."""
    wanted = set(kinds)
    return {
        SCHEMA.kind(kind).term: f"/templates/{name}/{table}"
        for name in source_names()
        for table, spec in load_source(name).tables.items()
        for kind in sorted(wanted & {*load_source(name).registers} & {*spec.states})
    }
