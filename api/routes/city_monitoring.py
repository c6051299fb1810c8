"""City-monitoring indicators: computed, marked by hand, or unknown.

Who acts is whoever is logged in (`api.security.acting`); where nobody has to be, the body says who.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Number, Whole
from api.dependencies import Body, Reading, Serving
from api.idempotency import once_by_key
from api.needs import EVERY_CLASS, needs
from ingest.city_monitoring import city_monitoring, period_named
from queries.city_monitoring import CityTable, mark_indicator, unmark_indicator

__all__ = ["router"]

router = APIRouter(prefix="/v1/city-monitoring", tags=["city monitoring"])

Span = Annotated[
    str,
    Query(
        title="月份或季度", description="2026-03 或 2026-Q1；不写为最近有数据的月份", max_length=7
    ),
]
By = Annotated[str, Field(title="填报人姓名或工号", max_length=64)]


class MarkBody(Body):
    """手工填报一项."""

    indicator: str = Field(title="指标编号", min_length=1, max_length=64)
    period: str = Field(title="月份或季度", min_length=7, max_length=7)
    mark: Literal["done", "partly", "not_done", "counted"] = Field(title="填报结果")
    value: Number | None = Field(title="数值", default=None)
    evidence: str = Field(title="依据材料", min_length=1, max_length=500)
    by: By


class MarkEnd(Body):
    """撤销一项填报."""

    by: By
    because: str = Field(title="理由", min_length=1, max_length=500)


@dataclass(frozen=True)
class MarkAct:
    """What was marked, and whether it was taken back."""

    number: int
    indicator: str
    period: str
    mark: str
    value: float | None
    evidence: str
    by: str
    ended_by: str | None


@router.get("", summary="城市信用监测指标 / indicators")
@needs(Act.OFFICE, *EVERY_CLASS)
def table(reader: Reading, services: Serving, period: Span = "") -> CityTable:
    """Every indicator known by name, with its figures or its mark; no score is formed."""
    found = city_monitoring(services.office, reader, period)
    assert found is not None
    return found


@router.post("/marks", status_code=201, summary="手工填报 / mark by hand")
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def mark(body: MarkBody, services: Serving) -> MarkAct:
    """Mark what nobody can compute, on evidence; a later mark counts before an earlier one."""
    made = mark_indicator(
        services.office.store, body.indicator, period_named(body.period), body.mark,
        value=body.value, evidence=body.evidence, by=body.by,
    )  # fmt: skip
    return MarkAct(**{name: getattr(made, name) for name in MarkAct.__dataclass_fields__})


@router.post("/marks/{number:int}/withdrawal", summary="撤销填报 / take a mark back")
@needs(Act.OFFICE, *EVERY_CLASS)
def unmark(
    number: Annotated[Whole, Path(title="填报编号 / number", ge=1, le=MOST)],
    body: MarkEnd,
    services: Serving,
) -> MarkAct:
    """The indicator is then what it was before."""
    made = unmark_indicator(services.office.store, number, by=body.by, because=body.because)
    return MarkAct(**{name: getattr(made, name) for name in MarkAct.__dataclass_fields__})
