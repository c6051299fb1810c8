"""Villages counted by hand, with households of whom nobody knows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from world import World

from bench.scope.memory_log import MemoryLog
from graph.log import FactLog
from queries.eligibility.facts.fact import Fact
from queries.eligibility.scorecard import check_villages
from queries.eligibility.scorecard.village import (
    Thresholds,
    check_household,
    check_towns,
    load_thresholds,
)
from queries.eligibility.verdict import Verdict

DAY = date(2026, 3, 15)
KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN
TOWN = "division:610305100"


def populate(world: World, village: str, levels: str, loans: str, *, old_bad: bool = False) -> None:
    """`levels`: c(redit), n(one), ?; `loans`, one a household: g(ood), l(ate), b(ad), -."""
    for number, (level, loan) in enumerate(zip(levels, loans.ljust(len(levels), "-"), strict=True)):
        key = f"{village}:{number}"
        said = {"c": "village", "n": "none", "?": None}[level]
        world.node("Household", f"household:{key}", credit_household_level=said,
                   valid_from=date(2026, 1, 1))  # fmt: skip
        world.tie("LOCATED_IN", (f"household:{key}", "Household"), (village, "Village"))
        world.tie("LOCATED_IN", (f"person:{key}", "Person"), (village, "Village"))
        if loan == "-":
            continue
        world.node("Loan", f"loan:{key}", principal_fen=100)
        world.tie("BORROWED", (f"person:{key}", "Person"), (f"loan:{key}", "Loan"))
        kind = "loss" if loan == "b" else "pass"
        bad_since = date(2024, 1, 1) if old_bad else date(2025, 12, 1)
        if loan == "b" and not old_bad:
            world.node("LoanState", f"loan:{key}", "Loan", balance_fen=100, loan_class="pass",
                       overdue_days=0, valid_to=bad_since)  # fmt: skip
        world.node("LoanState", f"loan:{key}", "Loan", balance_fen=100, loan_class=kind,
                   overdue_days=0 if loan == "g" else 40, valid_from=bad_since)  # fmt: skip


def checked(tmp_path: Path, *villages: tuple[str, str, str], old_bad: bool = False) -> FactLog:
    log = MemoryLog()
    world = World(log)
    for village, levels, loans in villages:
        populate(world, village, levels, loans, old_bad=old_bad)
    world.commit(KNOWN)
    return log


@pytest.mark.parametrize(
    ("levels", "loans", "expected"),
    [
        ("cccccccnnn", "gggg", (MET, MET, MET, MET)),
        ("ccccccnnnn", "gggg", (NOT_MET, MET, MET, MET)),
        ("cccccc?nnn", "gggg", (UNKNOWN, MET, MET, MET)),
        ("ccccccc???", "", (MET, UNKNOWN, UNKNOWN, UNKNOWN)),
        # one of five late: 80 % without arrears, below 85 %
        ("cccccccnnn", "ggggl", (MET, NOT_MET, MET, MET)),
        # one of ten bad: 10 % and all of it new
        ("cccccccccc", "gggggggggb", (MET, MET, NOT_MET, NOT_MET)),
    ],
)
def test_shares(tmp_path: Path, levels: str, loans: str, expected: tuple[Verdict, ...]) -> None:
    village = f"{TOWN}201"
    found = check_villages(checked(tmp_path, (village, levels, loans)), DAY, KNOWN)[village]
    assert tuple(share.verdict for share in found.shares) == expected
    assert found.households == 10
    low, high = found.shares[0].low, found.shares[0].high
    assert low == levels.count("c") / 10
    assert high == (levels.count("c") + levels.count("?")) / 10


def test_what_was_bad_a_year_ago_is_not_new(tmp_path: Path) -> None:
    village = f"{TOWN}201"
    log = checked(tmp_path, (village, "c" * 10, "gggggggggb"), old_bad=True)
    found = check_villages(log, DAY, KNOWN)[village]
    assert [share.verdict for share in found.shares[2:]] == [NOT_MET, MET]


@pytest.mark.parametrize(
    ("granted", "earlier", "now", "bad", "new"),
    [
        # bad today, and nobody says what it was a year ago: perhaps new, and no reason to fail
        (date(2023, 1, 1), None, "loss", NOT_MET, UNKNOWN),
        (None, None, "loss", NOT_MET, UNKNOWN),
        # nobody had lent it yet: it is new without a word of then
        (date(2025, 6, 1), None, "loss", NOT_MET, NOT_MET),
        (date(2023, 1, 1), "pass", "loss", NOT_MET, NOT_MET),
        (date(2023, 1, 1), "substandard", "loss", NOT_MET, MET),
        # no class today: perhaps bad
        (date(2023, 1, 1), "pass", None, UNKNOWN, UNKNOWN),
        (date(2023, 1, 1), "substandard", None, UNKNOWN, MET),
        (date(2023, 1, 1), None, "pass", MET, MET),
    ],
)  # fmt: skip
def test_unknown_is_not_failing(
    granted: date | None, earlier: str | None, now: str | None,
    bad: Verdict, new: Verdict,
) -> None:  # fmt: skip
    village, log = f"{TOWN}201", MemoryLog()
    world = World(log)
    populate(world, village, "c" * 10, "g" * 9)
    world.node("Loan", "loan:x", principal_fen=100, granted_on=granted)
    world.tie("BORROWED", (f"person:{village}:9", "Person"), ("loan:x", "Loan"))
    since = date(2025, 12, 1)
    if earlier:
        world.node("LoanState", "loan:x", "Loan", balance_fen=100, loan_class=earlier,
                   overdue_days=0, valid_from=date(2024, 1, 1), valid_to=since)  # fmt: skip
    world.node("LoanState", "loan:x", "Loan", balance_fen=100, loan_class=now, overdue_days=0,
               valid_from=since)  # fmt: skip
    world.commit(KNOWN)
    shares = check_villages(log, DAY, KNOWN)[village].shares
    assert [share.verdict for share in shares] == [MET, MET, bad, new]
    worst = 0.1 if now != "pass" else 0.0
    assert (shares[2].low, shares[2].high) == (0.1 if now == "loss" else 0.0, worst)
    assert shares[3].high == (worst if new is not MET else 0.0)


def test_days_and_balances_that_nobody_says_leave_it_open() -> None:
    village, log = f"{TOWN}201", MemoryLog()
    world = World(log)
    populate(world, village, "c" * 10, "g" * 8)
    for name, state in {
        "days": {"balance_fen": 100, "loan_class": "pass", "overdue_days": None},
        # at most what was lent: 300 of 1 200
        "balance": {"balance_fen": None, "loan_class": "loss", "overdue_days": 0},
    }.items():
        world.node("Loan", f"loan:{name}", principal_fen=300, granted_on=date(2025, 6, 1))
        world.tie("BORROWED", (f"person:{village}:9", "Person"), (f"loan:{name}", "Loan"))
        world.node("LoanState", f"loan:{name}", "Loan", valid_from=date(2026, 1, 1), **state)
    world.commit(KNOWN)
    _, arrears, bad, _ = check_villages(log, DAY, KNOWN)[village].shares
    assert (arrears.low, arrears.high) == (pytest.approx(8 / 9), 1.0)
    assert (bad.low, bad.high, bad.verdict) == (0.0, pytest.approx(300 / 1200), UNKNOWN)


def test_two_who_owe_one_loan_owe_it_once() -> None:
    village, log = f"{TOWN}201", MemoryLog()
    world = World(log)
    populate(world, village, "c" * 10, "gggb", old_bad=True)
    world.tie("BORROWED", (f"person:{village}:8", "Person"), (f"loan:{village}:3", "Loan"))
    world.commit(KNOWN)
    _, arrears, bad, _ = check_villages(log, DAY, KNOWN)[village].shares
    assert (bad.low, bad.high) == (0.25, 0.25)
    assert arrears.low == pytest.approx(3 / 5)


def test_a_place_has_its_own_thresholds(tmp_path: Path) -> None:
    told = load_thresholds().model_dump(mode="json")
    looser = {
        **told["default"],
        "village": {**told["default"]["village"], "credit_households": 0.5},
    }
    told["places"] = {"610305": looser, "610305101": told["default"]}
    rules = Thresholds.model_validate(told)
    here, there = f"{TOWN}201", "division:610305101201"
    log = checked(tmp_path, (here, "ccccccnnnn", "gggg"), (there, "ccccccnnnn", "gggg"))
    found = check_villages(log, DAY, KNOWN, rules)
    assert found[here].verdict is MET and found[there].verdict is NOT_MET
    told["places"] = {"凤翔": looser}
    with pytest.raises(ValueError, match="digits"):
        Thresholds.model_validate(told)


def test_towns_from_their_villages(tmp_path: Path) -> None:
    good, open_, bad = (
        ("ccccccc", "ggg"),
        ("ccc?nnn"[:7].replace("nnn", "???"), "ggg"),
        ("nnnnnnn", "ggg"),
    )
    log = checked(tmp_path, *((f"{TOWN}{n}", *kind) for n, kind in
                              zip((201, 202, 203, 204), (good, good, open_, bad), strict=True)))  # fmt: skip
    town = check_towns(log, DAY, KNOWN)[TOWN]
    assert (town.shares[0].low, town.shares[0].high) == (0.5, 0.75)
    assert town.verdict is MET and town.households == 28


def test_a_credit_household() -> None:
    facts = {
        "village": Fact("division:1"), "legal_capacity": Fact(True), "own_listing": Fact(False),
        "annual_income_fen": Fact(1), "own_overdue": Fact(False), "own_bad_loan": Fact(False),
    }  # fmt: skip
    assert check_household(facts)[0] is MET
    not_met, said = check_household({**facts, "own_overdue": Fact(True)})
    # what fails it is said as the fact, what is open as a question
    assert not_met is NOT_MET and dict(said)["现有逾期"] is NOT_MET
    open_, each = check_household({n: f for n, f in facts.items() if n != "legal_capacity"})
    assert open_ is UNKNOWN and dict(each)["是否具有完全民事行为能力"] is UNKNOWN
