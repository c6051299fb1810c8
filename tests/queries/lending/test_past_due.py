"""Loans past their day: overdue as reported, matured and owed, or not reported since; others are none."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from world import World

from graph.log import FactLog
from graph.moment import Moment
from queries.district import DistrictReader
from queries.lending import past_due_loans
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

DAY, KNOWN = date(2026, 3, 31), datetime(2026, 3, 31, 4, tzinfo=UTC)
BANK, OTHER = "institution:bank", "institution:other"


def reader(log: FactLog) -> DistrictReader:
    stores: Any = SimpleNamespace(log=log, runs=Runs())
    moment = Moment.of(log.batches(), as_of=DAY, known_at=KNOWN)
    return DistrictReader(stores, moment, ADMINISTRATOR)


def loan(
    world: World, name: str, *, due: str | None, stated: str = "2026-03-01", lender: str = BANK,
    **state: Any,
) -> None:  # fmt: skip
    key = (f"loan:{name}", "Loan")
    world.node("Loan", key[0], due_on=due and date.fromisoformat(due))
    world.node("LoanState", key[0], label="Loan", valid_from=date.fromisoformat(stated), **state)
    world.tie("BORROWED", (f"person:{name}", "Person"), key)
    world.tie("LENT_BY", key, (lender, "FinancialInstitution"))


def test_each_loan_past_its_day_stands_once_with_its_state(tmp_path: Path) -> None:
    log = FactLog(tmp_path)
    world = World(log)
    loan(world, "late", due="2026-12-31", balance_fen=100, overdue_days=40)
    loan(world, "over", due="2026-02-01", balance_fen=100)
    loan(world, "asked", due="2026-03-10", balance_fen=100)
    loan(world, "unknown", due="2026-02-20", balance_fen=None)
    loan(world, "paid", due="2026-02-01", balance_fen=0)
    loan(world, "settled", due="2026-02-01", balance_fen=None, settled_on=date(2026, 2, 1))
    loan(world, "good", due="2026-12-31", balance_fen=100)
    loan(world, "today", due="2026-03-31", balance_fen=100)
    loan(world, "never", due=None, balance_fen=100)
    loan(world, "theirs", due="2026-01-01", balance_fen=100, lender=OTHER)
    world.commit(KNOWN)
    found = past_due_loans(reader(log), BANK)
    assert [(one.key, one.state, one.days) for one in found] == [
        ("loan:over", "matured", 58),
        ("loan:late", "overdue", 40),
        ("loan:unknown", "matured", 39),
        ("loan:asked", "to_verify", 21),
    ]
    assert found[0].borrowers == ("person:over",) and found[0].state_label == "到期未结清"
    assert [one.key for one in past_due_loans(reader(log), OTHER)] == ["loan:theirs"]
    assert len(past_due_loans(reader(log), None)) == 5
