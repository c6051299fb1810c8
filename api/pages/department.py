"""The desk of a department: where its clerk begins, and the worklists of its own rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.admission import MOST, Whole
from api.department_desk import DepartmentDesk
from api.dependencies import Owned, Reading, Scoped, Serving
from api.desk_line import Patience, yesterday
from api.needs import needs
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page, waiting
from graph.information import InformationClass
from graph.time import today
from ingest import load_source, source_names
from ingest.delivery.changes import changes_since
from ingest.guidance.wording import file_title
from queries.basis import DataBasis
from queries.code_errors import kinds

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_HERE = "/department"
ENTRIES = (
    Entry("部门", 10, _HERE, "本部门", "要报什么、何时报、哪些行要更正，空白模板和错误明细"),
)

_ON_A_PAGE = 50
#: Reasons shown beside rows to put right.
_REASONS = 3

Offset = Annotated[Whole, Query(ge=0, le=MOST)]


@router.get("/department")
@needs(Act.RECEIVE, InformationClass.REGISTER, InformationClass.PUBLIC_RECORD)
def desk(reader: Reading, services: Serving, scope: Scoped, owned: Owned) -> HTMLResponse:
    """What the own department owes, has to put right, and sent last."""
    told = DepartmentDesk(services, reader, owned, Patience(PATIENCE))
    groups, loads = told.groups(), told.loads
    return page(
        "department.html",
        here=_HERE,
        department=owned.department,
        groups=groups,
        loads=loads,
        held=told.told.still_kept(name for load in loads for name in load.files),
        most=_REASONS,
        known={name: load_source(name) for name in source_names()},
        duties=told.duties(),
        sources=told.sources,
        file_title=file_title,
        latest=told.latest,
        changes=changes_since(told.told.batches, yesterday(today()), sees=owned.has),
        waits=any(line.number is None for group in groups for line in group.lines),
        stated=DataBasis.of(told.told.batches, scope),
    )


@router.get("/department/codes")
@needs(Act.RECEIVE, InformationClass.REGISTER, InformationClass.PUBLIC_RECORD)
def codes(
    request: Request,
    reader: Reading,
    services: Serving,
    scope: Scoped,
    owned: Owned,
    offset: Offset = 0,
) -> HTMLResponse:
    """Wrong codes of own rows."""
    told = DepartmentDesk(services, reader, owned, Patience(PATIENCE))
    found = told.codes(PATIENCE)
    if found is None:
        return waiting(request, "正在核对本部门报送的代码。", here=_HERE)
    return _list(
        "department_codes.html", found, offset, DataBasis.of(told.told.batches, scope),
        kinds={item.code: item for item in kinds().kinds},
    )  # fmt: skip


@router.get("/department/subjects")
@needs(Act.RECEIVE, InformationClass.REGISTER, InformationClass.PUBLIC_RECORD)
def subjects(
    request: Request,
    reader: Reading,
    services: Serving,
    scope: Scoped,
    owned: Owned,
    offset: Offset = 0,
) -> HTMLResponse:
    """Subjects of own records that stand in no register."""
    told = DepartmentDesk(services, reader, owned, Patience(PATIENCE))
    found = told.subjects(PATIENCE)
    if found is None:
        return waiting(request, "正在核对本部门记录的当事人。", here=_HERE)
    return _list("department_subjects.html", found, offset, DataBasis.of(told.told.batches, scope))


def _list(
    template: str, found: Sequence[Any], offset: int, stated: DataBasis, **more: Any
) -> HTMLResponse:
    return page(
        template,
        here=_HERE,
        shown=found[offset : offset + rows_shown(_ON_A_PAGE)],
        total=len(found),
        offset=offset,
        step=_ON_A_PAGE,
        stated=stated,
        **more,
    )
