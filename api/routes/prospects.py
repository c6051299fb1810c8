"""First-loan prospects of a village, and the conflicts of whoever appraises."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.admission import Whole
from api.dependencies import Key, Reading

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


@router.get("/prospects", summary="首贷培植汇总 / prospects by village and product")
def summary(reader: Reading) -> dict[str, Any]:
    """Households and firms without a known loan; that none is known does not say there is none."""
    found = reader.prospects()
    return {
        "as_of": found.as_of.isoformat(),
        "known_at": found.known_at.isoformat(),
        "units": found.units,
        "first_loan": "尚不能确定",
        "rows": found.summary(),
        "basis": reader.basis.as_dict(),
    }


@router.get("/prospects/{village}", summary="一个村的走访名单 / a village's visit sheet")
def village(
    village: str,
    reader: Reading,
    product: Annotated[str | None, Query(max_length=64)] = None,
    most: Annotated[Whole, Query(ge=0, le=20)] = 1,
    assessor: Annotated[str | None, Query(max_length=128)] = None,
) -> dict[str, Any]:
    """The nearest first; with `assessor`, whom that person must leave to somebody else."""
    conflicts = reader.conflicts(assessor) if assessor else {}
    found = reader.prospects().village(village, product=product, most=most)
    return {
        "village": village,
        "rows": [
            {
                **asdict(one),
                "conflict": conflicts.get(one.applicant) or conflicts.get(one.unit),
            }
            for one in found
        ],
        "basis": reader.basis.as_dict(),
    }


@router.get("/assessors/{key}/conflicts", summary="评议回避 / an assessor's conflicts")
def conflicts(key: Key, reader: Reading) -> dict[str, Any]:
    """Relatives in the household, spouse, either side of a guarantee."""
    return reader.ask("assessor_conflicts", key=key).as_dict()
