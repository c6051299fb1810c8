"""Debtors of one day, as they were known then, and what came of them in the months after.

The score of that day is made from what was known on it and no later; what came is read as it is
known today.  A debtor is measured who had a loan on that day and was not known to be in default;
who was is no forecast.  A debtor of whose loans nobody spoke near the end of the months is left
out and counted: unknown is not paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.debtor import operators, told_of_both
from graph.last_heard import last_heard
from graph.log import FactLog
from graph.snapshot import Snapshot, take_snapshot
from graph.time import day_of, end_of_day
from queries.risk.calibration.rules import CalibrationRules

__all__ = ["Cohort", "gather_cohort", "months_after"]


@dataclass(frozen=True, eq=False)
class Cohort:
    """Debtors who were measured.

    Attributes:
        scored_on, until: the day of the score, and the last day on which default was looked for.
        snapshot: what was known on the first to be true on it.
        parties: numbers of the measured in the snapshot.
        defaulted: whether each came to be in default.
        in_default, unknown: how many were left out: known to be in default already, and of whose
            loans nobody says how they went on.
    """

    scored_on: date
    until: date
    snapshot: Snapshot
    parties: NDArray[np.int64]
    defaulted: NDArray[np.bool_]
    in_default: int
    unknown: int

    @property
    def defaults(self) -> int:
        """How many came to be in default."""
        return int(self.defaulted.sum())


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or earlier; the last of a month that has no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def gather_cohort(
    log: FactLog, scored_on: date, known_at: datetime, rules: CalibrationRules
) -> Cohort:
    """The debtors of a day and what is known of them at `known_at`.

    Raises `NotFoundError` where nothing was known by that day.
    """
    until = months_after(scored_on, rules.horizon_months)
    then = take_snapshot(log, scored_on, min(end_of_day(scored_on), known_at))
    now = take_snapshot(log, until, known_at)
    had = _open_debts(then, rules)
    debtors = np.unique(had["party"].to_numpy())
    already = np.unique(had.filter(had["bad"])["party"].to_numpy())
    watched = debtors[~np.isin(debtors, already)]
    # whom a later judgement found to be another is followed under the key of today
    keys = {
        now.redirects.get(key, key): int(number)
        for number, key in zip(watched, then.keys.take(pa.array(watched)).to_pylist(), strict=True)
    }
    came = _later(log, now, keys, scored_on, until, known_at, rules)
    open_then = had["party"].to_numpy()[np.isin(had["party"].to_numpy(), watched)]
    loans_then = had.filter(pc.is_in(had["party"], value_set=pa.array(watched)))["loan"]
    told = _told_to_the_end(now, until, rules)
    untold = open_then[
        ~np.asarray(pc.is_in(loans_then, value_set=told).to_numpy(zero_copy_only=False), bool)
    ]
    failed = np.isin(watched, came)
    known = failed | ~np.isin(watched, untold)
    return Cohort(
        scored_on, until, then, watched[known], failed[known], len(already), int((~known).sum())
    )  # fmt: skip


def _debts(held: Snapshot) -> tuple[pa.Array, pa.Array]:
    """Debtors and their loans, who answers for another's as for his own among them."""
    borrowed = held.facts("BORROWED")
    represents = held.facts("LEGAL_REPRESENTATIVE_OF")
    both = told_of_both(borrowed, operators(represents, held.facts("IndividualBusiness")["key"]))
    certain = both.filter(pc.greater_equal(both["certainty"], 1))
    return certain["from_key"].combine_chunks(), certain["to_key"].combine_chunks()


def _due(held: Snapshot, loans: pa.Array) -> pa.Array:
    contracts = last_heard(held.facts("Loan"), ["key"])
    place = pc.index_in(loans, value_set=contracts["key"].combine_chunks())
    return contracts["due_on"].combine_chunks().take(place)


def _bad(
    states: pa.Table, due: pa.Array, on: pa.Array | pa.Scalar, rules: CalibrationRules
) -> pa.Array:
    """Whether what is said of a loan is default, by a day."""
    said = rules.default
    late = pc.add(pc.cast(due, pa.int32()), said.matured_days_over)
    matured = pc.and_(pc.less(late, pc.cast(on, pa.int32())), pc.greater(states["balance_fen"], 0))
    parts = [
        pc.is_in(states["loan_class"], value_set=pa.array(said.classes, pa.string())),
        pc.greater(states["overdue_days"], said.overdue_days_over),
        pc.and_(matured, pc.is_null(states["settled_on"])),
    ]
    found = pa.array(np.zeros(len(states), bool))
    for part in parts:
        found = pc.or_(found, pc.fill_null(part, False))
    return found


def _open_debts(held: Snapshot, rules: CalibrationRules) -> pa.Table:
    """Loans that are not settled on the day of a snapshot: party, loan, whether in default."""
    states = last_heard(held.facts("LoanState"), ["key"])
    day = pa.scalar(held.as_of, pa.date32())
    states = states.filter(pc.fill_null(pc.greater(states["settled_on"], day), True))
    bad = pc.or_(
        _bad(states, _due(held, states["key"].combine_chunks()), day, rules),
        pc.is_in(states["key"], value_set=_written_off(held.facts("RepaymentHistory"), rules)),
    )
    debtors, loans = _debts(held)
    place = pc.index_in(loans, value_set=states["key"].combine_chunks())
    party = pc.index_in(debtors, value_set=held.keys)
    table = pa.table({"party": pc.cast(party, pa.int64()), "loan": loans, "bad": bad.take(place)})
    return table.filter(pc.and_(pc.is_valid(place), pc.is_valid(party)))


def _written_off(histories: pa.Table, rules: CalibrationRules) -> pa.Array:
    """Loans whose last month is one of default."""
    last = pc.utf8_slice_codeunits(histories["repayment_codes"], -1)
    codes = pa.array(list(rules.default.repayment_codes), pa.string())
    return histories.filter(pc.fill_null(pc.is_in(last, value_set=codes), False))[
        "key"
    ].combine_chunks()


def _later(
    log: FactLog,
    now: Snapshot,
    watched: dict[str, int],
    scored_on: date,
    until: date,
    known_at: datetime,
    rules: CalibrationRules,
) -> NDArray[np.int64]:
    """Numbers of those of whom default is told of a day after `scored_on`, and by `until`."""

    def window(kind: str) -> pa.Table:
        said = log.read(kind, known_at=known_at)
        since, end = pa.scalar(scored_on, pa.date32()), pa.scalar(until, pa.date32())
        begun = said.filter(
            pc.fill_null(
                pc.and_(
                    pc.greater(said["valid_from"], since), pc.less_equal(said["valid_from"], end)
                ),
                False,
            )
        )
        # of two who speak of the same day the word heard last counts
        return last_heard(begun, ["key", "valid_from"])

    states = window("LoanState")
    bad = _bad(states, _due(now, states["key"].combine_chunks()), states["valid_from"], rules)
    # what was so on the day already and was told later has come to be known, too
    hindsight = log.read("LoanState", as_of=scored_on, known_at=known_at)
    before = last_heard(hindsight, ["key"])
    due = _due(now, before["key"].combine_chunks())
    was = _bad(before, due, pa.scalar(scored_on, pa.date32()), rules)
    loans = pa.concat_arrays(
        [
            states.filter(bad)["key"].combine_chunks(),
            before.filter(was)["key"].combine_chunks(),
            _written_off(window("RepaymentHistory"), rules),
        ]
    )
    debtors, of = _debts(now)
    failed = pc.unique(debtors.filter(pc.is_in(of, value_set=loans))).to_pylist()
    return np.array(sorted(watched[key] for key in failed if key in watched), np.int64)


def _told_to_the_end(now: Snapshot, until: date, rules: CalibrationRules) -> pa.Array:
    """Loans that were settled by the end, or of which somebody spoke near it or still reports."""
    states = now.facts("LoanState").filter(pc.greater_equal(now.facts("LoanState")["certainty"], 1))
    near = until - timedelta(days=rules.told.within_days)
    reports = [source for source, _, at in now.datasets if day_of(at) >= near]
    end = pa.scalar(until, pa.date32())
    told = pc.or_(
        pc.fill_null(pc.less_equal(states["settled_on"], end), False),
        pc.or_(
            pc.fill_null(
                pc.greater_equal(states["valid_from"], pa.scalar(near, pa.date32())), False
            ),
            pc.is_in(states["source"], value_set=pa.array(reports, pa.string())),
        ),
    )
    return pc.unique(states.filter(told)["key"].combine_chunks())
