"""A guarantee is accessory to what it secures: it stands, and is owed, as long and as far as that is.

民法典 第六百八十二条: the contract of guarantee is a contract accessory to the one of the principal
debt (第三百九十三条 says the same of secured interests).  So

- a contract *stands* until every loan that it `SECURES` is settled; one of which nobody said what
  it secures stands for its term: unknown is not settled;
- what is *owed* by it is the amount promised, and never more than the balance of what it secures;
  where a balance is not known the amount promised stands.

Only certain statements count, the last heard of each loan (`graph.last_heard`); a loan is settled
from its `settled_on`, whatever balance is still written beside it.  Here the rule is told over
tables of the log, for whoever reads everybody; questions about one party say it as Cypher
(`queries/fragments`).  Tests hold both to a third reading in plain Python.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.last_heard import last_heard

__all__ = ["CONTRACT_COLUMNS", "Secured", "read_secured"]

#: Kinds of tie that a contract of guarantee makes -> the column that names the contract.
CONTRACT_COLUMNS = {"GUARANTEES": "discriminator", "GAVE": "to_key", "SECURES": "from_key"}

_SECURES = ("from_key", "to_key", "known_from", "valid_from", "fact_id", "certainty")
_STATES = ("key", "known_from", "valid_from", "fact_id", "certainty", "settled_on", "balance_fen")


@dataclass(frozen=True, eq=False)
class Secured:
    """What contracts secure, one entry a contract of which that is known.

    Attributes:
        contracts: keys.
        settled: whether every loan secured is settled.
        balance_fen: of all that it secures; null where one is not known.
    """

    contracts: pa.Array
    settled: NDArray[np.bool_]
    balance_fen: pa.Array

    def stands(self, contracts: pa.ChunkedArray | pa.Array) -> NDArray[np.bool_]:
        """Which of the contracts named still stand; a name that nobody knows does."""
        if not self.settled.any():
            return np.ones(len(contracts), bool)
        gone = self.contracts.filter(pa.array(self.settled))
        return ~np.asarray(pc.is_in(contracts, value_set=gone).to_numpy(zero_copy_only=False), bool)

    def standing(self, kind: str, facts: pa.Table) -> pa.Table:
        """The facts without those of contracts that no longer stand."""
        if kind not in CONTRACT_COLUMNS:
            return facts
        stands = self.stands(facts[CONTRACT_COLUMNS[kind]])
        return facts if stands.all() else facts.filter(pa.array(stands))

    def owed(
        self, contracts: pa.ChunkedArray | pa.Array, amounts: pa.ChunkedArray | pa.Array
    ) -> pa.Array:
        """What is owed by each contract that promises the amount beside it; null stays null."""
        at = pc.index_in(contracts, value_set=self.contracts)
        balance = _whole(self.balance_fen.take(_whole(at)))
        promised = _whole(amounts)
        least = pc.min_element_wise(promised, balance)
        return pc.if_else(pc.is_null(promised), promised, least)


def read_secured(read: Callable[[str], pa.Table], as_of: date) -> Secured:
    """What every contract secures, on a day.

    Args:
        read: kind -> facts that are held and true then, with the columns of the log.
    """
    ties = last_heard(_plain(read("SECURES"), _SECURES), ["from_key", "to_key"])
    if not len(ties):
        return Secured(pa.array([], pa.string()), np.zeros(0, bool), pa.array([], pa.int64()))
    loans = pc.unique(ties["to_key"])
    states = read("LoanState")
    states = states.filter(pc.is_in(states["key"], value_set=loans))
    states = last_heard(_plain(states, _STATES), ["key"])
    at = pc.index_in(ties["to_key"], value_set=_whole(states["key"]))
    settled = pc.less_equal(states["settled_on"].take(at), pa.scalar(as_of, pa.date32()))
    settled = pc.fill_null(settled, False)
    balance = pc.if_else(settled, pa.scalar(0, pa.int64()), states["balance_fen"].take(at))
    found = (
        pa.table(
            {
                "contract": ties["from_key"],
                "settled": settled,
                "balance": balance,
                "untold": pc.is_null(balance),
            }
        )
        .group_by("contract")
        .aggregate([("settled", "all"), ("balance", "sum"), ("untold", "any")])
    )
    sums = pc.if_else(found["untold_any"], pa.scalar(None, pa.int64()), found["balance_sum"])
    return Secured(
        _whole(found["contract"]),
        np.asarray(found["settled_all"].to_numpy(), bool),
        _whole(sums),
    )


def _plain(facts: pa.Table, names: tuple[str, ...]) -> pa.Table:
    """Some columns, with plain texts: what is coded into a dictionary cannot be sorted."""
    chosen = facts.select(list(names))
    columns = [
        column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        for column in chosen.columns
    ]
    return pa.table(dict(zip(names, columns, strict=True)))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
