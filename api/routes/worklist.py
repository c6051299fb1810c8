"""The correction worklist: what each department has to put right, without any value of a cell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query

from api.acts import Act
from api.admission import Flag, Whole
from api.dependencies import KnownAt, Owned, Scoped, Serving
from api.needs import needs
from api.paging import paged
from ingest import by_department
from ingest.correction.worklist import DepartmentLoad, Task
from queries.basis import DataBasis

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


@dataclass(frozen=True)
class WorklistAnswer:
    """Open findings: by department, and the first of them; `total` is how many there are."""

    basis: DataBasis
    departments: tuple[DepartmentLoad, ...]
    tasks: tuple[Task, ...]
    total: int


@router.get("/worklist", summary="待更正清单 / worklist")
@needs(Act.RECEIVE)
@paged("tasks", key=lambda row: row)
def worklist(
    services: Serving,
    scope: Scoped,
    owned: Owned,
    department: Annotated[str | None, Query(title="部门", max_length=100)] = None,
    source: Annotated[str | None, Query(title="来源", max_length=64)] = None,
    warnings: Annotated[Flag, Query(title="是否也列提示")] = False,
    limit: Annotated[Whole, Query(title="最多几条", ge=1, le=1000)] = 200,
    known_at: KnownAt = None,
) -> WorklistAnswer:
    """Open findings by department; `total` says how many there are beyond `limit`."""
    told = services.deliveries(known_at=known_at)
    open_tasks = told.worklist(department=department, source=source, warnings=warnings)
    tasks = owned.only(open_tasks, lambda one: one.source)
    return WorklistAnswer(
        DataBasis.of(told.batches, scope),
        tuple(by_department(tasks)),
        tuple(islice(tasks, limit)),
        len(tasks),
    )
