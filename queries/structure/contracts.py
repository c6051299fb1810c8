"""Contracts of guarantee, held as columns and made into objects where one is looked at.

A city has hundreds of thousands, of which an answer looks at a few: as columns they take a quarter of the
memory, and neither Python's collector nor who counts an answer's bytes goes through them one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.key_index import KeyIndex
from queries.structure.fen import Fen, total

__all__ = ["Contract", "Contracts", "runs", "secured"]

_EVIDENCE = ("source", "batch", "row")
_TYPES = pa.schema(
    [
        ("guarantor", pa.string()),
        ("borrower", pa.string()),
        ("number", pa.string()),
        ("amount_fen", pa.int64()),
        ("owed_fen", pa.int64()),
        ("kind", pa.string()),
        ("relation", pa.string()),
        ("valid_to", pa.date32()),
        ("source", pa.string()),
        ("batch", pa.string()),
        ("row", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Contract:
    """One guarantor's promise for one borrower.

    Attributes:
        guarantor, borrower: keys.  number: the contract's key, empty when never told.
        amount_fen: promised.  owed_fen: of it, no more than the balance that it secures
            (`graph.accessory`).
        evidence: source, batch and row that tell it; of a proposal, empty.
    """

    guarantor: str
    borrower: str
    number: str
    amount_fen: int | None = None
    owed_fen: int | None = None
    kind: str | None = None
    relation: str | None = None
    valid_to: date | None = None
    evidence: tuple[tuple[str, Any], ...] = ()


class Contracts(Sequence[Contract]):
    """Contracts, sorted by guarantor, borrower and number.

    Attributes:
        keys: of all who stand in one, sorted: a place among them sorts as its key does.
        guarantor, borrower: places of both, one entry a contract.
    """

    def __init__(self, told: pa.Table, *, heard: Sequence[str] = ()) -> None:
        """Of columns named as a contract's, with those of its evidence, in any order.

        Args:
            heard: columns that say which of several tellings of one contract is the last; with
                none, each row is one contract, and equal ones stay in their order.
        """
        parties = pc.unique(pa.chunked_array([*_plain(told, "guarantor").chunks,
                                              *_plain(told, "borrower").chunks], pa.string()))  # fmt: skip
        parties = parties.take(pc.sort_indices(parties))
        index = KeyIndex(parties)
        by: dict[str, Any] = {
            end: pa.array(index.find(_plain(told, end))) for end in ("guarantor", "borrower")
        }
        by["number"] = _whole(_plain(told, "number"))
        by |= {name: _whole(told[name]) for name in heard}
        by["place"] = pa.array(np.arange(len(told)))
        order = pc.sort_indices(
            pa.RecordBatch.from_pydict(by), sort_keys=[(name, "ascending") for name in by]
        )
        if heard:
            order = order.filter(pa.array(_last([by[name].take(order) for name in list(by)[:3]])))
        self.guarantor, self.borrower = (
            by[end].take(order).to_numpy().astype(np.int32) for end in ("guarantor", "borrower")
        )
        held = [name for name in _TYPES.names if name not in ("guarantor", "borrower")]
        self._parties: pa.Array = parties
        self._told = pa.table({name: _whole(told[name].take(order)) for name in held})

    @classmethod
    def of(cls, contracts: Iterable[Contract]) -> Contracts:
        """Those that somebody holds as objects."""
        held = list(contracts)
        names = [field.name for field in fields(Contract) if field.name != "evidence"]
        told = {name: [getattr(each, name) for each in held] for name in names}
        said = [dict(each.evidence) for each in held]
        told |= {name: [each.get(name) for each in said] for name in _EVIDENCE}
        return cls(pa.table(told, _TYPES))

    def with_one(self, contract: Contract) -> Contracts:
        """These and one more, after those that sort as it does."""
        ends = {
            end: self._parties.take(pa.array(getattr(self, end)))
            for end in ("guarantor", "borrower")
        }
        held = pa.table(
            {**ends, **dict(zip(self._told.column_names, self._told.columns, strict=True))}
        )
        more = Contracts.of([contract])
        one = {"guarantor": [contract.guarantor], "borrower": [contract.borrower]}
        told = pa.table({**one, **more._told.to_pydict()}, _TYPES)
        return Contracts(pa.concat_tables([held.select(_TYPES.names).cast(_TYPES), told]))

    def __len__(self) -> int:
        return len(self.guarantor)

    @overload
    def __getitem__(self, at: int) -> Contract: ...
    @overload
    def __getitem__(self, at: slice) -> list[Contract]: ...
    def __getitem__(self, at: int | slice) -> Contract | list[Contract]:
        if isinstance(at, slice):
            return self.take(np.arange(len(self))[at])
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self.take(np.array([at % len(self)]))[0]

    @cached_property
    def keys(self) -> list[str]:
        found: list[str] = self._parties.to_pylist()
        return found

    @cached_property
    def parties(self) -> pa.Array:
        """The keys as a column."""
        return self._parties

    def take(self, rows: NDArray[np.int64]) -> list[Contract]:
        """Those of some rows, all at once: one by one each costs as much as fifty together."""
        told: dict[str, list[Any]] = self._told.take(pa.array(rows)).to_pydict()
        ends = ([self.keys[place] for place in end[rows].tolist()]
                for end in (self.guarantor, self.borrower))  # fmt: skip
        seen = zip(*(told.pop(name) for name in _EVIDENCE), strict=True)
        evidence = [
            () if each[0] is None else tuple(zip(_EVIDENCE, each, strict=True)) for each in seen
        ]
        return [Contract(*each) for each in zip(*ends, *told.values(), evidence, strict=True)]

    def is_of(self, kind: str) -> NDArray[np.bool_]:
        """Which contracts are of a kind of guarantee."""
        such = pc.fill_null(pc.equal(_plain(self._told, "kind"), kind), False)
        return np.asarray(such.to_numpy(), bool)

    def secured(self, groups: NDArray[np.int64], rows: NDArray[np.int64], count: int) -> list[Fen]:
        """What is owed by several groups of contracts, each as `secured` sums it.

        Args:
            groups: number of the group, from 0 to `count`, of each of the rows.
        """
        borrower, name = self.borrower[rows], self._names[rows]
        amount, told = self._owed[0][rows], self._owed[1][rows]
        order = np.lexsort((name, borrower, groups))
        groups, borrower, name = groups[order], borrower[order], name[order]
        first = runs(groups, borrower, name)
        of = groups[first]
        known = np.zeros(count, np.int64)
        unknown = np.zeros(count, np.int64)
        if len(first):
            # of what nobody told the amount is below every one that was told
            most = np.maximum.reduceat(np.where(told, amount, _LEAST)[order], first)
            is_known = np.logical_or.reduceat(told[order], first)
            np.add.at(known, of[is_known], most[is_known])
            np.add.at(unknown, of[~is_known], 1)
        return [Fen(*each) for each in zip(known.tolist(), unknown.tolist(), strict=True)]

    @cached_property
    def _names(self) -> NDArray[np.int64]:
        """A number for each contract's own: equal ones share it, each without one has its own."""
        said = _whole(_plain(self._told, "number"))
        codes = said.dictionary_encode().indices.to_numpy().astype(np.int64)
        unsaid = pc.equal(said, "").to_numpy(zero_copy_only=False)
        return np.where(unsaid, -1 - np.arange(len(codes)), codes)

    @cached_property
    def _owed(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        owed = self._told["owed_fen"]
        told = pc.is_valid(owed).to_numpy()
        return pc.fill_null(owed, 0).to_numpy(), np.asarray(told, bool)


_LEAST = np.iinfo(np.int64).min


def secured(contracts: Iterable[Contract]) -> Fen:
    """What is owed by contracts: one that several stand in is owed once."""
    amounts: dict[tuple[str, str], int | None] = {}
    for place, item in enumerate(contracts):
        # contracts that nobody numbered are all different
        name = (item.borrower, item.number or f"#{place}")
        held = amounts.get(name)
        if held is None or (item.owed_fen is not None and item.owed_fen > held):
            amounts[name] = item.owed_fen
    return total(amounts.values())


def runs(*columns: NDArray[Any]) -> NDArray[np.int64]:
    """Where in sorted columns another value begins in any of them."""
    differ = np.ones(len(columns[0]), bool)
    if len(differ):
        differ[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(differ)


def _last(columns: Sequence[pa.Array]) -> NDArray[np.bool_]:
    """The last of each run of equal entries in sorted columns."""
    last = np.ones(len(columns[0]), bool)
    if len(last):
        last[:-1] = np.logical_or.reduce(
            [pc.not_equal(one[1:], one[:-1]).to_numpy(zero_copy_only=False) for one in columns]
        )
    return last


def _plain(told: pa.Table, name: str) -> pa.ChunkedArray:
    return told[name].cast(pa.string())


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
