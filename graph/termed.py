"""Codes that programs compare, each with its Chinese term beside it."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

__all__ = ["Termed"]


class Termed(StrEnum):
    """A code out of few; a member is written `NAME = "code", "词"`, and its value is the code."""

    term: str

    def __new__(cls, code: str, term: str = "") -> Self:
        """A member; where no term is stated, it is looked up by its code alone."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.term = term
        return member
