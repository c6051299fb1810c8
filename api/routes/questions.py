"""The library of questions: its catalogue, and any of them asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Union

from fastapi import APIRouter
from fastapi import Body as FromBody
from pydantic import Field

from api.acts import Act
from api.admission import Number, Text
from api.dependencies import Scoped, Serving
from api.needs import EVERY_CLASS, needs
from graph.time import parse_date, past_instant
from queries import library
from queries.library import answers
from queries.typed_answer import QuestionAnswer

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])

Parameters = Annotated[
    dict[Annotated[str, Field(max_length=64)], Text | Number],
    FromBody(),
]


@dataclass(frozen=True)
class QuestionInShort:
    """A question with its parameters and columns by name, each with its term."""

    name: str
    title: str
    question: str
    basis: str
    parameters: dict[str, str]
    columns: dict[str, str]


#: The answers of all questions: which one it is stands in `question`.
AnyAnswer: Any = Annotated[
    Union[tuple(answers(name) for name in library())],  # noqa: UP007 - made of the library
    Field(discriminator="question"),
]


@router.get("/questions", summary="查询目录 / questions")
@needs(Act.LOOK)
def questions() -> list[QuestionInShort]:
    """All questions with their parameters and columns."""
    return [
        QuestionInShort(
            name=item.name,
            title=item.title,
            question=item.question,
            basis=item.basis,
            parameters={each.name: each.term for each in item.parameters},
            columns={each.name: each.term for each in item.columns},
        )
        for item in library().values()
    ]


@router.post("/questions/{name}", summary="提问 / ask", response_model=AnyAnswer)
@needs(Act.ASK, *EVERY_CLASS)
def ask_question(
    name: str, services: Serving, scope: Scoped, parameters: Parameters
) -> QuestionAnswer:
    """Ask any question of the library."""
    day, instant = parameters.pop("as_of", None), parameters.pop("known_at", None)
    reader = services.reader(
        scope,
        as_of=None if day is None else parse_date(str(day)),
        known_at=None if instant is None else past_instant(str(instant)),
    )
    return reader.ask(name, **parameters).typed()
