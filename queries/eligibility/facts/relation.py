"""Who counts with whom, and which records speak of whom: numbers instead of keys.

Parties are numbered once; a tie becomes two arrays of numbers, so that a district's facts are
read with a few sweeps, and one party's with the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.distinct import distinct
from graph.facts import arrow_schema
from graph.key_index import KeyIndex
from graph.schema import SCHEMA
from queries.eligibility.facts.catalogue import Read, Whose
from queries.eligibility.facts.records import Records

__all__ = ["Observations", "Order", "RelatedParties", "first_rows"]

Numbers = NDArray[np.int64]

Order: TypeAlias = Literal["oldest", "begun", "heard", "dated"]

_ORDERS: dict[Order, tuple[tuple[str, str], ...]] = {
    "oldest": (("valid_from", "ascending"), ("fact_id", "ascending")),
    # a tie led to another party is known there since the judgement: when it was heard tells nothing
    "begun": (("valid_from", "descending"), ("fact_id", "ascending")),
    "heard": (("known_from", "descending"), ("fact_id", "ascending")),
    # a thing dated later counts before one heard later: reports arrive in any order
    "dated": (
        ("valid_from", "descending"), ("known_from", "descending"), ("fact_id", "ascending"),
    ),
}  # fmt: skip


class RelatedParties:
    """The parties asked about, and those whose records count with theirs.

    Everybody has a number; the parties asked about come first, in the order asked.
    """

    def __init__(self, records: Records, keys: pa.Array) -> None:
        self._count = len(keys)
        self._belongs = records.certain("BELONGS_TO")
        self._spouses = records.certain("SPOUSE_OF")
        self._guarantees = records.certain("GUARANTEES")
        ends = [
            table[end].combine_chunks()
            for table in (self._belongs, self._spouses, self._guarantees)
            for end in ("from_key", "to_key")
        ]
        others = pc.unique(pa.concat_arrays([keys.cast(pa.string()), *ends]))
        # `unique` keeps the order of first appearance: the parties asked about stay in front
        self.everybody: pa.Array = others
        self._index = KeyIndex(others)
        homes = self.numbers(records.certain("Household")["key"])
        self._homes = homes[homes >= 0]
        self._pairs: dict[Whose, tuple[Numbers, Numbers]] = {}

    def __len__(self) -> int:
        return self._count

    def numbers(self, keys: Any) -> Numbers:
        """Number of each key, -1 for one that is nobody here."""
        if not len(keys):
            # a register that nobody sent: everybody need not be looked through for it
            return np.empty(0, np.int64)
        return self._index.find(keys)

    def described(self, keys: Any) -> NDArray[np.bool_]:
        """Which of the parties asked about are among the keys."""
        seen = np.zeros(len(self.everybody), bool)
        numbers = self.numbers(keys)
        seen[numbers[numbers >= 0]] = True
        return seen[: self._count]

    def known(self, whose: Whose) -> NDArray[np.bool_]:
        """For which parties it is known who the others are: absence means nothing for the rest."""
        if whose == "party":
            return np.ones(self._count, bool)
        if whose == "members":
            found = np.zeros(self._count, bool)
            found[self._pairs_of("household")[0]] = True
            return found
        found = np.zeros(self._count, bool)
        found[self._pairs_of(whose)[0]] = True
        return found

    def of(self, whose: Whose, who: Numbers) -> tuple[Numbers, Numbers]:
        """(party, row) for every row that counts for a party; `who` is whom each row is about."""
        if whose == "party":
            rows = np.flatnonzero((who >= 0) & (who < self._count))
            return who[rows], rows
        parties, others = self._pairs_of(whose)
        return _join(parties, others, who, len(self.everybody))

    def _pairs_of(self, whose: Whose) -> tuple[Numbers, Numbers]:
        if whose not in self._pairs:
            parties, others = self._find(whose)
            asked = parties < self._count
            # one number a pair: sorted as pairs, in a fraction of the time
            pairs = distinct(parties[asked] * len(self.everybody) + others[asked])
            self._pairs[whose] = pairs // len(self.everybody), pairs % len(self.everybody)
        return self._pairs[whose]

    def _find(self, whose: Whose) -> tuple[Numbers, Numbers]:
        if whose == "guaranteed":
            return self._ends(self._guarantees)
        if whose == "spouse":
            one, other = self._ends(self._spouses)
            return np.concatenate([one, other]), np.concatenate([other, one])
        member, household = self._ends(self._belongs)
        if whose == "household":
            # a household asked about is its own, whether or not its members are known
            homes = distinct(np.concatenate([household, self._homes]))
            return np.concatenate([member, homes]), np.concatenate([household, homes])
        parties, rows = _join(member, household, household, len(self.everybody))
        others = member[rows]
        apart = parties != others
        return (
            np.concatenate([parties[apart], household]),
            np.concatenate([others[apart], member]),
        )

    def _ends(self, table: pa.Table) -> tuple[Numbers, Numbers]:
        return self.numbers(table["from_key"]), self.numbers(table["to_key"])


class Observations:
    """Records that a read looks at: whom each is about, and its properties.

    Of several statements about one thing the last heard counts, of each kind.
    """

    def __init__(
        self,
        who: Numbers,
        table: pa.Table,
        things: Mapping[str, tuple[Any, str]],
        days: Mapping[str, Any],
    ) -> None:
        self.who, self.table = who, table
        self._things, self._days = things, days

    @classmethod
    def of(cls, records: Records, people: RelatedParties, read: Read) -> Observations:
        """Rows of one (kind, tie, direction)."""
        if read.through is None:
            table = records.certain(read.kind)
            return cls(people.numbers(table["key"]), table, {}, {})
        table = records.certain(read.through)
        mine, other = ("to_key", "from_key") if read.way == "in" else ("from_key", "to_key")
        if read.way == "in" or read.take == "target":
            return cls(people.numbers(table[mine]), table, {}, {})
        if not len(table):
            return cls(np.empty(0, np.int64), table, *_nothing(read.kind))
        things: dict[str, tuple[Any, str]] = {}
        days: dict[str, Any] = {}
        exists = np.zeros(len(table), bool)
        for kind in _aspects(read.kind):
            said = records.certain(kind)
            names = pc.unique(said["key"].combine_chunks())
            place = pc.index_in(said["key"], value_set=names).to_numpy().astype(np.int64)
            last = first_rows(place, np.arange(len(said)), said, len(names), by="heard")
            of_thing = pc.index_in(table[other], value_set=names)
            found = pc.is_valid(of_thing).to_numpy(zero_copy_only=False)
            exists |= found
            row = np.full(len(table), -1, np.int64)
            row[found] = last[of_thing.drop_null().to_numpy()]
            taker = pa.array(row, mask=row < 0)
            days[kind] = said["valid_from"].combine_chunks().take(taker)
            for item in SCHEMA.nodes[kind].properties:
                things[item.name] = said[item.name].combine_chunks().take(taker), kind
        for tie in SCHEMA.relationships.values():
            if read.kind in tie.sources:
                ends = records.certain(tie.kind)
                at = pc.index_in(table[other], value_set=ends["from_key"].combine_chunks())
                days[tie.type] = ends["valid_from"].combine_chunks().take(at)
                things[tie.type] = ends["to_key"].combine_chunks().take(at), tie.type
        # a thing that nobody describes any more (a listing repaired) is not there
        keep = np.flatnonzero(exists)
        rows = pa.array(keep)
        return cls(
            people.numbers(table[mine])[keep],
            table.take(rows),
            {name: (column.take(rows), kind) for name, (column, kind) in things.items()},
            {kind: column.take(rows) for kind, column in days.items()},
        )

    def column(self, name: str) -> Any:
        """A property, one value a row: of the thing, or of the record itself."""
        return self._things[name][0] if name in self._things else self.table[name].combine_chunks()

    def stated(self, used: Iterable[str]) -> Any:
        """The day of each row's word: of the latest of the statements that tell what is `used`."""
        own = self.table["valid_from"].combine_chunks()
        kinds = sorted({self._things[name][1] for name in used if name in self._things})
        return pc.max_element_wise(own, *(self._days[kind] for kind in kinds)) if kinds else own


@cache
def _aspects(thing: str) -> tuple[str, ...]:
    """Kinds of statements about things of a kind."""
    return tuple(
        node.kind for node in SCHEMA.nodes.values() if thing in (node.kind, node.describes)
    )


@cache
def _nothing(thing: str) -> tuple[Mapping[str, tuple[Any, str]], Mapping[str, Any]]:
    """Properties and days of no things of a kind: of most kinds a party has none."""
    things: dict[str, tuple[Any, str]] = {}
    days: dict[str, Any] = {}
    for kind in _aspects(thing):
        none = arrow_schema(kind).empty_table()
        days[kind] = none["valid_from"].combine_chunks()
        for item in SCHEMA.nodes[kind].properties:
            things[item.name] = none[item.name].combine_chunks(), kind
    for tie in SCHEMA.relationships.values():
        if thing in tie.sources:
            none = arrow_schema(tie.kind).empty_table()
            days[tie.type] = none["valid_from"].combine_chunks()
            things[tie.type] = none["to_key"].combine_chunks(), tie.type
    return MappingProxyType(things), MappingProxyType(days)


def first_rows(
    subjects: Numbers,
    rows: Numbers,
    table: pa.Table,
    count: int,
    *,
    by: Order = "oldest",
    rank: NDArray[Any] | None = None,
) -> Numbers:
    """One row a subject, -1 where it has none: the oldest, begun last, last heard, or last dated.

    Args:
        rank: of every row of the table; the greatest comes before any date.

    Where two are alike the smaller fact id decides, so that the order of the table does not.
    """
    found = np.full(count, -1, np.int64)
    often = np.bincount(subjects, minlength=count)
    single = often[subjects] == 1
    found[subjects[single]] = rows[single]
    if single.all():
        return found
    subjects, rows = subjects[~single], rows[~single]
    several = table.select(["known_from", "valid_from", "fact_id"]).take(pa.array(rows))
    keys = list(_ORDERS[by])
    if rank is not None:
        several = several.append_column("rank", pa.array(rank[rows]))
        keys.insert(0, ("rank", "descending"))
    order = pc.sort_indices(several, sort_keys=keys).to_numpy()[::-1]
    # the last assignment stands, so the first in order is assigned last
    found[subjects[order]] = rows[order]
    return found


def _join(parties: Numbers, others: Numbers, who: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """(party, row) for every pair whose other is whom the row is about."""
    order = np.argsort(others, kind="stable")
    starts = np.searchsorted(others[order], np.arange(count + 1))
    rows = np.flatnonzero(who >= 0)
    begin, end = starts[who[rows]], starts[who[rows] + 1]
    times = end - begin
    row = np.repeat(rows, times)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    return parties[order][np.repeat(begin, times) + offset], row
