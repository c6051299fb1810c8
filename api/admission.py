"""What every request is held to before its route sees it: names that are declared, numbers and
text that every part of the house can hold.

JSON as Python reads it knows NaN, numbers of any length and halves of characters; a driver, a
database or an answer fails on them later, and then it looks like a fault of ours.  A name that
nobody declared is a misspelled one: left out silently, it would answer another question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from graph.errors import InputError
from graph.time import parse_date, parse_instant

__all__ = [
    "MOST",
    "MOST_BODY",
    "Count",
    "Day",
    "Fen",
    "Flag",
    "Instant",
    "Integer",
    "Number",
    "Text",
    "Whole",
    "admitted",
    "any_query",
    "declared",
    "sent",
]

#: The largest number: beyond it, integers are not the same to every reader of JSON (RFC 8259, 6).
MOST = 2**53 - 1

#: The largest body of a request that is no file, in bytes: it is read as a whole.
MOST_BODY = 16 * 2**20

#: What every page takes besides what it declares: to be told as a file (`api.pages.exporting`).
_OF_EVERY_PAGE = frozenset({"export"})

#: Half of a character, or none: no text.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
#: Shorter ones are codes and single words, which stand in our own sentences as well.
_TELLS = 3
Way = TypeVar("Way", bound=Callable[..., Any])
_DIGITS = re.compile(r"-?(0|[1-9][0-9]{0,18})")


def _whole(value: object) -> object:
    """Of a query: digits of ASCII, and not what Python reads besides ("1_0", " 1", "1.0", "１")."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise PydanticCustomError("whole", "a whole number in plain digits")
    return value


def _flag(value: object) -> object:
    if isinstance(value, str) and value not in ("true", "false"):
        raise PydanticCustomError("flag", "true or false")
    return value


def _day(value: object) -> date:
    """Of a body: YYYY-MM-DD, and no count of seconds or days."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("day", "a date is written YYYY-MM-DD")
    try:
        return parse_date(value)
    except InputError as error:
        raise PydanticCustomError("day", "a date is written YYYY-MM-DD") from error


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return parse_instant(str(value))
    except InputError as error:
        raise PydanticCustomError("instant", "an instant with its offset, ISO 8601") from error


def _integral(told: Any) -> Any:
    """A number without a fraction is an integer, however it is written (JSON Schema, 6.1.1)."""
    return int(told) if isinstance(told, float) and told.is_integer() else told


#: A whole number, whose bounds each use states, and a flag, in a query or a form.
Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]
#: A date in a body.
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
#: An instant that says its offset.
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
#: A whole number in a body, whose bounds each use states.
Count = Annotated[int, BeforeValidator(_integral)]
#: Any whole number in a body; money, in fen.
Integer = Annotated[Count, Field(ge=-MOST, le=MOST)]
Fen = Integer
#: Any number, any text in a body.
Number = (
    Annotated[int, Field(strict=True, ge=-MOST, le=MOST)]
    | Annotated[float, Field(strict=True, ge=-MOST, le=MOST)]
)
Text = Annotated[str, Field(strict=True, max_length=10_000)]


def any_query(way: Way) -> Way:
    """Mark a page to which others lead back, with names in its query that are theirs to choose."""
    way.takes_any_query = True  # type: ignore[attr-defined]
    return way


async def admitted(request: Request) -> None:
    """Refuse names of a query that are not declared or come twice, and what is no text or number:
    of every route and every page.

    Raises `RequestValidationError`, which says where and never what, and `InputError` (`no_text`).
    """
    route = request.scope.get("route")
    wrong = []
    if isinstance(route, APIRoute) and not getattr(route.endpoint, "takes_any_query", False):
        every = _with_dependencies(route.dependant)
        declared = {field.alias for part in every for field in part.query_params}
        if not route.include_in_schema and "GET" in (route.methods or ()):
            declared |= _OF_EVERY_PAGE
        names = [name for name, _ in request.query_params.multi_items()]
        wrong = [("query", name if name in declared else "?") for name in dict.fromkeys(names)
                 if name not in declared or names.count(name) > 1]  # fmt: skip
    # read before by FastAPI, where the route takes JSON or a form: they are at hand already
    body = list(_values(getattr(request, "_json", None)))
    form = getattr(request, "_form", None) or {}
    if any(_unfit(value) for value in body):
        wrong.append(("body", "?"))
    texts = [*request.path_params.values(), *request.query_params.values(), *body]
    texts += [getattr(value, "filename", value) for value in form.values()]
    if any(isinstance(text, str) and _NO_TEXT.search(text) for text in texts):
        # no description of strings can say so: it is a rule of ours
        raise InputError(
            "文字中有不成字的编码（空字符或半个字符）。请改正后重发。",
            "A text holds a NUL or half of a character.",
            code="no_text",
        )
    if wrong:
        raise RequestValidationError([{"loc": loc, "type": "admission"} for loc in wrong])


def _with_dependencies(of: Dependant) -> list[Dependant]:
    """What a route declares, and what each thing that it depends on declares."""
    return [of, *(part for each in of.dependencies for part in _with_dependencies(each))]


def bodies(route: object) -> list[type[BaseModel]]:
    """The models of the bodies that a route declares."""
    if not isinstance(route, APIRoute):
        return []
    return [
        field.field_info.annotation
        for of in _with_dependencies(route.dependant)
        for field in of.body_params
        if isinstance(field.field_info.annotation, type)
        and issubclass(field.field_info.annotation, BaseModel)
    ]


def declared(route: object) -> frozenset[str]:
    """Every name that a route declares: of its path, its query, its headers, its form or body."""
    if not isinstance(route, APIRoute):
        return frozenset()
    every = _with_dependencies(route.dependant)
    parts = [field for of in every for field in of.body_params]
    fields = [
        field for of in every for field in (*of.path_params, *of.query_params, *of.header_params)
    ] + parts
    names = {"path", "query", "header", "body", "url", *(field.alias for field in fields)}
    shapes: list[Any] = [model.model_json_schema() for model in bodies(route)]
    while shapes:
        shape = shapes.pop()
        if isinstance(shape, dict):
            names.update(shape.get("properties", ()))
            shapes.extend(shape.values())
        elif isinstance(shape, list):
            shapes.extend(shape)
    return frozenset(names)


def sent(request: Request) -> frozenset[str]:
    """Every text of three characters and more that came with a request, to be said by nobody."""
    texts = [
        *request.path_params.values(),
        *request.query_params.values(),
        *_values(getattr(request, "_json", None)),
    ]
    return frozenset(text for text in texts if isinstance(text, str) and len(text) >= _TELLS)


def _values(body: Any) -> Iterator[Any]:
    left = [body]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            yield from value
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
        else:
            yield value


def _unfit(value: object) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    return isinstance(value, int) and not -MOST <= value <= MOST
