"""A sum of money of which some parts may not be known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Fen", "total"]


@dataclass(frozen=True)
class Fen:
    """What is known of a sum, in fen, and how many parts of it are not known.

    With `unknown` parts the sum is at least `known`, never exactly.
    """

    known: int = 0
    unknown: int = 0

    def __add__(self, other: Fen) -> Fen:
        return Fen(self.known + other.known, self.unknown + other.unknown)

    @property
    def exact(self) -> int | None:
        """The sum, or None when a part is unknown."""
        return None if self.unknown else self.known


def total(parts: Iterable[int | None]) -> Fen:
    """Sum of amounts, None where one was never told."""
    told = list(parts)
    return Fen(sum(part for part in told if part is not None), told.count(None))
