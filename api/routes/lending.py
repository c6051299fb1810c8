"""How credit reaches the district: on file, rated, lent to, for the first time, unsecured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query

from api.acts import Act
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from queries.basis import Basis
from queries.lending import (
    Grouping,
    LendingHistory,
    LendingTable,
    Period,
    lending_history,
    lending_rows,
    lending_table,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])

By = Annotated[Grouping, Query(title="分组")]
Span = Annotated[
    str, Query(title="时间段", description="年、季或月，如 2026、2026Q1、2026-03", max_length=7)
]


@dataclass(frozen=True)
class LendingRows:
    """What stands behind one figure: keys of units, credit lines or loans."""

    code: str
    rows: tuple[str, ...]
    basis: Basis


@router.get("/lending", summary="普惠信贷指标 / who is reached by credit")
@needs(Act.ASK, *EVERY_CLASS)
def lending(reader: Reading, by: By = "district", period: Span = "") -> LendingTable:
    """Figures of a period by town, village, institution or product, each with its parts.

    First loans stand twice: as institutions state them, and as the records prove or do not exclude.
    """
    return lending_table(reader, by, Period.of(period, reader.moment.as_of))


@router.get("/lending/history", summary="普惠信贷走势 / who was reached by credit, by month")
@needs(Act.ASK, *EVERY_CLASS)
def history(
    reader: Reading,
    by: By = "district",
    key: Annotated[str | None, Query(title="组", max_length=128)] = None,
) -> LendingHistory:
    """Figures of the whole district or one group at the end of each of thirteen months, as known now."""
    found = lending_history(reader, by, key)
    assert found is not None
    return found


@router.get("/lending/{code}/rows", summary="指标的明细 / what stands behind a figure")
@needs(Act.ASK, *EVERY_CLASS)
def rows(
    code: str,
    reader: Reading,
    by: By = "district",
    key: Annotated[str | None, Query(title="组", max_length=128)] = None,
    period: Span = "",
) -> LendingRows:
    """Keys of what was counted; of a share, of its numerator."""
    found = lending_rows(reader, code, by, key, Period.of(period, reader.moment.as_of))
    return LendingRows(code, found, reader.basis)
