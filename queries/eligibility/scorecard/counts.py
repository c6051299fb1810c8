"""What villages are evaluated by: households, credit households, borrowers, money, counted once.

Loans are those of the institutions that report to this graph.  What a record does not say is
counted apart: a loan of whose class a year ago nobody says may be newly bad or may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.log_view import AnyLog
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import Records, records_from_log

__all__ = ["Counts", "Money", "count_places"]

_BAD = ["substandard", "doubtful", "loss"]

#: What a record says of a loan, so that of two the least is the less sure.
_NO, _PERHAPS, _YES = np.int8(0), np.int8(1), np.int8(2)


@dataclass(frozen=True, eq=False)
class Money:
    """Part of the loan money of each village, at the least and at the most, in fen.

    Where a record does not say a balance it is between nothing and the principal; where it does
    not say a class, the loan may be in the part or beside it.

    Attributes:
        least, beside_least: the part at its smallest, and all else at its largest.
        most, beside_most: the part at its largest, and all else at its smallest.
    """

    least: NDArray[np.float64]
    beside_least: NDArray[np.float64]
    most: NDArray[np.float64]
    beside_most: NDArray[np.float64]

    def share(self, places: list[int]) -> tuple[float, float] | None:
        """The share between its two ends; None where no money is lent."""
        ends = []
        for part, beside in ((self.least, self.beside_least), (self.most, self.beside_most)):
            inside, outside = float(part[places].sum()), float(beside[places].sum())
            if inside + outside == 0:
                return None
            ends.append(1.0 if np.isinf(inside) else inside / (inside + outside))
        return ends[0], ends[1]


@dataclass(frozen=True, eq=False)
class Counts:
    """One number for each of `villages`, which are division keys.

    Attributes:
        credit, unknown: households that are credit households, and of whom nobody says.
        borrowers, in_arrears: persons and firms with an open loan.
        perhaps_in_arrears: those of whom no loan is known to be late and of one nobody says.
        bad, newly_bad: money lent; what was not bad a year ago, or not yet lent, is new.
    """

    villages: list[str]
    households: NDArray[np.int64]
    credit: NDArray[np.int64]
    unknown: NDArray[np.int64]
    borrowers: NDArray[np.int64]
    in_arrears: NDArray[np.int64]
    perhaps_in_arrears: NDArray[np.int64]
    bad: Money
    newly_bad: Money


def count_places(log: AnyLog, records: Records) -> Counts:
    """Count every village in which a household is known to live; the log tells what was a year ago."""
    as_of, known_at = records.as_of, records.known_at
    houses = pc.unique(records.certain("Household")["key"].combine_chunks())
    told = gather(records, houses, facts=["village", "credit_household_level"]).columns()
    where, level = told["village"], told["credit_household_level"]
    placed = where.known
    keys, place = np.unique(where.values[placed].astype(str), return_inverse=True)
    count = len(keys)
    none = list(level.spec.values).index("none")
    holds = level.known[placed] & (level.values[placed] != none)
    year_ago = as_of - timedelta(365)
    loans = _loans(records)
    before = _loans(records_from_log(log, year_ago, known_at))
    home = _villages_of(records, loans["party"], keys)
    loans = loans.append_column("home", pa.array(home)).filter(pa.array(home >= 0))
    borrowers, late, perhaps = _borrowers(loans, count)
    bad = _three(loans["bad"])
    newly = np.where(bad == _NO, _NO, np.minimum(bad, _new(loans, before, year_ago)))
    return Counts(
        [str(key) for key in keys],
        np.bincount(place, minlength=count),
        np.bincount(place[holds], minlength=count),
        np.bincount(place[~level.known[placed]], minlength=count),
        borrowers,
        late,
        perhaps,
        _money(loans, bad, count),
        _money(loans, newly, count),
    )


def _three(flags: pa.ChunkedArray) -> NDArray[np.int8]:
    """Whether a flag is so, is not, or nobody says."""
    told = np.asarray(pc.fill_null(pc.cast(flags, pa.int8()), -1).to_numpy())
    return np.select([told < 0, told == 0], [_PERHAPS, _NO], _YES).astype(np.int8)


def _new(loans: pa.Table, before: pa.Table, year_ago: date) -> NDArray[np.int8]:
    """Whether what is bad now was not bad a year ago; without a word of then, nobody says."""
    place = pc.index_in(loans["loan"], value_set=before["loan"].combine_chunks())
    then = before["bad"].combine_chunks().take(place.combine_chunks())
    was_not = _three(pa.chunked_array([pc.invert(then)]))
    since = pc.fill_null(pc.greater(loans["granted_on"], pa.scalar(year_ago, pa.date32())), False)
    return np.where(np.asarray(since.to_numpy()), _YES, was_not).astype(np.int8)


def _borrowers(loans: pa.Table, count: int) -> tuple[NDArray[np.int64], ...]:
    """Borrowers of each village: all, those in arrears, those perhaps in arrears."""
    worst: dict[tuple[int, str], int] = {}
    no = int(_NO)
    rows = zip(loans["home"].to_pylist(), loans["party"].to_pylist(), _three(loans["late"]),
               strict=True)  # fmt: skip
    for home, party, late in rows:
        worst[home, party] = max(int(late), worst.get((home, party), no))
    homes = np.array([home for home, _ in worst], np.int64)
    states = np.array(list(worst.values()), np.int8)
    return tuple(
        np.bincount(homes[among], minlength=count)
        for among in (np.ones(len(homes), bool), states == _YES, states == _PERHAPS)
    )


def _money(loans: pa.Table, part: NDArray[np.int8], count: int) -> Money:
    home = np.asarray(loans["home"].to_numpy())
    low = np.asarray(pc.fill_null(loans["balance_fen"], 0).to_numpy(), np.float64)
    # no balance: not more than was lent; nobody says what was lent: no end
    high = np.asarray(
        pc.fill_null(
            pc.cast(pc.coalesce(loans["balance_fen"], loans["principal_fen"]), pa.float64()),
            np.inf,
        ).to_numpy()
    )
    # two who owe one loan owe it once
    once = np.zeros(len(home), bool)
    pairs = zip(home.tolist(), loans["loan"].to_pylist(), strict=True)
    once[list({pair: row for row, pair in enumerate(pairs)}.values())] = True

    def total(where: NDArray[np.bool_], money: NDArray[np.float64]) -> NDArray[np.float64]:
        kept = where & once
        return np.bincount(home[kept], money[kept], count).astype(np.float64)

    return Money(
        total(part == _YES, low),
        total(part != _YES, high),
        total(part != _NO, high),
        total(part == _NO, low),
    )


def _loans(records: Records) -> pa.Table:
    """Open loans of parties: party, loan, what is owed, whether bad, whether in arrears; null
    where a record does not say."""
    state = records.certain("LoanState").select(
        ["key", "balance_fen", "loan_class", "overdue_days", "settled_on"]
    )
    day = pa.scalar(records.as_of, pa.date32())
    running = pc.fill_null(pc.greater(state["settled_on"], day), True)
    state = state.filter(running)
    granted = records.certain("Loan").select(["key", "granted_on", "principal_fen"])
    state = state.join(granted, "key", join_type="left outer", use_threads=False)
    ties = records.certain("BORROWED").select(["from_key", "to_key"])
    joined = ties.join(state, "to_key", "key", join_type="inner", use_threads=False)
    is_bad = pc.is_in(joined["loan_class"], value_set=pa.array(_BAD))
    return pa.table(
        {
            "party": joined["from_key"].combine_chunks(),
            "loan": joined["to_key"].combine_chunks(),
            "granted_on": joined["granted_on"],
            "principal_fen": joined["principal_fen"],
            "balance_fen": joined["balance_fen"],
            "bad": pc.if_else(pc.is_valid(joined["loan_class"]), is_bad, None),
            "late": pc.greater(joined["overdue_days"], 0),
        }
    )


def _villages_of(records: Records, parties: Any, villages: NDArray[Any]) -> NDArray[np.int64]:
    located = records.certain("LOCATED_IN")
    at = pc.index_in(parties, value_set=located["from_key"].combine_chunks())
    keys = located["to_key"].combine_chunks().take(at.combine_chunks())
    found = pc.fill_null(pc.index_in(keys, value_set=pa.array(villages, pa.string())), -1)
    return np.asarray(found.to_numpy(), np.int64)
