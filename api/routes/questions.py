"""The library of questions: its catalogue, and any of them asked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Body as FromBody
from pydantic import Field

from api.admission import Number, Text
from api.dependencies import Serving
from graph.time import parse_date, past_instant
from queries import library

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])

Parameters = Annotated[
    dict[Annotated[str, Field(max_length=64)], Text | Number],
    FromBody(),
]


@router.get("/questions", summary="查询目录 / questions")
def questions() -> list[dict[str, Any]]:
    """All questions with their parameters and columns."""
    return [
        {
            "name": item.name,
            "title": item.title,
            "question": item.question,
            "basis": item.basis,
            "parameters": {each.name: each.term for each in item.parameters},
            "columns": {each.name: each.term for each in item.columns},
        }
        for item in library().values()
    ]


@router.post("/questions/{name}", summary="提问 / ask")
def ask_question(name: str, services: Serving, parameters: Parameters) -> dict[str, Any]:
    """Ask any question of the library."""
    day, instant = parameters.pop("as_of", None), parameters.pop("known_at", None)
    reader = services.reader(
        as_of=None if day is None else parse_date(str(day)),
        known_at=None if instant is None else past_instant(str(instant)),
    )
    return reader.ask(name, **parameters).as_dict()
