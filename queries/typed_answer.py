"""The answer to a question as a type: its rows have the columns that the question declares.

A question's header says each column's type and, of a coded one, where its words are; the row's
model is made of that, so that an answer, its description (OpenAPI) and what a command prints are
one.  Beside a code stands its word, as `<column>_label`; beside a word that is kept as its paper says
it (kinds of penalties), its codes, as `<column>_code`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from graph.schema import SCHEMA
from graph.time import Instant
from queries.basis import Basis
from queries.codes import adverse_codes, code_list
from queries.question import Column, Question

__all__ = ["QuestionAnswer", "answer_model"]

_TYPES: dict[str, Any] = {
    "text": str,
    "integer": int,
    "real": float,
    "flag": bool,
    "date": date,
    "instant": Instant,
    "list": list[Any],
    "map": dict[str, Any],
}
#: Type of the codes beside a column whose values are words: of a map those of each property.
_CODES: dict[str, Any] = {"text": list[str], "map": dict[str, list[str]]}
#: Type of the label beside a column of a type: a word, of a list one each, of a map by property.
_LABELS: dict[str, Any] = {"text": str, "list": list[str | None], "map": dict[str, str]}


class QuestionAnswer(BaseModel):
    """What a question brought: rows under its declared columns, and on what they stand."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    question: str = Field(title="查询")
    title: str = Field(title="题目")
    columns: dict[str, str] = Field(title="各列名称")
    rows: tuple[Any, ...]
    notes: tuple[str, ...] = Field(title="说明")
    basis: Basis


@cache
def answer_model(question: Question) -> type[QuestionAnswer]:
    """The type of a question's answers."""
    name = "".join(part.capitalize() for part in question.name.split("_"))
    coded = tuple(column for column in question.columns if column.codes)
    fields: dict[str, Any] = {
        column.name: (_TYPES[column.type] | None, Field(title=column.term))
        for column in question.columns
    }
    fields |= {
        f"{column.name}_code": (_CODES[column.type] | None, Field(title=f"{column.term}（代码）"))
        for column in coded
        if _keeps_words(column)
    }
    fields |= {
        f"{column.name}_label": (_LABELS[column.type] | None, Field(title=f"{column.term}（文字）"))
        for column in coded
    }
    asked: Any = Literal[question.name]
    row = create_model(f"{name}Row", **fields)

    def labelled(told: Any) -> Any:
        if not isinstance(told, Mapping):
            return told
        spoken = {f"{c.name}_code": _codes(c, told[c.name], told) for c in coded if _keeps_words(c)}
        return {
            **told,
            **spoken,
            **{f"{c.name}_label": _label(c, told[c.name], told) for c in coded},
        }

    rows = tuple[Annotated[row, BeforeValidator(labelled)], ...]  # type: ignore[valid-type]
    return create_model(
        f"{name}Answer",
        __base__=QuestionAnswer,
        question=(asked, Field(title="查询")),
        rows=(rows, Field(title="各行")),
    )


def _keeps_words(column: Column) -> bool:
    """Whether some of its values are kept in the words of their papers."""
    return column.codes == "adverse_what" or str(column.codes).startswith("of ")


def _codes(column: Column, value: Any, row: Mapping[str, Any]) -> Any:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        return adverse_codes(row["kind"], value)
    kind = row[str(column.codes).removeprefix("of ")]
    known = SCHEMA.kind(kind).properties if kind else ()
    return {
        item.name: item.codes_in(value[item.name])
        for item in known
        if item.spoken and value.get(item.name)
    }


def _label(column: Column, value: Any, row: Mapping[str, Any]) -> Any:
    if value is None or column.codes is None:
        return None
    if isinstance(value, Mapping):
        # `of kind`: whose property it is stands in another column
        kind = row[column.codes.removeprefix("of ")]
        named = ((name, SCHEMA.word(kind, name, code)) for name, code in value.items() if kind)
        return {name: word for name, word in named if word is not None}
    words = code_list(column.codes)
    if isinstance(value, list):
        return [words.get(each) for each in value]
    return words.get(value, value)
