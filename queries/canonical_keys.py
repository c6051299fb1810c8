"""The key that stands for one that was asked for, and whether any source knows it: looked up once.

A key may have been given up since: it is another party by judgement, or a place that has another
code by now (`graph.resolution`).  Whoever asks several things at one moment looks its keys up once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.errors import NotFoundError
from graph.moment import Moment, lawful_on
from graph.resolution import redirects
from graph.statement import Statement
from queries.lawful import parameters
from queries.question import Question
from queries.questions import find_question
from queries.scope import Scope
from queries.seen import of_fragment

if TYPE_CHECKING:
    from graph.connection import Graph

__all__ = ["KNOWN", "SAME_AS", "At", "CanonicalKeys", "patience_s", "statement_of"]

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
    head: str = ""

    @classmethod
    def of(cls, moment: Moment | At) -> At:
        """That of a moment."""
        if isinstance(moment, At):
            return moment
        return cls(
            moment.as_of,
            moment.known_at,
            moment.position,
            moment.veiled,
            moment.registers,
            moment.head,
        )

    def parameters(self) -> dict[str, Any]:
        """Of every question."""
        return {
            "as_of": self.as_of,
            "known_at": self.known_at,
            **parameters(lawful_on(self.as_of, self.known_at)),
            "veiled": _filled(self.veiled),
            "registers": _filled(self.registers),
        }


#: The engine keeps a plan for lists of eleven to a hundred, and another one for shorter ones.
_AT_LEAST = 11


def _filled(names: Collection[str]) -> list[str]:
    """Names as a list for which there is one plan; nothing is called what it is filled up with."""
    return [*names, *[""] * (_AT_LEAST - len(names))]


def statement_of(question: Question, scope: Scope, given: dict[str, Any]) -> Statement:
    """What the graph is sent: the text for a reader, and of the parameters those that it names."""
    text = question.text_for(scope)
    if not scope.sees_everything:
        given |= scope.parameters()
    return Statement(text, _used(text, question.sent(given)), question.rows)


def _used(text: str, given: Mapping[str, Any]) -> dict[str, Any]:
    named = _named(text)
    return {name: value for name, value in given.items() if name in named}


#: Seconds for what everybody is asked, and for what a scope asks besides.  A plan that is cut short is
#: no plan: on a slow machine whoever asked again would wait in vain again.
_ASKED_S, _PLANNED_S = 30.0, 120.0


def patience_s(scope: Scope, count: int) -> float:
    """How long so many statements may take: what a scope asks besides is planned once, and slowly."""
    return (_ASKED_S if scope.sees_everything else _PLANNED_S) + count


@lru_cache(maxsize=1_000)
def _named(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\$(\w+)", text))


class CanonicalKeys:
    """Keys at one moment, for one scope; each is looked up once."""

    def __init__(self, graph: Graph, at: At | Moment, scope: Scope) -> None:
        self._graph = graph
        self._at = At.of(at)
        self.scope = scope
        self._standing: dict[str, str] = {}
        self._known: set[str] = set()
        self._places: dict[str, list[str]] = {}

    def look_up(self, keys: Iterable[str]) -> None:
        """Look up what is not looked up yet, in one transaction; one more where a key was led on."""
        new = list(dict.fromkeys(key for key in keys if key not in self._standing))
        if not new:
            return
        statements = [self._statement(name, key) for key in new for name in (SAME_AS, KNOWN)]
        patience = patience_s(self.scope, len(statements))
        found = self._graph.read_many(statements, timeout_s=patience)
        led = []
        for key, said, known in zip(new, found[::2], found[1::2], strict=True):
            moved = redirects(said.rows)
            self._standing[key] = moved[key][0] if key in moved else key
            if key in moved:
                led.append(self._standing[key])
            elif known.rows:
                self._known.add(key)
        if led := [key for key in led if key not in self._known]:
            statements = [self._statement(KNOWN, key) for key in led]
            told = self._graph.read_many(statements, timeout_s=patience)
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

    def tells_all(self, kind: str, parties: pa.Array) -> NDArray[np.bool_]:
        """Of which parties every fact of a kind is seen (`Scope.tells_all`)."""
        self.look_up_places(key for key in parties.to_pylist() if key is not None)
        told = [self.scope.tells_all(kind, key, self._places) for key in parties.to_pylist()]
        return np.array(told, bool)

    def is_near(self, key: str) -> bool:
        """Whether a party is located where the reader works; a public tie makes it known everywhere."""
        areas = self.scope.areas
        if areas is None:
            return True
        self.look_up_places([key])
        return any(place.startswith(areas) for place in self._places[key])

    def look_up_places(self, keys: Iterable[str]) -> None:
        """Look up where parties are located, of those of whom it is not known yet."""
        asked = [key for key in keys if key not in self._places]
        if asked:
            text = of_fragment("places_of", "$keys")
            values = _used(text, {"keys": asked, **self._at.parameters()})
            self._places |= {key: [] for key in asked}
            for row in self._graph.read(text, values).rows:
                self._places[row["key"]].append(row["place"])

    def tells_all_of(self, kind: str, key: str) -> bool:
        """The same of one party."""
        return bool(self.tells_all(kind, pa.array([self.standing(key)]))[0])

    def _statement(self, name: str, key: str) -> Statement:
        question = find_question(name)
        assert question is not None, name
        return statement_of(question, self.scope, {"key": key, **self._at.parameters()})
