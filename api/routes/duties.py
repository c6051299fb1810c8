"""The data catalogue and the list of duties: who owes what, by when, and what came."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.acts import Act
from api.dependencies import Reading, Serving
from api.needs import EVERY_CLASS, needs
from ingest.duties import Duties, Item
from ingest.duties.desk import DepartmentDuties, DutyDesk

__all__ = ["router"]

router = APIRouter(prefix="/v1/duties", tags=["duties"])

Name = Annotated[str, Path(max_length=64, pattern="^[a-z0-9_]+$")]


@router.get("", summary="责任清单 / duties")
@needs(Act.OFFICE, *EVERY_CLASS)
def duties(
    reader: Reading,
    services: Serving,
    state: Annotated[str, Query(title="状态代码", max_length=16)] = "",
    department: Annotated[str, Query(title="责任单位", max_length=128)] = "",
) -> Duties:
    """Each item: where it stands in the catalogue, who owes it by when, what came last."""
    found = DutyDesk(services.office, reader).duties()
    return Duties(found.basis, found.catalogue, found.of(state, department))


@router.get("/departments", summary="各部门按权力清单应报的事项 / by the power list")
@needs(Act.OFFICE, *EVERY_CLASS)
def departments(reader: Reading, services: Serving) -> DepartmentDuties:
    """Ledgers that are missing, decisions past their day."""
    found = DutyDesk(services.office, reader).departments()
    assert found is not None
    return found


@router.get("/{source}/{table}", summary="一项的完整度 / one item, field by field")
@needs(Act.OFFICE, *EVERY_CLASS)
def item(source: Name, table: Name, reader: Reading, services: Serving) -> Item:
    """Of what stands of it today, how much of each field is filled in."""
    return DutyDesk(services.office, reader).item(source, table)
