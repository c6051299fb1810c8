"""What villages are evaluated by: households, credit households, borrowers, money, counted once.

Loans are those of the institutions that report to this graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.log import FactLog
from queries.eligibility.gather import gather
from queries.eligibility.records import Records, records_from_log

__all__ = ["Counts", "count_places"]

_BAD = ["substandard", "doubtful", "loss"]


@dataclass(frozen=True, eq=False)
class Counts:
    """One number for each of `villages`, which are division keys.

    Attributes:
        credit, unknown: households that are credit households, and of whom nobody says.
        borrowers, in_arrears: persons and firms with an open loan.
        balance, bad, newly_bad: in fen; bad for less than a year is new.
    """

    villages: list[str]
    households: NDArray[np.int64]
    credit: NDArray[np.int64]
    unknown: NDArray[np.int64]
    borrowers: NDArray[np.int64]
    in_arrears: NDArray[np.int64]
    balance: NDArray[np.int64]
    bad: NDArray[np.int64]
    newly_bad: NDArray[np.int64]


def count_places(log: FactLog, as_of: date, known_at: datetime) -> Counts:
    """Count every village in which a household is known to live."""
    records = records_from_log(log, as_of, known_at)
    houses = pc.unique(records.certain("Household")["key"].combine_chunks())
    told = gather(records, houses, facts=["village", "credit_household_level"]).columns()
    where, level = told["village"], told["credit_household_level"]
    placed = where.known
    keys, place = np.unique(where.values[placed].astype(str), return_inverse=True)
    count = len(keys)
    none = list(level.spec.values).index("none")
    holds = level.known[placed] & (level.values[placed] != none)
    loans = _loans(records)
    before = _loans(records_from_log(log, as_of - timedelta(365), known_at))
    was_bad = pc.is_in(
        loans["loan"], value_set=before.filter(before["bad"])["loan"].combine_chunks()
    )
    home = _villages_of(records, loans["party"], keys)
    kept = home >= 0
    balance = loans["balance_fen"].to_numpy()[kept]
    bad = loans["bad"].to_numpy()[kept]
    new = bad & ~was_bad.to_numpy()[kept]
    late = loans["late"].to_numpy()[kept]
    home = home[kept]
    parties = loans["party"].to_numpy(zero_copy_only=False)[kept]

    def distinct(where: NDArray[np.bool_]) -> NDArray[np.int64]:
        pairs = {(int(h), p) for h, p in zip(home[where], parties[where], strict=True)}
        return np.bincount(np.array([h for h, _ in pairs], np.int64), minlength=count)

    def money(where: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(home[where], balance[where], count).astype(np.int64)

    everyone = np.ones(len(home), bool)
    return Counts(
        [str(key) for key in keys],
        np.bincount(place, minlength=count),
        np.bincount(place[holds], minlength=count),
        np.bincount(place[~level.known[placed]], minlength=count),
        distinct(everyone),
        distinct(late),
        money(everyone),
        money(bad),
        money(new),
    )


def _loans(records: Records) -> pa.Table:
    """Open loans of parties: party, loan, balance, whether bad, whether in arrears."""
    state = records.certain("LoanState").select(
        ["key", "balance_fen", "loan_class", "overdue_days", "settled_on"]
    )
    day = pa.scalar(records.as_of, pa.date32())
    running = pc.fill_null(pc.greater(state["settled_on"], day), True)
    state = state.filter(running)
    ties = records.certain("BORROWED").select(["from_key", "to_key"])
    joined = ties.join(state, "to_key", "key", join_type="inner", use_threads=False)
    return pa.table(
        {
            "party": joined["from_key"].combine_chunks(),
            "loan": joined["to_key"].combine_chunks(),
            "balance_fen": pc.fill_null(joined["balance_fen"], 0),
            "bad": pc.is_in(joined["loan_class"], value_set=pa.array(_BAD)),
            "late": pc.greater(pc.fill_null(joined["overdue_days"], 0), 0),
        }
    )


def _villages_of(records: Records, parties: Any, villages: NDArray[Any]) -> NDArray[np.int64]:
    located = records.certain("LOCATED_IN")
    at = pc.index_in(parties, value_set=located["from_key"].combine_chunks())
    keys = located["to_key"].combine_chunks().take(at.combine_chunks())
    found = pc.fill_null(pc.index_in(keys, value_set=pa.array(villages, pa.string())), -1)
    return np.asarray(found.to_numpy(), np.int64)
