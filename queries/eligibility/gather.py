"""Read the facts of the catalogue from records: one party or a whole district, the same code.

Nothing by association enters here: whose records a fact may be read from is said in the
catalogue and checked when that is loaded.  Absence is read with care: it is a no only in the
whole list of a source that was taken in, and a loan in our graph proves itself while none proves
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.schema import SCHEMA
from queries.eligibility.catalogue import FactSpec, Filter, Read, catalogue
from queries.eligibility.columns import Column
from queries.eligibility.fact import Fact, Hint, Why
from queries.eligibility.records import Records
from queries.eligibility.relation import People, Rows, first_rows

__all__ = ["Gathered", "gather"]

_PARTY_KINDS = tuple(
    node.kind
    for node in SCHEMA.nodes.values()
    if not node.describes and SCHEMA.superlabel(node) == "Party"
)


@dataclass(frozen=True, eq=False)
class Told:
    """One fact of all parties, and which record says it.

    Attributes:
        column: the values.
        rows: row of `table` that decides, -1 where none does.
        source: whose whole list it is that makes absence a no.
        reason: why it is unknown, where it is; `unsure` are parties of whom a record perhaps
            counts, since it does not say what would tell.
    """

    column: Column
    rows: NDArray[np.int64]
    table: pa.Table | None
    source: str
    reason: Why
    unsure: NDArray[np.bool_] | None = None

    def fact(self, party: int) -> Fact:
        """The fact of one party."""
        value = self.column.value(party)
        if value is None:
            unsure = self.unsure is not None and bool(self.unsure[party])
            return Fact(None, reason="undetermined" if unsure else self.reason)
        row = int(self.rows[party])
        if row < 0 or self.table is None:
            return Fact(value, self.source)
        said = {n: self.table[n][row].as_py() for n in ("source", "valid_from", "fact_id")}
        return Fact(value, said["source"], said["valid_from"], fact_id=said["fact_id"])


@dataclass(frozen=True, eq=False)
class Gathered:
    """Facts of the catalogue for the parties asked about, in their order."""

    told: dict[str, Told]
    hinted: dict[str, Told]

    def facts(self, party: int) -> dict[str, Fact]:
        """One party's own facts."""
        return {name: told.fact(party) for name, told in self.told.items()}

    def hints(self, party: int) -> dict[str, Hint]:
        """What is to be shown beside, of others."""
        found = {name: told.fact(party) for name, told in self.hinted.items()}
        return {
            name: Hint(
                None if fact.value is None else bool(fact.value), fact.source, fact.stated_on
            )
            for name, fact in found.items()
        }

    def columns(self) -> dict[str, Column]:
        """Own facts as columns, with what they imply of each other."""
        columns = {name: told.column for name, told in self.told.items()}
        for name, spec in catalogue().own.items():
            for value, implied in spec.implies.items():
                if name not in columns:
                    continue
                cause = columns[name]
                holds = cause.known & (cause.values.astype(bool) == value)
                for other, then in implied.items():
                    if other in columns:
                        columns[other] = _filled(columns[other], holds, then)
        return columns


def gather(
    records: Records,
    keys: pa.Array,
    *,
    facts: Iterable[str] | None = None,
    institution: str | None = None,
    before: date | None = None,
) -> Gathered:
    """Facts of the parties `keys`.

    Args:
        facts: names to gather, default all that a source can bring.
        institution: key of the institution that asks, for what is its own.
        before: history before this day counts for a first loan; default the day asked about.
    """
    specs = catalogue().facts
    wanted = [specs[name] for name in (specs if facts is None else facts)]
    people = People(records, keys)
    reader = _Reader(records, people, institution, before or records.as_of)
    found = {spec.id: reader.told(spec) for spec in wanted if spec.reads}
    return Gathered(
        {name: told for name, told in found.items() if not specs[name].hint},
        {name: told for name, told in found.items() if specs[name].hint},
    )


class _Reader:
    def __init__(
        self, records: Records, people: People, institution: str | None, before: date
    ) -> None:
        self.records, self.people = records, people
        self.institution, self.before = institution, before
        self._rows: dict[tuple[str, str | None, str], Rows] = {}

    def told(self, spec: FactSpec) -> Told:
        """A fact by its reads in turn.

        What things prove is a yes, whoever says otherwise; where none of several kinds of things
        does, all must be known not to.  A statement fills what they leave open.
        """
        found = self._read(spec, spec.reads[0])
        for read in spec.reads[1:]:
            found = _either(found, self._read(spec, read), things=read.take == "exists")
        return found

    def _read(self, spec: FactSpec, read: Read) -> Told:
        if read.take == "label":
            return self._label(spec)
        rows = self._rows_of(read)
        expanded = self.people.of(spec.whose, rows.who)
        subjects, places = expanded
        count = len(self.people)
        if read.take in ("latest", "years", "target"):
            return self._value(spec, read, rows, subjects, places)
        codes = self._codes(read.where, rows)[places]
        yes = np.bincount(subjects[codes == 2], minlength=count)
        perhaps = np.bincount(subjects[codes == 1], minlength=count)
        whole = (read.complete in self.records.sources) & self.people.known(spec.whose)
        sure = codes == 2
        first = first_rows(subjects[sure], places[sure], rows.table, count)
        source = read.complete or ""
        values: NDArray[Any]
        if read.take == "exists":
            values, known = yes > 0, (yes > 0) | (whole & (perhaps == 0))
        elif read.take == "count":
            values, known = yes, whole & (perhaps == 0)
        else:
            part = self._codes(read.of_those, rows)[places]
            among = sure & (part == 2)
            unsure = np.bincount(subjects[sure & (part == 1)], minlength=count) + perhaps
            values = np.bincount(subjects[among], minlength=count) / np.maximum(yes, 1)
            known = (yes > 0) & (unsure == 0)
        column = Column(spec, values, known)
        return Told(column, first, rows.table, source, read.without, perhaps > 0)

    def _value(
        self,
        spec: FactSpec,
        read: Read,
        rows: Rows,
        subjects: NDArray[np.int64],
        places: NDArray[np.int64],
    ) -> Told:
        held = rows.table["to_key"] if read.take == "target" else rows.column(read.property or "")
        told = pc.is_valid(held)
        if read.fresh_days is not None:
            since = pa.scalar(self.records.as_of - timedelta(read.fresh_days), pa.date32())
            fresh = pc.greater_equal(rows.table["valid_from"].combine_chunks(), since)
            told = pc.and_(told, pc.fill_null(fresh, False))
        stated = told.to_numpy(zero_copy_only=False)[places]
        subjects, places = subjects[stated], places[stated]
        first = first_rows(subjects, places, rows.table, len(self.people), newest=True)
        known = first >= 0
        taken = held.take(pa.array(np.where(known, first, 0))) if len(held) else held
        if not len(held):
            return Told(Column.of(spec, [None] * len(first)), first, rows.table, "", read.without)
        values: NDArray[Any]
        if read.take == "years":
            values = _years(taken, self.records.as_of)
        elif spec.type == "code":
            values = pc.fill_null(
                pc.index_in(taken, value_set=pa.array(list(spec.values))), 0
            ).to_numpy(zero_copy_only=False).astype(np.int16)  # fmt: skip
            listed = pc.is_in(taken, value_set=pa.array(list(spec.values)))
            known = known & listed.to_numpy(zero_copy_only=False)
        elif spec.type == "flag":
            yes = taken if read.over is None else pc.greater(taken, read.over)
            values = pc.fill_null(yes, False).to_numpy(zero_copy_only=False)
        elif spec.type == "text":
            values = taken.to_numpy(zero_copy_only=False)
        else:
            kind = np.float64 if spec.type == "real" else np.int64
            values = pc.fill_null(taken, 0).to_numpy(zero_copy_only=False).astype(kind)
        return Told(Column(spec, values, known), first, rows.table, "", read.without)

    def _label(self, spec: FactSpec) -> Told:
        values = np.zeros(len(self.people), np.int16)
        known = np.zeros(len(self.people), bool)
        for kind in _PARTY_KINDS:
            # what somebody is, is no statement about them: a resemblance is enough to see it
            table = self.records.table(kind)
            described = self.people.described(table["key"])
            values[described] = list(spec.values).index(kind)
            known |= described
        rows = np.full(len(self.people), -1, np.int64)
        return Told(Column(spec, values, known), rows, None, "graph", "not_collected")

    def _rows_of(self, read: Read) -> Rows:
        name = (read.kind, read.through, read.way)
        if name not in self._rows:
            self._rows[name] = Rows.of(self.records, self.people, read)
        return self._rows[name]

    def _codes(self, filters: tuple[Filter, ...], rows: Rows) -> NDArray[np.int8]:
        """Of every row whether it counts: 2 yes, 1 perhaps, 0 no."""
        codes = np.full(len(rows.who), 2, np.int8)
        for item in filters:
            np.minimum(codes, self._code(item, rows), out=codes)
        return codes

    def _code(self, item: Filter, rows: Rows) -> NDArray[np.int8]:
        held = rows.column(item.property)
        known = pc.is_valid(held).to_numpy(zero_copy_only=False)
        match item.operator:
            case "one_of" | "none_of":
                if pa.types.is_boolean(held.type):
                    held = pc.cast(held, pa.string())
                listed = pc.is_in(held, value_set=pa.array(item.value, pa.string()))
                met = listed.to_numpy(zero_copy_only=False) == (item.operator == "one_of")
            case "more_than":
                met = pc.fill_null(pc.greater(held, item.value), False).to_numpy(
                    zero_copy_only=False
                )
            case "not_yet":
                # an end that nobody states has not come
                day = pa.scalar(self.records.as_of, pa.date32())
                met = pc.fill_null(pc.greater(held, day), True).to_numpy(zero_copy_only=False)
                known = np.ones(len(met), bool)
            case "before_first":
                day = pa.scalar(self.before, pa.date32())
                met = pc.fill_null(pc.less(held, day), False).to_numpy(zero_copy_only=False)
            case "tied_to":
                if self.institution is None:
                    return np.ones(len(rows.who), np.int8)
                met = pc.fill_null(pc.equal(held, self.institution), False).to_numpy(
                    zero_copy_only=False
                )
        return np.where(known, np.where(met, 2, 0), 1).astype(np.int8)


def _either(one: Told, other: Told, *, things: bool) -> Told:
    """Two reads as one; of `things` a yes wins over a no, and a no needs both."""
    a, b = one.column, other.column
    if things:
        yes = (a.known & a.values) | (b.known & b.values)
        use = b.known & b.values & ~(a.known & a.values)
        column = Column(a.spec, yes, yes | (a.known & b.known))
    else:
        use = b.known & ~a.known
        column = Column(a.spec, np.where(use, b.values, a.values), a.known | b.known)
    unsure = None
    if one.unsure is not None and other.unsure is not None:
        unsure = one.unsure | other.unsure
    elif one.unsure is not None or other.unsure is not None:
        unsure = one.unsure if other.unsure is None else other.unsure
    if one.table is other.table:
        rows = np.where(use, other.rows, one.rows)
        return Told(column, rows, one.table, one.source, one.reason, unsure)
    assert one.table is not None and other.table is not None
    told = ["source", "valid_from", "fact_id"]
    table = pa.concat_tables([one.table.select(told), other.table.select(told)])
    shifted = np.where(other.rows >= 0, other.rows + len(one.table), -1)
    rows = np.where(use, shifted, one.rows)
    return Told(column, rows, table, one.source, one.reason, unsure)


def _filled(column: Column, where: NDArray[np.bool_], value: bool | int | str) -> Column:
    if column.spec.type == "code":
        value = list(column.spec.values).index(str(value))
    fill = where & ~column.known
    return Column(column.spec, np.where(fill, value, column.values), column.known | fill)


def _years(born: Any, as_of: date) -> NDArray[np.int64]:
    """Whole years since each day."""
    year, month, day = (
        pc.fill_null(part(born), 1).to_numpy(zero_copy_only=False).astype(np.int64)
        for part in (pc.year, pc.month, pc.day)
    )
    early = (month * 100 + day) > as_of.month * 100 + as_of.day
    return np.asarray(as_of.year - year - early)
