"""The farmer's score, credit villages and towns, and grades by sex, age band and village."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path

from api.dependencies import Key, Reading

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


@router.get("/parties/{key}/score", summary="信用评分 / a farmer's score")
def score(key: Key, reader: Reading) -> dict[str, Any]:
    """A range with every item, what is missing, the grade, and what may never be used."""
    return reader.rating(key).as_dict()


@router.get("/places", summary="信用村镇 / credit villages and towns")
def places(reader: Reading) -> dict[str, Any]:
    """Every town and village with households, and whether it passes."""
    return reader.places().as_dict()


@router.get("/places/{division}", summary="一个村（镇）的评定 / one place")
def place(
    division: Annotated[str, Path(description="区划编号 / division key", max_length=64)],
    reader: Reading,
) -> dict[str, Any]:
    """Shares against the thresholds of the place, the verdict and the next review."""
    return reader.places().place_answer(division)


@router.get("/grades", summary="信用等级分布 / grades by group")
def grades(reader: Reading) -> dict[str, Any]:
    """Whether the card treats people alike: by sex, age band and village."""
    found = reader.places()
    return {
        "groups": [asdict(row) for row in found.grades],
        "not_used": [barred.model_dump() for barred in reader.card.not_used],
        "basis": found.basis.as_dict(),
    }
