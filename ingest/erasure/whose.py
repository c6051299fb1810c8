"""What the log holds of somebody: under which keys, of which things, in which facts.

keys        every key that a party ever had: judgements and former codes lead from one to another
things      what it owned alone, at any time: a loan of two borrowers stays the other's
facts       of the classes that are to go: about a key, or about such a thing
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import NotFoundError
from graph.facts import end_columns, first_ids
from graph.information import InformationClass
from graph.log import FactLog
from graph.schema import SCHEMA
from queries.owning import owning

__all__ = ["Held", "held_of", "held_of_records", "keys_of"]


def keys_of(log: FactLog, key: str) -> frozenset[str]:
    """Every key of a party, whichever of them is given.

    Raises `NotFoundError` (`party_unknown`) where the log never said anything of it.
    """
    found, new = {key}, {key}
    pairs = [
        (row["from_key"], row["to_key"])
        for kind in SCHEMA.identities
        if kind != "RECODED_AS"
        for row in log.history(kind).select(["from_key", "to_key", "certainty"]).to_pylist()
        if row["certainty"] >= 1
    ]
    while new:
        new = {other for pair in pairs if found.intersection(pair) for other in pair} - found
        found |= new
    if not any(_mentions(log, kind, found) for kind in _kinds(InformationClass)):
        raise NotFoundError(
            "事实日志里没有这个主体的信息。请核对编号。",
            "The log holds nothing of this party.",
            code="party_unknown",
        )
    return frozenset(found)


@dataclass(frozen=True)
class Held:
    """What is to go of somebody.

    Attributes:
        keys: of the party.  things: keys of what it owned alone.
        kinds: of the facts that go.
        facts: kind -> identifiers of the facts that go.
        values: texts that stand in facts that go and in none that stays: names, masked numbers,
            telephones, places.
    """

    keys: frozenset[str]
    things: frozenset[str]
    kinds: frozenset[str]
    facts: Mapping[str, pa.Array]
    values: frozenset[str]
    _ids: dict[str, pa.Array] = field(default_factory=dict, compare=False)

    @property
    def count(self) -> int:
        """How many facts go."""
        return sum(map(len, self.facts.values()))

    def __call__(self, name: str, table: pa.Table) -> pa.Array | None:
        """Which rows of a table of a batch go (`graph.erasing.WhichRows`)."""
        if name[0].isupper():
            ids = self.facts.get(name)
            return None if ids is None else _among(table["fact_id"], ids)
        if name == "closures":
            # an identifier says nothing, and that something ended is needed by nobody any more
            return _among(table["fact_id"], self._every())
        marks = pa.nulls(len(table), pa.bool_()).fill_null(False)
        gone = pa.concat_arrays([self._every(), pa.array(sorted(self.keys | self.things))])
        for column in table.columns:
            if pa.types.is_string(column.type):
                marks = pc.or_(marks, _among(column, gone))
        return marks

    def _every(self) -> pa.Array:
        if "" not in self._ids:
            parts = [pa.array([], pa.string()), *self.facts.values()]
            every = pa.concat_arrays(parts)
            self._ids[""] = pc.unique(pa.concat_arrays([every, first_ids(every)]))
        return self._ids[""]


def held_of(log: FactLog, keys: Collection[str], classes: Iterable[InformationClass]) -> Held:
    """What goes of a party when the facts of some classes about it are deleted."""
    return _held(log, keys, _things(log, keys), _kinds(classes))


def held_of_records(log: FactLog, records: Collection[str]) -> Held:
    """What goes of records: every version of each, and every tie to it, of whatever class."""
    return _held(log, (), records, _kinds(InformationClass))


def _held(
    log: FactLog, keys: Collection[str], things: Collection[str], kinds: Collection[str]
) -> Held:
    whose = pa.array(sorted({*keys, *things}), pa.string())
    facts: dict[str, pa.Array] = {}
    said: set[str] = set()
    for kind in sorted(kinds):
        told = log.history(kind)
        goes = _about(told, kind, whose)
        mine = told.filter(goes)
        if len(mine):
            facts[kind] = mine["fact_id"].combine_chunks()
            said |= _texts(mine, kind)
    return Held(
        frozenset(keys), frozenset(things), frozenset(facts), facts, frozenset(said - _stay(log, facts, said))
    )  # fmt: skip


def _kinds(classes: Iterable[InformationClass]) -> frozenset[str]:
    wanted = {*classes}
    return frozenset(item.kind for item in SCHEMA.kinds if item.information in wanted)


def _things(log: FactLog, keys: Collection[str]) -> set[str]:
    """What was never owned by anybody else."""
    mine: set[str] = set()
    others: set[str] = set()
    for label in SCHEMA.superlabels - {"Party"}:
        for tie in owning(label):
            told = log.history(tie.kind).select([tie.party, tie.thing])
            for party, thing in zip(*(column.to_pylist() for column in told.columns), strict=True):
                (mine if party in keys else others).add(thing)
    return mine - others


def _about(told: pa.Table, kind: str, whose: pa.Array) -> pa.Array:
    found = pa.nulls(len(told), pa.bool_()).fill_null(False)
    for column in end_columns(kind):
        if column == "key" or column.endswith("_key"):
            found = pc.or_(found, _among(told[column], whose))
    return found


def _mentions(log: FactLog, kind: str, keys: Collection[str]) -> bool:
    whose = pa.array(sorted(keys), pa.string())
    return bool(pc.any(_about(log.history(kind), kind, whose)).as_py())


def _texts(facts: pa.Table, kind: str) -> set[str]:
    """What is told of somebody in words of its own: no code, which thousands share."""
    return {
        value
        for item in SCHEMA.kind(kind).properties
        if not item.values and pa.types.is_string(facts.schema.field(item.name).type)
        for value in pc.unique(facts[item.name]).to_pylist()
        if value
    }


def _stay(log: FactLog, facts: Mapping[str, pa.Array], said: set[str]) -> set[str]:
    """Those of some texts that stand in a fact that stays as well."""
    wanted = pa.array(sorted(said), pa.string())
    found: set[str] = set()
    for kind in (item.kind for item in SCHEMA.kinds):
        told = log.history(kind)
        if kind in facts and len(told):
            told = told.filter(pc.invert(_among(told["fact_id"], facts[kind])))
        for item in SCHEMA.kind(kind).properties:
            if len(told) and pa.types.is_string(told.schema.field(item.name).type):
                stays = told[item.name].filter(_among(told[item.name], wanted))
                found.update(pc.unique(stays).to_pylist())
    return found


def _among(column: pa.ChunkedArray, values: pa.Array) -> pa.Array:
    marks = pc.fill_null(pc.is_in(column, value_set=values), False)
    return marks.combine_chunks() if isinstance(marks, pa.ChunkedArray) else marks
