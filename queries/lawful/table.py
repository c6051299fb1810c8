"""The same rule over tables of the log: which records are out, and a table without them.

Whoever reads tables (a snapshot, records for decisions, names) asks once for what is out at a moment
and leaves it out of every table: versions of the records, and the ties to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from graph.schema import SCHEMA
from graph.vocabulary import Node
from queries.lawful.regimes import Term, regimes, thresholds

__all__ = ["Barred", "barred", "ended_records"]


@dataclass(frozen=True, eq=False)
class Barred:
    """Records that may not be used, by kind: keys."""

    keys: Mapping[str, pa.Array]

    def without(self, kind: str, table: pa.Table) -> pa.Table:
        """A table of the log, coded or plain, without versions of the records and ties to them."""
        for column, record in _where(kind):
            out = self.keys.get(record)
            if out is None or not len(out):
                continue
            stays = pc.invert(pc.is_in(_plain(table[column]), value_set=out))
            if not pc.all(stays).as_py():
                table = table.filter(stays)
        return table


def barred(held: Callable[[str], pa.Table], lawful_on: date) -> Barred:
    """What is out at a moment.

    Args:
        held: the statements of a kind that are held at the known time, of any valid time
            (`FactLog.read` without `as_of`).
        lawful_on: `graph.moment.Moment.lawful_on`.
    """
    return Barred({kind: ended_records(kind, held(kind), lawful_on) for kind in regimes().records})


def ended_records(kind: str, held: pa.Table, lawful_on: date) -> pa.Array:
    """Keys of the records of which some statement says that they ended, or whose term is over."""
    law, record = regimes(), regimes().records.get(kind)
    if record is None or not len(held):
        return pa.array([], pa.string())
    day = pa.scalar(lawful_on, pa.date32())
    none = pa.chunked_array([pa.array([False] * len(held))])
    # what ends a record for good, and what its sector's authority may let go on
    over, expired = none, none
    for item in law.ends_of(kind):
        if item.sure == "unsure":
            continue
        said = held[item.property]
        if item.values:
            ended = pc.is_in(_plain(said), value_set=pa.array(item.values, pa.string()))
        else:
            ended = (pc.less_equal if item.what == "removed" else pc.less)(said, day)
        if item.what == "expired":
            expired = pc.or_(expired, pc.fill_null(ended, False))
        else:
            over = pc.or_(over, pc.fill_null(ended, False))
    for term, since in thresholds(lawful_on):
        if term.kind == kind and record.begins is not None:
            began = pc.less(held[record.begins], pa.scalar(since, pa.date32()))
            fits = pc.and_(_fits(held, term, record.of_class), pc.fill_null(began, False))
            if term.binds:
                over = pc.or_(over, fits)
            else:
                expired = pc.or_(expired, fits)
    keys = _plain(held["key"])
    if "extended_until" in held.column_names:
        goes_on = pc.fill_null(pc.greater_equal(held["extended_until"], day), False)
        longer = pc.unique(keys.filter(goes_on))
        if len(longer):
            expired = pc.and_(expired, pc.invert(pc.is_in(keys, value_set=longer)))
    return pc.unique(keys.filter(pc.or_(over, expired))).cast(pa.string())


def _fits(held: pa.Table, term: Term, of_class: str | None) -> pa.ChunkedArray:
    """Which rows a term fits: looked up by the distinct classes and authorities, which are few."""
    fits = pa.chunked_array([pa.array([True] * len(held))])
    if term.classes:
        assert of_class is not None
        classes = _plain(held[of_class])
        some = pa.array(
            [
                item
                for item in pc.unique(classes).to_pylist()
                if item and term.fits(item, term.authority)
            ],
            pa.string(),
        )
        fits = pc.and_(fits, pc.is_in(classes, value_set=some))
    if term.authority:
        names = _plain(held["authority"])
        fits = pc.and_(fits, pc.fill_null(pc.match_substring(names, term.authority), False))
    if term.gravity:
        graded = _plain(held["credit_class"])
        fits = pc.and_(fits, pc.fill_null(pc.equal(graded, term.gravity), False))
    return fits


@cache
def _where(kind: str) -> tuple[tuple[str, str], ...]:
    """Columns of a kind that may hold the key of a record, and the record's kind."""
    declared, records = SCHEMA.kind(kind), regimes().records
    if isinstance(declared, Node):
        thing = declared.describes or declared.kind
        return (("key", thing),) if thing in records else ()
    of = {record: {record, SCHEMA.superlabel(SCHEMA.nodes[record])} for record in records}
    return tuple(
        (column, record)
        for column, ends in (("from_key", declared.sources), ("to_key", declared.targets))
        for record, labels in of.items()
        if labels & {*ends}
    )


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
