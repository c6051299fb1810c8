"""The farmer's score, credit villages and towns, and grades by sex, age band and village."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.acts import Act
from api.dependencies import Key, Reading
from api.needs import EVERY_CLASS, needs
from queries.eligibility.scorecard.answer import (
    GradesAnswer,
    PlaceAnswer,
    PlacesAnswer,
    RatingAnswer,
    grades_answer,
    place_answer,
    places_answer,
    rating_answer,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


@router.get("/parties/{key}/score", summary="信用评分 / a farmer's score")
@needs(Act.ASK, *EVERY_CLASS)
def score(key: Key, reader: Reading) -> RatingAnswer:
    """A range with every item, what is missing, the grade, and what may never be used."""
    return rating_answer(reader.rating(key))


@router.get("/places", summary="信用村镇 / credit villages and towns")
@needs(Act.ASK, *EVERY_CLASS)
def places(reader: Reading) -> PlacesAnswer:
    """Every town and village with households, and whether it passes."""
    return places_answer(reader.places())


@router.get("/places/{division}", summary="一个村（镇）的评定 / one place")
@needs(Act.ASK, *EVERY_CLASS)
def place(
    division: Annotated[str, Path(description="区划编号 / division key", max_length=64)],
    reader: Reading,
) -> PlaceAnswer:
    """Shares against the thresholds of the place, the verdict and the next review."""
    return place_answer(reader.places(), division)


@router.get("/grades", summary="信用等级分布 / grades by group")
@needs(Act.ASK, *EVERY_CLASS)
def grades(reader: Reading) -> GradesAnswer:
    """Whether the card treats people alike: by sex, age band and village."""
    return grades_answer(reader.places(), reader.card)
