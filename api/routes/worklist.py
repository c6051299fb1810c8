"""The correction worklist: what each department has to put right, without any value of a cell."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.admission import Flag, Whole
from api.dependencies import KnownAt, Serving
from ingest import by_department
from queries.scope import ADMINISTRATOR

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


@router.get("/worklist", summary="待更正清单 / worklist")
def worklist(
    services: Serving,
    department: Annotated[str | None, Query(title="部门", max_length=100)] = None,
    source: Annotated[str | None, Query(title="来源", max_length=64)] = None,
    warnings: Annotated[Flag, Query(title="是否也列提示")] = False,
    limit: Annotated[Whole, Query(title="最多几条", ge=1, le=1000)] = 200,
    known_at: KnownAt = None,
) -> dict[str, Any]:
    """Open findings by department; `total` says how many there are beyond `limit`."""
    told = services.deliveries(known_at=known_at)
    tasks = told.worklist(department=department, source=source, warnings=warnings)
    return {
        "basis": {
            "position": len(told.batches),
            "known_at": told.known_at,
            "scope": ADMINISTRATOR.name,
        },
        "departments": [load.as_dict() for load in by_department(tasks)],
        "tasks": [task.as_dict() for task in islice(tasks, limit)],
        "total": len(tasks),
    }
