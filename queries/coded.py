"""Words for people that are values of ours: beside each stands its code, for programs.

A verdict reads 符合 wherever an officer meets it, in stored decisions too, and stays that word; what
a program compares is the code beside it, which no change of wording touches.
"""

from __future__ import annotations

import sys
from dataclasses import fields
from enum import StrEnum
from typing import Any, Literal, TypeVar

from pydantic import computed_field

__all__ = ["Coded", "with_codes"]

Answer = TypeVar("Answer")


class Coded(StrEnum):
    """A word of Chinese out of few; its code is the name of the member in small letters."""

    @property
    def code(self) -> str:
        """Stable, English."""
        return self.name.lower()


def with_codes(answer: type[Answer]) -> type[Answer]:
    """The dataclass with `<field>_code` beside each field of a `Coded` type, in JSON and OpenAPI."""
    for field in fields(answer):  # type: ignore[arg-type]
        kind = vars(sys.modules[answer.__module__]).get(str(field.type))
        if isinstance(kind, type) and issubclass(kind, Coded):
            setattr(answer, f"{field.name}_code", _code_of(field.name, kind))
    return answer


def _code_of(name: str, kind: type[Coded]) -> Any:
    def code(self: Any) -> str:
        found: Coded = getattr(self, name)
        return found.code

    told = Literal.__getitem__(tuple(word.code for word in kind))
    return computed_field(return_type=told, title=f"{name} 的代码")(property(code))
