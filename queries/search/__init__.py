"""Finding a party by whatever a person types: what it may mean, and how well an answer fits."""

from __future__ import annotations

from queries.search.narrowing import SEARCHED_KINDS, Narrowing
from queries.search.ranking import best_first, is_exact
from queries.search.typed import Typed, hidden, is_personal, read_typed

__all__ = [
    "SEARCHED_KINDS",
    "Narrowing",
    "Typed",
    "best_first",
    "hidden",
    "is_exact",
    "is_personal",
    "read_typed",
]
