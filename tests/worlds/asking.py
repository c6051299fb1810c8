"""A question asked in a test of who sees everything, at the moment that the graph holds whole."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from graph.connection import Graph
from graph.errors import GraphUnavailableError
from graph.projection import projected_to
from graph.time import parse_date, parse_instant, today
from queries import library
from queries.canonical_keys import At
from queries.library import Answer
from queries.library import ask as ask_at
from queries.scope import ADMINISTRATOR

__all__ = ["ask"]

#: How often a question is asked that a busy machine did not answer within its time.
TRIES = 5


def ask(
    graph: Graph,
    name: str,
    *,
    as_of: date | str | None = None,
    known_at: datetime | str | None = None,
    **given: Any,
) -> Answer:
    """`queries.library.ask`; the day is today, and the scope everything, unless others are given.

    As the message of a graph that did not answer in time asks of people, it is asked again.
    """
    if "moment" not in given:
        held = projected_to(graph)
        assert held is not None and name in library()
        day = parse_date(as_of) if isinstance(as_of, str) else as_of or today()
        known = parse_instant(known_at) if isinstance(known_at, str) else known_at or held.known_at
        given["moment"] = At(day, known, held.position)
    for _ in range(TRIES - 1):
        try:
            return ask_at(graph, name, **{"scope": ADMINISTRATOR, **given})
        except GraphUnavailableError as slow:
            if slow.code != "query_timeout":
                raise
    return ask_at(graph, name, **{"scope": ADMINISTRATOR, **given})
