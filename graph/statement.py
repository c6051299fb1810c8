"""One read or write, and what a read returned: a question is put together and answered without Neo4j's driver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Rows", "Statement", "microseconds"]


@dataclass(frozen=True)
class Rows:
    """What a read returned; `truncated` when there was more than the row budget."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    truncated: bool


@dataclass(frozen=True)
class Statement:
    """One read or write of several that are made in one transaction."""

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    max_rows: int = 10_000


def microseconds(instant: str) -> str:
    """An instant of the engine as a whole number since 1970, in Cypher.

    Under the name `known_from` of a map it comes back as an instant (`graph.connection`): to make one of
    what the engine calls an instant takes the driver ten objects.
    """
    return f"{instant}.epochSeconds * 1000000 + {instant}.microsecond"
