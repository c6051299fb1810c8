"""Who is measured, and what counts as default: no news of later days in the score of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from world import World

from graph.errors import NotFoundError
from graph.log import FactLog
from graph.time import months_after
from queries.risk import load_policy
from queries.risk.calibration.chances import foretell
from queries.risk.calibration.cohort import Cohort, gather_cohort
from queries.risk.calibration.rules import load_rules

T = date(2025, 11, 28)
NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


class Bank:
    """A log into which a bank tells its loans."""

    def __init__(self, folder: Path) -> None:
        self.log = FactLog(folder)
        self.world = World(self.log)

    def lends(self, name: str, due: date = date(2028, 1, 1), **state: Any) -> None:
        loan = (f"loan:{name}", "Loan")
        self.world.node("Person", f"person:{name}", name=name)
        self.world.node("Loan", loan[0], principal_fen=100, granted_on=date(2025, 1, 1), due_on=due)
        self.world.tie("BORROWED", (f"person:{name}", "Person"), loan)
        self.says(name, date(2025, 10, 1), **state)

    def says(self, name: str, on: date, **state: Any) -> None:
        told = {"loan_class": "pass", "balance_fen": 100, "overdue_days": 0, **state}
        self.world.node("LoanState", f"loan:{name}", "Loan", valid_from=on, **told)

    def tells(self, on: date, source: str = "loan") -> None:
        self.world.commit(at(on), source)

    def measured(self, now: datetime = NOW) -> dict[str, bool]:
        cohort = self.cohort(now)
        names = [cohort.snapshot.name(int(party)) for party in cohort.parties]
        return dict(zip(map(str, names), cohort.defaulted.tolist(), strict=True))

    def cohort(self, now: datetime = NOW) -> Cohort:
        return gather_cohort(self.log, T, now, load_rules())


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path)


def test_months_of_unlike_lengths() -> None:
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_after(date(2025, 11, 30), 3) == date(2026, 2, 28)
    assert months_after(date(2025, 3, 31), -1) == date(2025, 2, 28)
    assert months_after(T, -12) == date(2024, 11, 28)


def test_what_counts_as_default(bank: Bank) -> None:
    bank.lends("matured", due=date(2026, 1, 31))
    bank.lends("matured lately", due=date(2026, 8, 31))
    for name in ("well", "late", "very late", "substandard", "loss", "written off", "at the end",
                 "after the end", "cured"):  # fmt: skip
        bank.lends(name)
    bank.tells(date(2025, 10, 5))
    said: dict[str, dict[str, Any]] = {
        "well": {}, "late": {"overdue_days": 90}, "very late": {"overdue_days": 91},
        "substandard": {"loan_class": "substandard"}, "loss": {"loan_class": "loss"},
        "matured": {}, "matured lately": {}, "written off": {"loan_class": None},
    }  # fmt: skip
    for name, state in said.items():
        bank.says(name, date(2026, 10, 31), **state)
    codes = {"late": "NNNN3", "written off": "NN12D"}
    for name, told in codes.items():
        bank.world.node("RepaymentHistory", f"loan:{name}", "Loan", repayment_codes=told,
                        valid_from=date(2026, 10, 31))  # fmt: skip
    bank.says("at the end", date(2026, 11, 28), loan_class="doubtful")
    bank.says("after the end", date(2026, 11, 29), loan_class="doubtful")
    # bad for a month in spring, and well again: it was in default
    bank.says("cured", date(2026, 4, 1), loan_class="doubtful", valid_to=date(2026, 5, 1))
    bank.says("cured", date(2026, 5, 1))
    bank.tells(date(2026, 11, 27))
    found = bank.measured()
    assert {name for name, failed in found.items() if failed} == {
        "very late", "substandard", "loss", "matured", "written off", "at the end", "cured",
    }  # fmt: skip
    assert {name for name, failed in found.items() if not failed} == {
        "well", "late", "matured lately", "after the end",
    }  # fmt: skip


def test_who_is_in_default_already_is_no_forecast(bank: Bank) -> None:
    bank.lends("well")
    bank.lends("bad", loan_class="doubtful")
    bank.lends("late", overdue_days=120)
    bank.lends("matured", due=date(2025, 3, 1))
    bank.lends("paid back", settled_on=date(2025, 10, 1), balance_fen=0)
    bank.tells(date(2025, 10, 5))
    bank.says("well", date(2026, 10, 31))
    bank.tells(date(2026, 11, 1))
    assert bank.measured() == {"well": False}
    assert bank.cohort().in_default == 3


def test_of_whom_nobody_spoke_is_not_taken_to_have_paid(bank: Bank) -> None:
    for name in ("silent", "bad", "settled"):
        bank.lends(name)
    bank.tells(date(2025, 10, 5))
    # another bank goes on telling; of the silent one's loan nobody says a word
    bank.says("bad", date(2026, 1, 31), loan_class="loss")
    bank.says("settled", date(2026, 2, 28), settled_on=date(2026, 2, 20), balance_fen=0)
    bank.tells(date(2026, 3, 5), "another bank")
    assert bank.measured() == {"bad": True, "settled": False}
    assert bank.cohort().unknown == 1
    # the bank that told of it reports again near the end, and has nothing new to say of it
    bank.lends("newcomer")
    bank.tells(date(2026, 11, 1))
    assert bank.measured() == {"bad": True, "settled": False, "silent": False}


def test_nothing_that_was_learned_later_is_in_the_score_of_the_day(bank: Bank) -> None:
    bank.lends("debtor")
    bank.lends("guarantor")
    bank.tells(date(2025, 10, 5))
    ends = ("person:guarantor", "Person"), ("person:debtor", "Person")

    def score() -> list[float]:
        snapshot = bank.cohort().snapshot
        both = [snapshot.index(key) for key, _ in ends]
        return foretell(snapshot, load_policy()).together[both].tolist()

    before = score()
    # a guarantee and a listing of years ago, and a class of a month ago, all told a day too late
    bank.world.tie("GUARANTEES", *ends, discriminator="c1", valid_from=date(2020, 1, 1))
    bank.world.node("ListEntry", "entry:1", list_kind="judgment_defaulter",
                    valid_from=date(2024, 1, 1))  # fmt: skip
    bank.world.tie("SUBJECT_OF", ("person:debtor", "Person"), ("entry:1", "ListEntry"))
    bank.says("debtor", date(2025, 11, 1), loan_class="special_mention")
    bank.tells(T + timedelta(1))
    assert score() == before
    assert before == [pytest.approx(load_policy().base.probability)] * 2
    # what came to be known of the day afterwards is an outcome
    bank.says("debtor", date(2025, 11, 2), loan_class="doubtful")
    bank.tells(T + timedelta(2))
    assert score() == before and bank.measured()["debtor"] is True


def test_a_statement_that_was_taken_back_is_no_default(bank: Bank) -> None:
    bank.lends("debtor")
    bank.tells(date(2025, 10, 5))
    wrong = bank.world.node("LoanState", "loan:debtor", "Loan", loan_class="loss",
                            valid_from=date(2026, 6, 30))  # fmt: skip
    bank.tells(date(2026, 7, 1))
    assert bank.measured() == {"debtor": True}
    bank.world.close("LoanState", wrong)
    bank.tells(date(2026, 8, 1))
    assert bank.measured() == {"debtor": False}


def test_a_debtor_who_was_found_to_be_another_is_followed(bank: Bank) -> None:
    bank.lends("debtor")
    bank.tells(date(2025, 10, 5))
    # the business that the debtor runs fails on a loan taken later
    business = ("org:shop", "IndividualBusiness")
    bank.world.node("IndividualBusiness", business[0], name="样店")
    bank.world.tie("LEGAL_REPRESENTATIVE_OF", ("person:debtor", "Person"), business)
    bank.world.node("Loan", "loan:shop", principal_fen=100, granted_on=date(2026, 1, 1))
    bank.world.tie("BORROWED", business, ("loan:shop", "Loan"))
    bank.says("shop", date(2026, 9, 30), overdue_days=200)
    bank.says("debtor", date(2026, 9, 30))
    bank.tells(date(2026, 10, 1))
    assert bank.measured() == {"debtor": True}


def test_of_a_day_before_all_news_nothing_is_said(bank: Bank) -> None:
    bank.lends("debtor")
    bank.tells(T + timedelta(1))
    with pytest.raises(NotFoundError):
        bank.cohort()
