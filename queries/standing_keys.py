"""The key that stands for one that was asked for, and whether any source knows it: looked up once.

A key may have been given up since: it is another party by judgement, or a place that has another
code by now (`graph.resolution`).  Whoever asks several things at one moment looks its keys up once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from graph.connection import Graph, Statement
from graph.errors import NotFoundError
from graph.moment import Moment
from graph.resolution import redirects
from graph.time import day_of
from queries.lawful import parameters
from queries.scope import ADMINISTRATOR, Scope

__all__ = ["KNOWN", "SAME_AS", "At", "StandingKeys"]

SAME_AS = "same_as"
KNOWN = "known_party"


@dataclass(frozen=True)
class At:
    """What a question is given of its moment, and what its basis says of it."""

    as_of: date
    known_at: datetime
    position: int
    veiled: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()

    @classmethod
    def of(cls, moment: Moment) -> At:
        """That of a moment."""
        return cls(moment.as_of, moment.known_at, moment.position, moment.veiled, moment.registers)

    def parameters(self) -> dict[str, Any]:
        """Of every question."""
        return {
            "as_of": self.as_of,
            "known_at": self.known_at,
            **parameters(max(self.as_of, day_of(self.known_at))),
            "veiled": list(self.veiled),
            "registers": list(self.registers),
        }


class StandingKeys:
    """Keys at one moment, for one scope; each is looked up once."""

    def __init__(self, graph: Graph, at: At | Moment, scope: Scope = ADMINISTRATOR) -> None:
        self._graph = graph
        self._at = at if isinstance(at, At) else At.of(at)
        self.scope = scope
        self._standing: dict[str, str] = {}
        self._known: set[str] = set()

    def look_up(self, keys: Iterable[str]) -> None:
        """Look up what is not looked up yet, in one transaction; one more where a key was led on."""
        new = list(dict.fromkeys(key for key in keys if key not in self._standing))
        if not new:
            return
        found = self._graph.read_many(
            [self._statement(name, key) for key in new for name in (SAME_AS, KNOWN)]
        )
        led = []
        for key, said, known in zip(new, found[::2], found[1::2], strict=True):
            moved = redirects(said.rows)
            self._standing[key] = moved[key][0] if key in moved else key
            if key in moved:
                led.append(self._standing[key])
            elif known.rows:
                self._known.add(key)
        if led := [key for key in led if key not in self._known]:
            told = self._graph.read_many([self._statement(KNOWN, key) for key in led])
            self._known |= {key for key, known in zip(led, told, strict=True) if known.rows}

    def standing(self, key: str) -> str:
        """The key that stands for `key`."""
        self.look_up([key])
        return self._standing[key]

    def known(self, key: str) -> str:
        """As `standing`; raises `NotFoundError` (`party_unknown`) where nothing is said of it."""
        found = self.standing(key)
        if found not in self._known:
            raise NotFoundError(
                "没有找到这个主体（村、镇）。请先用“查找主体”核对编号。",
                "No source knows that party or place at this time.",
                code="party_unknown",
            )
        return found

    def _statement(self, name: str, key: str) -> Statement:
        from queries.library import library  # which asks by these keys itself

        question = library()[name]
        values = {"key": key, **self._at.parameters(), **self.scope.parameters()}
        return Statement(question.text_for(self.scope), values, question.rows)
