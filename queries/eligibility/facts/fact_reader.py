"""Read one fact after the other from the records, for all parties at once.

Absence is read with care: it is a no only in the whole list of a source that was taken in, and a
loan in our graph proves itself while none proves nothing.  What is too old says nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.schema import SCHEMA
from queries.eligibility.facts.catalogue import FactSpec, Filter, Read, Whose
from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact_column import FactColumn, Flags, Numbers, Origin, combine_reads
from queries.eligibility.facts.records import Records
from queries.eligibility.facts.relation import Observations, Order, RelatedParties, first_rows

__all__ = ["FactReader"]

_PARTY_KINDS = tuple(
    node.kind
    for node in SCHEMA.nodes.values()
    if not node.describes and SCHEMA.superlabel(node) == "Party"
)
_EPOCH = date(1970, 1, 1)
_THINGS = frozenset({"exists", "count", "sum", "share"})


class FactReader:
    """Reads the facts of `people`; records that several facts look at are laid out once."""

    def __init__(
        self,
        records: Records,
        people: RelatedParties,
        institution: str | None,
        before: date,
        consent_no: str = "",
    ) -> None:
        self.records, self.people = records, people
        self.institution, self.before = institution, before
        self.consent_no = consent_no
        self._rows: dict[tuple[str, str | None, str], Observations] = {}

    def told(self, spec: FactSpec) -> FactColumn:
        """A fact by its reads in turn (`queries.eligibility.facts.fact_column.combine_reads`)."""
        found = self._read(spec, spec.reads[0])
        for read in spec.reads[1:]:
            how = {"exists": "proves", "sum": "adds_up"}.get(read.take, "fills")
            found = combine_reads(found, self._read(spec, read), how)  # type: ignore[arg-type]
        return found

    def _read(self, spec: FactSpec, read: Read) -> FactColumn:
        if read.take == "label":
            return self._label(spec, read)
        rows = self._rows_of(read)
        counts = read.take in _THINGS
        if not len(rows.who):
            return (self._nothing if counts else self._unsaid)(spec, read, rows)
        of = self.people.of(read.whose or spec.whose, rows.who)
        return (self._things if counts else self._value)(spec, read, rows, *of)

    def _things(
        self, spec: FactSpec, read: Read, rows: Observations, subjects: Numbers, places: Numbers
    ) -> FactColumn:
        """What the things that count come to."""
        count = len(self.people)
        codes = self._codes(read.where, rows)
        if read.ends and read.take != "share":
            np.minimum(codes, _of_kind(read, rows), out=codes)
        old = (codes == 2) & ~self._fresh(read, rows)
        codes[old] = 1
        amounts = None
        if read.take == "sum":
            held = rows.column(read.property or "")
            if len(held):
                codes[(codes == 2) & ~_given(held)] = 1
            amounts = pc.fill_null(held, 0).to_numpy(zero_copy_only=False)
        sure, perhaps = codes[places] == 2, codes[places] == 1
        yes = np.bincount(subjects[sure], minlength=count)
        unsure = np.bincount(subjects[perhaps], minlength=count) > 0
        whole = self._is_whole(spec, read)
        values: NDArray[Any]
        if read.take == "exists":
            values, known = yes > 0, (yes > 0) | (whole & ~unsure)
        elif read.take == "count":
            values, known = yes, whole & ~unsure
        elif amounts is not None:
            total = np.bincount(subjects[sure], weights=amounts[places][sure], minlength=count)
            values = total if spec.type == "real" else total.astype(np.int64)
            known = (yes > 0) | (whole & ~unsure)
        else:
            part = self._codes(read.of_those, rows)
            if read.ends:
                np.minimum(part, _of_kind(read, rows), out=part)
            part = part[places]
            unsure |= np.bincount(subjects[sure & (part == 1)], minlength=count) > 0
            among = np.bincount(subjects[sure & (part == 2)], minlength=count)
            values, known = among / np.maximum(yes, 1), (yes > 0) & ~unsure
        first = first_rows(subjects[sure], places[sure], rows.table, count)
        proven = known & (yes > 0) if read.take == "exists" else np.zeros(count, bool)
        stale = np.maximum(
            self._newest(read, rows, subjects, places, old), self._listed_on(spec, read) * ~known
        )
        return self._one(read, rows, Column(spec, values, known), first, unsure, stale, proven)

    def _nothing(self, spec: FactSpec, read: Read, rows: Observations) -> FactColumn:
        """What no things come to, as `_things` would say it: of most kinds a party has none."""
        count, real = len(self.people), spec.type == "real" or read.take == "share"
        kind = bool if read.take == "exists" else np.float64 if real else np.int64
        known = np.zeros(count, bool) if read.take == "share" else self._is_whole(spec, read)
        stale = self._listed_on(spec, read) * ~known
        return self._unsaid(spec, read, rows, Column(spec, np.zeros(count, kind), known), stale)

    def _is_whole(self, spec: FactSpec, read: Read) -> Flags:
        """Of whom it would be listed, and told: where there is none, there is none."""
        whose = read.whose or spec.whose
        if not self._lists(read):
            return np.zeros(len(self.people), bool)
        return self.people.known(whose) & self._tells_all(read, whose)

    def _listed_on(self, spec: FactSpec, read: Read) -> Numbers:
        """By party the day of a list (`Origin.late`) that is too old to say who is not on it; else 0."""
        if read.complete is None or not self._listed_once(read) or self._lists(read):
            return np.zeros(len(self.people), np.int64)
        day = (self.records.sources[read.complete] - _EPOCH).days
        return self.people.known(read.whose or spec.whose) * day

    def _value(
        self, spec: FactSpec, read: Read, rows: Observations, subjects: Numbers, places: Numbers
    ) -> FactColumn:
        """What one of the statements says: the newest, or the greatest."""
        held = _held(read, rows)
        codes = np.asarray(self._codes(read.where, rows))
        told = (codes == 2) & _given(held)
        rank: NDArray[Any] | None = None
        if read.take in ("years_left", "months_left"):
            rank = pc.fill_null(pc.cast(held, pa.int32()), 0).to_numpy(zero_copy_only=False)
        elif read.take == "best":
            place = pc.index_in(held, value_set=pa.array(list(spec.values)))
            told &= _given(place)
            rank = -pc.fill_null(place, 0).to_numpy(zero_copy_only=False).astype(np.int64)
        elif read.through is None and read.kind in _PARTY_KINDS:
            # what a party is its register says before whoever mentions it, and a list last
            rank = -self.records.provenance.ranks(read.kind, rows.table).astype(np.int64)
        fresh = self._fresh(read, rows)
        count = len(self.people)
        stale = self._newest(read, rows, subjects, places, told & ~fresh)
        stated = (told & fresh)[places]
        by: Order = "begun" if read.take == "target" else "heard"
        if read.through is not None and read.way == "out" and read.take != "target":
            by = "dated"
        first = first_rows(
            subjects[stated],
            places[stated],
            rows.table,
            count,
            by=by,
            rank=rank,
        )
        column = self._column(spec, read, held, first)
        unsure = np.bincount(subjects[codes[places] == 1], minlength=count) > 0
        proven = column.known & column.values.astype(bool) & (spec.type == "flag")
        proven &= read.about_history()
        return self._one(read, rows, column, first, unsure, stale, proven)

    def _column(self, spec: FactSpec, read: Read, held: Any, first: Numbers) -> Column:
        """Values of the rows chosen, as the fact has them."""
        known = first >= 0
        taken = held.take(pa.array(np.where(known, first, 0)))
        values: NDArray[Any]
        if read.take == "years":
            values = _months(taken, self.records.as_of) // 12
        elif read.take in ("years_left", "months_left"):
            # through the last day: what ends tomorrow with the year has the year left
            after = pc.cast(
                pc.add(pc.cast(taken, pa.int32()), pa.scalar(1, pa.int32())), pa.date32()
            )
            months = np.maximum(_months(self.records.as_of, after), 0)
            values = months if read.take == "months_left" else months // 12
        elif spec.type == "code":
            place = pc.index_in(taken, value_set=pa.array(list(spec.values)))
            known = known & _given(place)
            values = pc.fill_null(place, 0).to_numpy(zero_copy_only=False).astype(np.int16)
        elif spec.type == "flag":
            values = _true(taken if read.over is None else pc.greater(taken, read.over))
        elif spec.type == "text":
            values = taken.to_numpy(zero_copy_only=False)
        else:
            kind = np.float64 if spec.type == "real" else np.int64
            values = pc.fill_null(taken, 0).to_numpy(zero_copy_only=False).astype(kind)
        return Column(spec, values, known)

    def _one(
        self,
        read: Read,
        rows: Observations | None,
        column: Column,
        first: Numbers,
        unsure: Flags,
        stale: Numbers,
        proven: Flags,
    ) -> FactColumn:
        which = np.zeros(len(self.people), np.int8)
        origins = (Origin(read, rows, stale),)
        return FactColumn(column, origins, which, first, read.without, unsure, stale > 0, proven)

    def _newest(
        self, read: Read, rows: Observations, subjects: Numbers, places: Numbers, old: Flags
    ) -> Numbers:
        """By party the day of the newest of the statements that are too old (`Origin.late`)."""
        days = np.zeros(len(self.people), np.int64)
        if old.any():
            stated = pc.cast(rows.stated(read.used()), pa.int32())
            dated = pc.fill_null(stated, 1).to_numpy(zero_copy_only=False).astype(np.int64)
            among = old[places]
            np.maximum.at(days, subjects[among], np.maximum(dated[places[among]], 1))
        return days

    def _label(self, spec: FactSpec, read: Read) -> FactColumn:
        count = len(self.people)
        values, known = np.zeros(count, np.int16), np.zeros(count, bool)
        for kind in _PARTY_KINDS:
            # what somebody is, is no statement about them: a resemblance is enough to see it
            described = self.people.described(self.records.table(kind)["key"])
            values[described] = list(spec.values).index(kind)
            known |= described
        return self._unsaid(spec, read, None, Column(spec, values, known))

    def _unsaid(
        self,
        spec: FactSpec,
        read: Read,
        rows: Observations | None,
        column: Column | None = None,
        stale: Numbers | None = None,
    ) -> FactColumn:
        """What no row says: nothing, or what is seen without one."""
        count = len(self.people)
        nowhere, no = np.full(count, -1, np.int64), np.zeros(count, bool)
        told = column or Column.of(spec, [None] * count)
        late = np.zeros(count, np.int64) if stale is None else stale
        return self._one(read, rows, told, nowhere, no, late, no)

    def _rows_of(self, read: Read) -> Observations:
        name = (read.kind, read.through, read.way)
        if name not in self._rows:
            self._rows[name] = Observations.of(self.records, self.people, read)
        return self._rows[name]

    def _tells_all(self, read: Read, whose: Whose) -> Flags:
        """Of whom nothing that the read looks at is withheld from who asks.

        Of others than the party itself it is not looked into whether each opened it: where a
        consent is needed at all, nothing follows from what is not there.
        """
        kinds = {read.kind, *([read.through] if read.through else [])}
        asked = self.people.everybody.slice(0, len(self.people))
        if whose == "party":
            return self.records.tells_all(kinds, asked)
        nobody = pa.array([""])
        return np.broadcast_to(
            self.records.tells_all({*kinds, "BELONGS_TO"}, nobody), len(self.people)
        )

    def _listed_once(self, read: Read) -> bool:
        return read.complete in self.records.sources

    def _lists(self, read: Read) -> bool:
        """Whether a whole list came, not so long ago that nobody knows who is on it today."""
        if read.complete is None or read.complete not in self.records.sources:
            return False
        if read.complete_days is None:
            return True
        age = self.records.as_of - self.records.sources[read.complete]
        return age <= timedelta(read.complete_days)

    @cached_property
    def _asks(self) -> list[str]:
        """What the institution that asks is called."""
        if self.institution is None:
            return []
        told = self.records.certain("FinancialInstitution")
        mine = told.filter(pc.equal(told["key"], self.institution))
        return [name for name in pc.unique(mine["name"]).to_pylist() if name]

    def _asked_for(self, rows: Observations) -> NDArray[np.int8]:
        """Of every report whether the party asked for it, or this institution for this consent.

        What one institution was told under its consent is not handed on to another
        (征信业管理条例 第二十条；个人信息保护法 第二十三条).
        """
        own = _true(pc.equal(rows.column("purpose"), "own_query"))
        by = rows.column("asked_by")
        ours = _true(pc.is_in(by, value_set=pa.array(self._asks, pa.string())))
        codes = np.where(ours, 2, np.where(_true(pc.is_null(by)), 1, 0))
        if self.consent_no:
            under = rows.column("consent_no")
            other = _true(pc.not_equal(under, self.consent_no))
            codes = np.where(other, 0, np.minimum(codes, np.where(_true(pc.is_null(under)), 1, 2)))
        return np.where(own, 2, codes).astype(np.int8)

    def _fresh(self, read: Read, rows: Observations) -> Flags:
        """Which rows are young enough to say something; an undated one is not, where age matters."""
        if read.fresh_days is None:
            return np.ones(len(rows.who), bool)
        day = min(self.before, self.records.as_of) if read.about_history() else self.records.as_of
        since = pa.scalar(day - timedelta(read.fresh_days), pa.date32())
        return _true(pc.greater_equal(rows.stated(read.used()), since))

    def _codes(self, filters: tuple[Filter, ...], rows: Observations) -> NDArray[np.int8]:
        """Of every row whether it counts: 2 yes, 1 perhaps, 0 no."""
        codes = np.full(len(rows.who), 2, np.int8)
        for item in filters:
            np.minimum(codes, self._code(item, rows), out=codes)
        return codes

    def _code(self, item: Filter, rows: Observations) -> NDArray[np.int8]:
        held = rows.column(item.property)
        known = _given(held)
        day = pa.scalar(self.records.as_of, pa.date32())
        before = pa.scalar(self.before, pa.date32())
        match item.operator:
            case "one_of" | "none_of":
                listed = pc.is_in(_words(held), value_set=pa.array(item.value, pa.string()))
                met = _true(listed) == (item.operator == "one_of")
            case "more_than":
                met = _true(pc.greater(held, item.value))
            case "not_yet":
                # an end that nobody states has not come
                met = _true(pc.fill_null(pc.greater(held, day), True))
                known = np.ones(len(met), bool)
            case "before_first":
                met = _true(pc.less(held, before))
            case "by_first":
                met = _true(pc.less_equal(held, before))
            case "not_zero":
                nothing = _true(pc.equal(held, 0))
                return np.where(nothing, 1, 2).astype(np.int8)
            case "mentions":
                assert isinstance(item.value, tuple)
                said = [_true(pc.match_substring(held, word)) for word in item.value]
                met = np.asarray(np.logical_or.reduce(said))
            case "given":
                return np.where(known, 2, 0).astype(np.int8)
            case "asked_for":
                return self._asked_for(rows)
            case "tied_to":
                if self.institution is None:
                    return np.ones(len(rows.who), np.int8)
                met = _true(pc.equal(held, self.institution))
        return np.where(known, np.where(met, 2, 0), 1).astype(np.int8)


def _of_kind(read: Read, rows: Observations) -> NDArray[np.int8]:
    """Of every tie whether it is from a party of one of the read's kinds; one unsaid: perhaps."""
    labels = rows.table["from_label"].combine_chunks()
    among = _true(pc.is_in(labels, value_set=pa.array(read.ends, pa.string())))
    unsaid = _true(pc.fill_null(pc.equal(labels, ""), True))
    return np.where(among, 2, np.where(unsaid, 1, 0)).astype(np.int8)


def _held(read: Read, rows: Observations) -> Any:
    """What a read takes, one value a row, in words of the fact."""
    if read.take == "target":
        return rows.table["to_key"].combine_chunks()
    if read.take == "agreed":
        first, *others = (rows.column(name) for name in read.properties)
        same = pa.array(np.ones(len(first), bool))
        for other in others:
            same = pc.and_(same, pc.fill_null(pc.equal(first, other), False))
        held = pc.if_else(same, first, pa.scalar(None, first.type))
    else:
        held = rows.column(read.property or "")
    if read.divided_by is not None:
        by = rows.column(read.divided_by)
        some = pc.if_else(pc.greater(by, 0), by, pa.scalar(None, by.type))
        held = pc.divide(pc.cast(held, pa.float64()), pc.cast(some, pa.float64()))
    if read.means:
        place = pc.index_in(_words(held), value_set=pa.array(list(read.means)))
        held = pa.array(list(read.means.values())).take(place)
    return held


def _words(held: Any) -> Any:
    return pc.cast(held, pa.string()) if pa.types.is_boolean(held.type) else held


def _true(flags: Any) -> Flags:
    told = pc.fill_null(flags, False) if flags.null_count else flags
    found: Flags = told.to_numpy(zero_copy_only=False)
    return found


def _given(values: Any) -> Flags:
    """Which values are not null."""
    return _true(pc.is_valid(values)) if values.null_count else np.ones(len(values), bool)


def _months(since: date | Any, until: date | Any) -> Numbers:
    """Whole months from each day until each other, one of the two being the same for all."""
    one, other = _parts(since), _parts(until)
    months = (other[0] - one[0]) * 12 + other[1] - one[1]
    return np.asarray(months - (other[2] < one[2]))


def _parts(days: date | Any) -> tuple[Any, Any, Any]:
    if isinstance(days, date):
        return days.year, days.month, days.day
    year, month, day = (
        pc.fill_null(part(days), 1).to_numpy(zero_copy_only=False).astype(np.int64)
        for part in (pc.year, pc.month, pc.day)
    )
    return year, month, day
