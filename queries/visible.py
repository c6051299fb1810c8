"""What a reader gets of the tables of the log: `Scope.sees` for whole kinds at a time.

    LOCATED_IN  ->  who is located where the reader works
    grants      ->  who opened which kind
    ties of owners (BORROWED, OWNS, …)  ->  the same of things, by their owners

and every fact of a kind is looked up by the keys that it is about.  Keys are looked up once for each
dictionary of the log's tables, not once for a row.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.log import FactLog
from graph.log_view import FactsAt, LogView
from graph.schema import SCHEMA
from queries.lawful import Law, Shared
from queries.owning import owning, subjects
from queries.scope import Scope

__all__ = ["as_view", "visible"]

Flags = NDArray[np.bool_]


def visible(log: FactLog, scope: Scope, shared: Shared | None = None) -> LogView:
    """The log as law and a reader's scope let it be seen: the only way from `queries` to its tables.

    Args:
        shared: as of `queries.lawful.Law`.
    """
    if scope.sees_everything:
        return LogView(log, [Law(shared)], scope=scope.said)
    return LogView(log, [Law(shared), _Shown(scope)], scope.id, scope.said)


def as_view(log: FactLog | LogView) -> LogView:
    """The view itself; of a log alone, what law lets anybody see of it: a reader hands on a view."""
    return log if isinstance(log, LogView) else LogView(log, [Law()])


class _Shown:
    """Keeps what a scope sees; asked of one kind of a moment after the other."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._last: _Ground | None = None

    def __call__(self, kind: str, facts: pa.Table, at: FactsAt) -> pa.Table:
        """Those of some facts of a kind that are seen."""
        if kind in self._scope.public_kinds or not len(facts):
            return facts
        shown = self._ground(at).shown(kind, facts)
        return facts if shown.all() else facts.filter(pa.array(shown))

    def tells_all(self, kind: str, parties: pa.Array, at: FactsAt) -> Flags:
        """`Scope.tells_all` of many parties."""
        if kind in self._scope.public_kinds:
            return np.ones(len(parties), bool)
        return self._ground(at).tells_all(kind, parties)

    def _ground(self, at: FactsAt) -> _Ground:
        ground = self._last
        if ground is None or ground.at is not at:
            ground = self._last = _Ground(self._scope, at)
        return ground


class _Ground:
    """On what it is decided at one moment whose facts are seen."""

    def __init__(self, scope: Scope, at: FactsAt) -> None:
        self.at = at
        self._scope = scope
        self._near: dict[str, pa.Array] = {}
        self._opened: dict[tuple[str, str], pa.Array] = {}

    def shown(self, kind: str, facts: pa.Table) -> Flags:
        """Which of some facts of a kind that is not public are seen."""
        scope, about = self._scope, subjects(kind)
        shown = np.ones(len(facts), bool)
        # what is opened by few comes first: only what is left is looked up again
        if kind not in scope.open_kinds:
            for each in about:
                shown = _among(facts[each.column], self._opening(kind, each.label), shown)
        if scope.areas is not None:
            near = np.zeros(len(facts), bool)
            for each in about:
                near |= _among(facts[each.column], self._located(each.label), shown & ~near)
            shown = near
        if kind in SCHEMA.identities:
            # who contradicts himself is followed by nobody: half of it would be believed
            followed = _among(facts["from_key"], pa.array(self.at.moved, pa.string()))
            shown &= followed | (facts["certainty"].to_numpy() < 1)
        return shown

    def tells_all(self, kind: str, parties: pa.Array) -> Flags:
        """Of which parties every fact of a kind that is not public is seen."""
        scope, asked = self._scope, pa.chunked_array([parties.cast(pa.string())])
        told = np.ones(len(parties), bool)
        if scope.areas is not None:
            told &= _among(asked, self._located("Party"))
        if kind not in scope.open_kinds:
            # another's consent that is not there may hide what they have in common
            alone = len(subjects(kind)) == 1
            told &= alone & _among(asked, self._opening(kind, "Party"))
        return told

    def _located(self, label: str) -> pa.Array:
        """Keys of the parties, or of the things of parties, that are where the reader works."""
        if label not in self._near:
            if label == "Party":
                told = _certain(self.at, "LOCATED_IN")
                begins = self._scope.areas or ()
                places = _texts(pc.unique(_plain(told["to_key"])))
                here = [place for place in places.to_pylist() if place.startswith(begins)]
                at_work = pa.array(_among(told["to_key"], pa.array(here, pa.string())))
                self._near[label] = _texts(pc.unique(_plain(told["from_key"].filter(at_work))))
            else:
                self._near[label] = self._owned(label, self._located("Party"))
        return self._near[label]

    def _opening(self, kind: str, label: str) -> pa.Array:
        """Keys of the parties, or of the things of parties, that opened the class of a kind."""
        wanted = SCHEMA.information(kind)
        if (wanted, label) not in self._opened:
            if label == "Party":
                grants = self._scope.grants.items()
                opened = [party for party, classes in grants if wanted in classes]
                found = pa.array(opened, pa.string())
            else:
                found = self._owned(label, self._opening(kind, "Party"))
            self._opened[wanted, label] = found
        return self._opened[wanted, label]

    def _owned(self, label: str, owners: pa.Array) -> pa.Array:
        """Keys of the things under a label of which one of the parties is an owner."""
        found = [pa.array([], pa.string())]
        for tie in owning(label):
            told = _certain(self.at, tie.kind)
            theirs = pa.array(_among(told[tie.party], owners))
            found.append(_texts(_plain(told[tie.thing].filter(theirs))))
        return pc.unique(pa.concat_arrays(found))


def _certain(at: FactsAt, kind: str) -> pa.Table:
    told = at.stated(kind)
    sure = pc.greater_equal(told["certainty"], 1)
    return told if pc.all(sure).as_py() is not False else told.filter(sure)


def _among(column: pa.ChunkedArray, keys: pa.Array, rows: Flags | None = None) -> Flags:
    """Which rows of a column of keys, plain or coded, have one of the keys.

    Args:
        rows: those that are looked at; the others have none.
    """
    asked = np.ones(len(column), bool) if rows is None else rows
    if not len(keys) or not asked.any():
        return np.zeros(len(column), bool)
    found, begin = [np.zeros(0, bool)], 0
    for chunk in column.chunks:
        here = asked[begin : begin + len(chunk)]
        begin += len(chunk)
        if pa.types.is_dictionary(column.type):
            codes = chunk.indices.to_numpy()
            used = np.zeros(len(chunk.dictionary), bool)
            used[codes[here]] = True
            among = np.zeros(len(used), bool)
            among[used] = _members(chunk.dictionary.filter(pa.array(used)), keys)
            found.append(among[codes] & here)
        else:
            told = np.zeros(len(chunk), bool)
            told[here] = _members(chunk.filter(pa.array(here)), keys)
            found.append(told)
    return np.concatenate(found)


def _members(asked: pa.Array, keys: pa.Array) -> Flags:
    """Which of the texts are among the keys; the fewer of both are hashed."""
    if len(asked) < len(keys):
        keys = keys.filter(pc.is_in(keys, value_set=asked))
    return np.asarray(pc.is_in(asked, value_set=keys).to_numpy(zero_copy_only=False), bool)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _texts(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.cast(pa.string())
