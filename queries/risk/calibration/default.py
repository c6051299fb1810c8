"""What is default, by what is said of loans: on a day, and in the months after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.debtor import operators, told_of_both
from graph.last_heard import last_heard
from graph.log_view import AnyLog
from graph.snapshot import Snapshot
from graph.time import day_of
from queries.risk.calibration.rules import CalibrationRules
from queries.visible import as_view

__all__ = ["came_to_default", "open_debts", "told_to_the_end"]


def open_debts(held: Snapshot, rules: CalibrationRules) -> pa.Table:
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


def came_to_default(
    log: AnyLog,
    now: Snapshot,
    watched: Mapping[str, list[int]],
    scored_on: date,
    until: date,
    known_at: datetime,
    rules: CalibrationRules,
) -> NDArray[np.int64]:
    """Numbers of those of whom default is told of a day after `scored_on`, and by `until`."""
    told = as_view(log)

    def window(kind: str) -> pa.Table:
        said = told.at(until, known_at).whenever(kind)
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
    hindsight = told.read("LoanState", as_of=scored_on, known_at=known_at)
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
    return np.array(sorted({party for key in failed for party in watched.get(key, ())}), np.int64)


def told_to_the_end(now: Snapshot, until: date, rules: CalibrationRules) -> pa.Array:
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


def _written_off(histories: pa.Table, rules: CalibrationRules) -> pa.Array:
    """Loans whose last month is one of default."""
    last = pc.utf8_slice_codeunits(histories["repayment_codes"], -1)
    codes = pa.array(list(rules.default.repayment_codes), pa.string())
    return histories.filter(pc.fill_null(pc.is_in(last, value_set=codes), False))[
        "key"
    ].combine_chunks()
