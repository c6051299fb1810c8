"""A world cut down to what a scope sees, one fact at a time, by the definition alone.

Written from `Scope.sees` and the declarations of the schema in plain Python, apart from
`queries.visible`: the two are held against each other.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.scope.memory_log import table_of
from graph.facts import coded_schema
from graph.log import Batch, FactLog
from graph.log_view import FactsAt, LogView
from graph.schema import SCHEMA
from graph.vocabulary import Node, Relationship
from queries.lawful import Law
from queries.scope import Scope

__all__ = ["CutLog", "Grounds", "cut_view", "facts_seen"]

Row = dict[str, Any]
_COLUMN = {"source": "from_key", "target": "to_key"}


class Ground:
    """Where parties are located, and whose things are, in one world at one moment."""

    def __init__(self, log: FactLog, as_of: date, known_at: datetime) -> None:
        whole = FactsAt(log, as_of, known_at)
        self.whole = whole
        self._rows: dict[str, list[Row]] = {}
        self.places: dict[str, set[str]] = defaultdict(set)
        for row in whole.table("LOCATED_IN").to_pylist():
            if row["certainty"] >= 1:
                self.places[row["from_key"]].add(row["to_key"])
        self.owners: dict[tuple[str, str], set[str]] = defaultdict(set)
        for tie in SCHEMA.relationships.values():
            for party, thing in (("source", "target"), ("target", "source")):
                labels = tie.sources if party == "source" else tie.targets
                others = tie.targets if party == "source" else tie.sources
                about = SCHEMA.about(tie)
                if _are_parties(labels) and not _are_parties(others) and about == (party,):
                    for row in whole.table(tie.kind).to_pylist():
                        if row["certainty"] >= 1:
                            place = _thing(others), row[_COLUMN[thing]]
                            self.owners[place].add(row[_COLUMN[party]])

    def subjects(self, kind: str, row: Row) -> list[set[str]]:
        """Whom a fact is about."""
        declared = SCHEMA.kind(kind)
        if isinstance(declared, Node):
            return [self._stands_for((declared.describes or declared.label,), row["key"])]
        return [
            self._stands_for(
                declared.sources if end == "source" else declared.targets, row[_COLUMN[end]]
            )
            for end in SCHEMA.about(declared)
        ]

    def rows(self, kind: Node | Relationship) -> list[Row]:
        """Everything of a kind that is held, whatever day it is true on."""
        if kind.kind not in self._rows:
            self._rows[kind.kind] = _rows(self.whole, kind)
        return self._rows[kind.kind]

    def _stands_for(self, labels: tuple[str, ...], key: str) -> set[str]:
        return {key} if _are_parties(labels) else self.owners.get((_thing(labels), key), set())


def _are_parties(labels: tuple[str, ...]) -> bool:
    return _thing(labels) == "Party"


def _thing(labels: tuple[str, ...]) -> str:
    return SCHEMA.common_label(labels)


def facts_seen(ground: Ground, scope: Scope) -> dict[str, list[Row]]:
    """The facts seen of every kind, of any valid time, where readers find them."""
    found = {}
    for kind in SCHEMA.kinds:
        rows = ground.rows(kind)
        if kind.kind in SCHEMA.identities and not scope.sees_everything | _is_public(kind):
            # what contradicts itself is followed by nobody, and not told to who sees half of it
            moved = ground.whole.moved
            rows = [row for row in rows if row["certainty"] < 1 or row["from_key"] in moved]
        found[kind.kind] = [
            row
            for row in rows
            if scope.sees(kind.kind, ground.subjects(kind.kind, row), ground.places)
        ]
    return found


def _rows(whole: FactsAt, kind: Node | Relationship) -> list[Row]:
    if kind.kind in SCHEMA.identities:
        rows: list[Row] = whole.log.read(kind.kind, known_at=whole.known_at).to_pylist()
        # of a key that is given up only that it is: what else it may be is told to nobody
        return [row for row in rows if row["from_key"] not in whole.moved or _is_followed(row)]
    if isinstance(kind, Node) and SCHEMA.superlabel(kind) == "Division":
        said: list[Row] = whole.log.read(kind.kind, known_at=whole.known_at).to_pylist()
        return said
    led: list[Row] = whole.held(kind.kind).to_pylist()
    return led


def _is_public(kind: Node | Relationship) -> bool:
    return SCHEMA.information(kind.kind).is_public


def _is_followed(row: Row) -> bool:
    """Whether an identity leads on: it is certain, and has no date."""
    return row["certainty"] >= 1 and row["valid_from"] is None and row["valid_to"] is None


class Grounds:
    """A world at every moment that is looked at."""

    def __init__(self, log: FactLog) -> None:
        self.log = log
        self._found: dict[tuple[date, datetime], Ground] = {}

    def at(self, as_of: date, known_at: datetime) -> Ground:
        """The world at one moment."""
        if (as_of, known_at) not in self._found:
            self._found[as_of, known_at] = Ground(self.log, as_of, known_at)
        return self._found[as_of, known_at]


class CutLog(FactLog):
    """What is left of a log for a scope: the whole of it is out of reach from here."""

    def __init__(self, world: Grounds, scope: Scope, as_of: date, known_at: datetime) -> None:
        super().__init__(Path("/nowhere"))
        self._world, self._scope, self._day = world, scope, as_of
        self._cuts: dict[tuple[date, datetime], dict[str, pa.Table]] = {}
        self._tables_read: dict[tuple[str, date | None, datetime | None, bool], pa.Table] = {}
        self._at = (as_of, known_at)

    def batches(self) -> list[Batch]:
        """Every batch: that it came is no secret."""
        return self._world.log.batches()

    def read(
        self,
        kind: str,
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
        coded: bool = False,
    ) -> pa.Table:
        """Facts of a kind that are held, true on a day, and seen; kept, since many answers ask."""
        asked = kind, as_of, known_at, coded
        if asked not in self._tables_read:
            self._tables_read[asked] = self._cut(kind, as_of, known_at, coded=coded)
        return self._tables_read[asked]

    def _cut(
        self, kind: str, as_of: date | None, known_at: datetime | None, *, coded: bool
    ) -> pa.Table:
        moment = as_of or self._day, known_at or self._at[1]
        if moment not in self._cuts:
            seen = facts_seen(self._world.at(*moment), self._scope)
            self._cuts[moment] = {name: table_of(name, rows) for name, rows in seen.items()}
        table = self._cuts[moment][kind]
        if as_of is not None:
            rows = [row for row in table.to_pylist() if _true(row, as_of)]
            table = table_of(kind, rows)
        return table.cast(coded_schema(kind)) if coded else table


def _true(row: Row, day: date) -> bool:
    begun = row["valid_from"] is None or row["valid_from"] <= day
    return bool(begun and (row["valid_to"] is None or day < row["valid_to"]))


class _Absence:
    """What is not in the cut world is absent only where it could not have been withheld."""

    def __init__(self, world: Grounds, scope: Scope) -> None:
        self._world, self._scope = world, scope

    def __call__(self, _kind: str, facts: pa.Table, _at: FactsAt, /) -> pa.Table:
        return facts

    def tells_all(self, kind: str, parties: pa.Array, at: FactsAt, /) -> NDArray[np.bool_]:
        """One party at a time."""
        places = self._world.at(at.as_of, at.known_at).places
        return np.array(
            [self._scope.tells_all(kind, key, places) for key in parties.to_pylist()], bool
        )


def cut_view(world: Grounds, scope: Scope, as_of: date, known_at: datetime) -> LogView:
    """The administrator's view of the world that is left, under the name of the scope."""
    left = CutLog(world, scope, as_of, known_at)
    reader = "" if scope.sees_everything else scope.id
    return LogView(left, [Law(), _Absence(world, scope)], reader, scope.said)
