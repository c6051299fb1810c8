"""Who holds which part of which firm, as a sparse matrix over the parties that hold or are held.

What the register proves and no more: of a declared range its lower end; a holding without a ratio or an amount that gives one, or tied
by resemblance, or in a firm whose registered ratios sum to more than the whole, proves no share.
What is not proven is the firm's *unknown* part; nothing is spread over the known holders.

Ratios are written to so many decimals.  Of n holders each may be half a unit of the last one off, so
that a sum over the whole by no more than that is rounding and no error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from graph.distinct import distinct
from graph.errors import NotFoundError
from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.party_numbers import numbers_of
from queries.structure.thresholds import Thresholds, load_thresholds

__all__ = ["DOUBTS", "Doubt", "Shares", "read_shares"]

#: Decimals of a percentage that are looked at.
_DECIMALS = 8

_FIRMS = SCHEMA.relationships["HOLDS_SHARES_IN"].targets

DoubtKind = Literal[
    "oversubscribed",
    "rounded",
    "range",
    "derived",
    "ratio_unknown",
    "resemblance",
    "sources_differ",
    "closed",
    "not_registered",
]

#: What each doubt means to an officer.
DOUBTS: dict[str, str] = {
    "oversubscribed": "登记的出资比例合计超过 100 %，无法判断哪些正确，全部未采用",
    "rounded": "登记的出资比例合计因四舍五入略超 100 %，已按比例缩到 100 %",
    "range": "只申报了出资比例的区间，按下限计，其余列为未查明",
    "derived": "未登记出资比例，按认缴出资额占资本总额推算（公司法 第二百六十五条）",
    "ratio_unknown": "有股东未登记出资比例，认缴出资额也不足以推算",
    "resemblance": "有股东仅为疑似同一主体，未采用",
    "sources_differ": "不同来源的出资比例不一致，采用最近获知的",
    "closed": "全部股权由环内企业互相持有，环外没有所有人",
    "not_registered": "没有股东登记",
}


@dataclass(frozen=True)
class Doubt:
    """Why part of a firm's shares is not proven; `DOUBTS` says it in words."""

    firm: str
    name: str | None
    kind: DoubtKind


@dataclass(frozen=True, eq=False)
class Shares:
    """Proven holdings of a snapshot.

    Attributes:
        members: numbers (in the snapshot) of the parties that hold or are held; ascending.  All
            arrays below are over their places.
        matrix: A[i, j] = part of firm j that i holds, 0 to 1; columns sum to at most 1.
        row: R[i, j] = 1 + row of that holding in the snapshot's `HOLDS_SHARES_IN` table.
        named: the same of holdings that are registered for certain and prove no share: without a
            ratio, or among ratios that contradict each other.
        is_firm: whether shares of it can be held at all; all others are ultimate holders.
        doubts: by place of the firm.
    """

    snapshot: Snapshot
    thresholds: Thresholds
    members: NDArray[np.int64]
    matrix: sparse.csc_array
    row: sparse.csc_array
    named: sparse.csc_array
    is_firm: NDArray[np.bool_]
    doubts: dict[int, tuple[DoubtKind, ...]]

    @cached_property
    def unknown(self) -> NDArray[np.float64]:
        """Part of each firm that no proven holder holds; 0 for ultimate holders."""
        lacking = 1.0 - np.asarray(self.matrix.sum(axis=0)).ravel()
        # a register that says 70 % and 30 % has no unknown owner of 1e-16
        lacking[lacking < 1e-12] = 0.0
        return np.where(self.is_firm, lacking, 0.0)

    @cached_property
    def partnerships(self) -> frozenset[int]:
        """Places of partnerships: their name must say it (合伙企业法 第十五条、第五十六条、第六十二条)."""
        if self.snapshot is None:  # plain numbers have no names
            return frozenset()
        names = self.snapshot.names.take(pa.array(self.members))
        said = pc.fill_null(pc.match_substring(names.cast(pa.string()), "合伙"), False)
        return frozenset(np.flatnonzero(said.to_numpy(zero_copy_only=False)).tolist())

    def place(self, key: str) -> int:
        """Place of a firm; raises `NotFoundError` for a party that shares cannot be held in."""
        number = self.snapshot.index(key)
        place = int(np.searchsorted(self.members, number))
        if place < len(self.members) and self.members[place] == number and self.is_firm[place]:
            return place
        raise NotFoundError(
            "库中没有这个主体的股东登记，无法穿透。请先导入股东及出资。",
            "No shareholders of this party are registered.",
            code="no_shareholders",
        )

    def holder_place(self, key: str) -> int | None:
        """Place of a party, or None when it neither holds nor is held."""
        number = self.snapshot.index(key)
        place = int(np.searchsorted(self.members, number))
        here = place < len(self.members) and self.members[place] == number
        return place if here else None

    def firms_of(self, keys: Iterable[str]) -> set[int]:
        """Places of those of some parties that shares are or can be held in, looked up at once.

        Raises `NotFoundError` for a party that the snapshot does not know.
        """
        found = np.isin(self.members, numbers_of(self.snapshot, keys)) & self.is_firm
        return set(np.flatnonzero(found).tolist())

    def key(self, place: int) -> str:
        """Key of the party at a place."""
        return str(self.snapshot.keys[int(self.members[place])].as_py())

    def name(self, place: int) -> str | None:
        """Its name, None when never told."""
        return self.snapshot.name(int(self.members[place]))

    def label(self, place: int) -> str:
        """Its label."""
        return str(self.snapshot.labels[int(self.members[place])].as_py())

    def holders(self, firm: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Places of a firm's proven holders, and what each holds."""
        first, last = self.matrix.indptr[firm : firm + 2]
        return self.matrix.indices[first:last], self.matrix.data[first:last]

    def named_holders(self, firm: int) -> list[int]:
        """Places of holders who are registered for certain and of whom no share is proven."""
        first, last = self.named.indptr[firm : firm + 2]
        found: list[int] = self.named.indices[first:last].tolist()
        return found

    def holdings_of(self, holder: int) -> list[tuple[int, float]]:
        """Places of the firms that a party holds part of, and how much of each."""
        first, last = self._by_holder.indptr[holder : holder + 2]
        firms, ratios = self._by_holder.indices[first:last], self._by_holder.data[first:last]
        return list(zip(firms.tolist(), ratios.tolist(), strict=True))

    @cached_property
    def _by_holder(self) -> sparse.csr_array:
        return self.matrix.tocsr()

    def evidence(self, holder: int, firm: int) -> dict[str, Any]:
        """Source, batch and row of a holding."""
        return self._told(int(self.row[holder, firm]) - 1)

    def stated(self, holder: int, firm: int) -> tuple[float | None, float | None]:
        """The ends of the range that was declared of a holding; (None, None) for a ratio."""
        row = int(self.row[holder, firm]) or int(self.named[holder, firm])
        said = self.snapshot.ties["HOLDS_SHARES_IN"].table.slice(row - 1, 1).to_pylist()[0]
        if said["share_ratio"] is not None:
            return None, None
        return said["least_ratio"], said["most_ratio"]

    def naming(self, holder: int, firm: int) -> dict[str, Any]:
        """The same of a holding that proves no share."""
        return self._told(int(self.named[holder, firm]) - 1)

    def _told(self, row: int) -> dict[str, Any]:
        said = self.snapshot.ties["HOLDS_SHARES_IN"].table.slice(row, 1).to_pylist()[0]
        told = {name: said[name] for name in ("source", "batch", "row", "certainty")}
        return told | {"is_derived": bool(said["ratio_is_derived"])}

    def is_derived(self, holder: int, firm: int) -> bool:
        """Whether the ratio of a holding follows from amounts; False for no holding."""
        return bool(self.row[holder, firm]) and bool(self.evidence(holder, firm)["is_derived"])

    def doubts_of(self, places: NDArray[np.int64]) -> tuple[Doubt, ...]:
        """Doubts about any of the firms at these places."""
        return tuple(
            Doubt(self.key(place), self.name(place), kind)
            for place in map(int, places)
            for kind in self.doubts.get(place, ())
        )


def read_shares(snapshot: Snapshot, thresholds: Thresholds | None = None) -> Shares:
    """Read the shares that a snapshot proves.

    Several holdings of one holder in one firm told by one source add up (tranches); of several
    sources that differ the one heard last counts, and the difference is a doubt.
    """
    chosen = thresholds or load_thresholds()
    ties = snapshot.ties["HOLDS_SHARES_IN"]
    least = ties.table["least_ratio"]
    least = pc.if_else(pc.greater(least, 0.0), least, pa.scalar(None, pa.float64()))
    told = pa.table(
        {
            "holder": ties.source,
            "firm": ties.target,
            # texts come dictionary-coded, and coded ones cannot be sorted
            "source": ties.table["source"].cast(pa.string()),
            # of a range the lower end is proven, and no more
            "ratio": pc.coalesce(ties.table["share_ratio"], least),
            "range": pc.is_null(ties.table["share_ratio"]),
            "derived": pc.fill_null(ties.table["ratio_is_derived"], False),
            "known_from": ties.table["known_from"],
            "certain": pc.greater_equal(ties.table["certainty"], 1.0),
            "row": np.arange(len(ties.table), dtype=np.int64),
        }
    )
    # a firm of whose owners something is declared, and nobody is registered, is asked about as well
    members = distinct(np.concatenate([ties.source, ties.target, _declared(snapshot)]))
    members = members.astype(np.int64)
    labels = snapshot.labels.take(pa.array(members)).to_pylist()
    doubts: dict[int, set[DoubtKind]] = {}

    def doubt(firms: Any, kind: DoubtKind) -> None:
        for firm in np.unique(np.searchsorted(members, firms)):
            doubts.setdefault(int(firm), set()).add(kind)

    doubt(_column(told.filter(pc.invert(told["certain"])), "firm"), "resemblance")
    told = told.filter(told["certain"])
    silent = _silent(told)
    doubt(_column(told.filter(pc.is_null(told["ratio"])), "firm"), "ratio_unknown")
    by_range = pc.and_(told["range"], pc.is_valid(told["ratio"]))
    doubt(_column(told.filter(by_range), "firm"), "range")
    pairs = _one_a_pair(told.filter(pc.greater(told["ratio"], 0.0)))
    holder, firm = (np.searchsorted(members, _column(pairs, name)) for name in ("holder", "firm"))
    ratio = _column(pairs, "ratio").astype(np.float64)
    differ = _column(pairs, "least") + 1e-9 < _column(pairs, "most")
    doubt(_column(pairs, "firm")[differ], "sources_differ")
    by_amount = _column(pairs, "derived").astype(bool)
    doubt(_column(pairs, "firm")[by_amount], "derived")
    total = np.bincount(firm, weights=ratio, minlength=len(members))
    units = np.where(by_amount, 0.0, _last_unit(ratio))
    over = total > 1 + np.maximum(chosen.rounding_ratio.value, _rounding(firm, units, len(members)))
    doubt(members[over], "oversubscribed")
    # sums of a few doubles differ from one by their last bits: no doubt, and no more than one
    doubt(members[(total > 1 + 1e-12) & ~over], "rounded")
    ratio = np.where(over[firm], 0.0, ratio / np.maximum(total[firm], 1.0))
    shape = (len(members), len(members))
    keep = ratio > 0
    at = (holder[keep], firm[keep])
    # what a contradiction leaves of a ratio is that somebody holds something
    named = [np.searchsorted(members, _column(silent, name)) for name in ("holder", "firm")]
    open_at = tuple(
        np.concatenate([told, more[~keep]])
        for told, more in zip(named, (holder, firm), strict=True)
    )
    open_row = np.concatenate([_column(silent, "row"), _column(pairs, "row")[~keep]]) + 1
    return Shares(
        snapshot=snapshot,
        thresholds=chosen,
        members=members,
        matrix=sparse.csc_array((ratio[keep], at), shape=shape),
        row=sparse.csc_array((_column(pairs, "row")[keep] + 1, at), shape=shape),
        named=sparse.csc_array((open_row, open_at), shape=shape),
        is_firm=np.isin(labels, _FIRMS) if labels else np.zeros(0, bool),
        doubts={place: tuple(sorted(kinds)) for place, kinds in doubts.items()},
    )


def _declared(snapshot: Snapshot) -> NDArray[np.int64]:
    """Numbers of the firms of whose owners anything is declared."""
    told = [("HAS_INTEREST_IN", "to"), ("OwnershipDisclosure", "")]
    found = [np.zeros(0, np.int64)]
    for kind, end in told:
        facts = snapshot.facts(kind)
        key, label = (f"{end}_{name}" if end else name for name in ("key", "label"))
        firms = facts.filter(pc.is_in(facts[label].cast(pa.string()), pa.array(_FIRMS)))
        at = snapshot.places(firms[key].cast(pa.string()))
        found.append(at[at >= 0])
    return np.concatenate(found)


def _silent(told: pa.Table) -> pa.Table:
    """(holder, firm) of which nobody states a ratio, with the first row that names them."""
    stated = pc.cast(pc.is_valid(told["ratio"]), pa.int8())
    pairs = told.append_column("stated", stated).group_by(["holder", "firm"], use_threads=False)
    found = pairs.aggregate([("stated", "max"), ("row", "min")])
    silent = found.filter(pc.equal(found["stated_max"], 0))
    return silent.select(["holder", "firm", "row_min"]).rename_columns(["holder", "firm", "row"])


def _one_a_pair(told: pa.Table) -> pa.Table:
    """One row a (holder, firm): what the source heard last says, and the least and most said."""
    by_source = told.group_by(["holder", "firm", "source"], use_threads=False).aggregate(
        [("ratio", "sum"), ("derived", "any"), ("known_from", "max"), ("row", "min")]
    )
    latest_first = by_source.sort_by(
        [("known_from_max", "descending"), ("source", "ascending"), ("row_min", "ascending")]
    )
    merged = latest_first.group_by(["holder", "firm"], use_threads=False).aggregate(
        [
            ("ratio_sum", "first"),
            ("derived_any", "first"),
            ("ratio_sum", "min"),
            ("ratio_sum", "max"),
            ("row_min", "first"),
        ]
    )
    names = {"ratio_sum_first": "ratio", "derived_any_first": "derived", "ratio_sum_min": "least",
             "ratio_sum_max": "most", "row_min_first": "row"}  # fmt: skip
    return merged.rename_columns([names.get(name, name) for name in merged.column_names])


def _last_unit(ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """One unit of the last decimal that each percentage is written with, as a ratio."""
    unit = np.full(len(ratios), 10.0**-_DECIMALS)
    percent = ratios * 100
    for decimals in range(_DECIMALS - 1, -1, -1):
        unit[np.abs(percent - np.round(percent, decimals)) < 1e-9] = 10.0**-decimals
    return np.asarray(unit / 100)


def _rounding(
    firm: NDArray[np.int64], units: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """By how much the ratios of each firm may be off together.

    A register writes all its ratios to as many decimals as the longest has: 50 among 33.34 is 50.00.
    """
    finest = np.full(count, 1.0)
    rounded = units > 0
    np.minimum.at(finest, firm[rounded], units[rounded])
    return np.asarray(np.bincount(firm[rounded], minlength=count) * finest / 2)


def _column(table: pa.Table, name: str) -> NDArray[Any]:
    return np.asarray(table[name].combine_chunks().to_numpy(zero_copy_only=False))
