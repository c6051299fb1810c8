"""How the risk policy did against what happened; nothing is changed here."""

from __future__ import annotations

from fastapi import APIRouter

from api.acts import Act
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from queries.risk.calibration import Calibration

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


@router.get("/calibration", summary="风险政策的校准 / the risk policy against past defaults")
@needs(Act.ASK, *EVERY_CLASS)
def calibration(reader: Reading) -> Calibration:
    """Years that are over, how well they were foretold, and the numbers that would fit them.

    Where too few defaults are known, `why_not` says so and what to do; a fitted policy is only
    proposed: two persons put it in force.
    """
    return reader.calibration()
