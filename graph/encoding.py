"""The one encoder of answers: a dataclass, a model, or a list of them, as JSON has it.

What an answer says besides its fields is a `computed_field`, so that the encoder, the description
of the interface (OpenAPI) and the reader of the class see the same.  A day is 2026-01-31, an
instant has its offset, an enumeration is its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

__all__ = ["encode"]


def encode(answer: Any) -> Any:
    """The answer as what `json.dumps` takes; raises pydantic's error for a value of another type
    than its field declares."""
    if isinstance(answer, BaseModel):
        return answer.model_dump(mode="json", by_alias=True)
    if is_dataclass(answer) and not isinstance(answer, type):
        return _adapter(type(answer)).dump_python(
            answer, mode="json", by_alias=True, warnings="error"
        )
    if isinstance(answer, Mapping):
        return {str(name): encode(value) for name, value in answer.items()}
    if isinstance(answer, (list, tuple)):
        return [encode(item) for item in answer]
    if isinstance(answer, datetime):
        return answer.isoformat()
    return _plain().dump_python(answer, mode="json")


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _plain() -> TypeAdapter[Any]:
    return TypeAdapter(Any)
