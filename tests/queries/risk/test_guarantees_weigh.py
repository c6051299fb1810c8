"""What a guarantor bears, each value worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credit_world import DAY, Said, loan
from risk_cases import (
    FIRM,
    WAN,
    A,
    B,
    account,
    assets,
    household,
    linked,
    own,
    run_of,
    secures,
    stands,
)


@pytest.mark.parametrize(
    ("wan", "bears", "kind", "weight"),
    [
        (25, 100_000, "joint_and_several", 0.9 * 25 / 100_000),  # a drop in a billion
        (50, 100, "joint_and_several", 0.9 / 2),
        (50, 100, "general", 0.45 / 2),  # 先诉抗辩
        (100, 100, "joint_and_several", 0.9),
        (2_000, 100, "joint_and_several", 0.9),  # no more than all it has
        (2_000, 100, "general", 0.45),
        (25, -10, "joint_and_several", 0.9),  # nothing to bear it with
        (50, 100, None, 0.9 / 2),  # the kind was not told: no presumption of 一般保证
        (None, 100, "joint_and_several", 0.6),  # amount unknown
        (50, None, "joint_and_several", 0.6),  # capacity unknown: its own line
        (50, None, "general", 0.3),
        (50, None, None, 0.6),
        (0, 100, "joint_and_several", 0.0),
    ],
)
def test_a_guarantee_weighs_by_amount_against_capacity(
    wan: float | None, bears: float | None, kind: str | None, weight: float
) -> None:
    known = [] if bears is None else [assets(FIRM, bears)]
    run = run_of(loan(1, A), stands(FIRM, A, wan, kind=kind), known)
    assert linked(run, FIRM) == pytest.approx(0.9 * weight, rel=1e-12)


def test_a_farmer_bears_what_the_household_earns() -> None:
    for told, income in (
        (household(6, B), 6),
        ([*household(6, B), account(10, date(2025, 1, 1))], 10),  # the year's account is better
        ([*household(6, B), account(10, date(2025, 1, 1)), account(12, date(2026, 1, 1))], 12),
    ):
        run = run_of(loan(1, A), stands(B, A, 3), told)
        assert linked(run, B) == pytest.approx(0.9 * 0.9 * 3 / income, rel=1e-12)


def test_registered_capital_only_where_nothing_better_is_known() -> None:
    capital = Said("Enterprise", (FIRM,), {"name": "甲", "registered_capital_fen": 500 * WAN})
    facts = [*loan(1, A), stands(FIRM, A, 100), capital]
    assert linked(run_of(facts), FIRM) == pytest.approx(0.9 * 0.9 * 100 / 500)
    assert linked(run_of([*facts, assets(FIRM, 200)]), FIRM) == pytest.approx(0.9 * 0.9 / 2)
    unproven = assets(FIRM, 200).but(certainty=0.8)
    assert linked(run_of([*facts, unproven]), FIRM) == pytest.approx(0.9 * 0.9 * 100 / 500)


def test_never_more_than_what_it_secures() -> None:
    """100 万 promised, 10 万 still owed, 100 万 of assets (民法典 第六百八十二条)."""
    told = [*loan(1, A, balance_fen=10 * WAN), *secures("c1", 1)]
    run = run_of(told, stands(FIRM, A, 100), assets(FIRM, 100))
    assert linked(run, FIRM) == pytest.approx(0.9 * 0.9 * 10 / 100)


def test_what_is_over_released_or_settled_carries_nothing() -> None:
    bad = loan(1, A)
    yesterday, tomorrow = DAY - timedelta(days=1), DAY + timedelta(days=1)
    for tie in (stands(FIRM, A, 50, valid_to=yesterday), stands(FIRM, A, 50, valid_to=DAY)):
        assert linked(run_of(bad, tie), FIRM) == 0
    assert linked(run_of(bad, stands(FIRM, A, 50, valid_to=tomorrow)), FIRM) > 0
    # its own loan is settled, another one is bad
    settled = loan(2, A, "pass", settled_on=date(2026, 1, 1))
    assert linked(run_of(bad, settled, stands(FIRM, A, 50), secures("c1", 2)), FIRM) == 0
    # the balance is zero though nobody said settled: nothing is owed, and that is told
    run = run_of(bad, loan(2, A, "pass", balance_fen=0), stands(FIRM, A, 50), secures("c1", 2))
    assert linked(run, FIRM) == 0
    assert [tie.why for tie in own(run, FIRM).unused_ties] == ["nothing_owed"]


def test_contracts_add_up_and_one_contract_counts_once() -> None:
    """60 万 of 100 万; split in two, or told again by whoever, the same; another 30 万 is more."""
    around = [*loan(1, A), assets(FIRM, 100)]
    once = linked(run_of(around, stands(FIRM, A, 60)), FIRM)
    assert once == pytest.approx(0.9 * 0.9 * 0.6)
    halves = [stands(FIRM, A, 20, "c1"), stands(FIRM, A, 40, "c2")]
    assert linked(run_of(around, halves), FIRM) == once
    again = [stands(FIRM, A, 60), stands(FIRM, A, 60, source="bureau")]
    assert linked(run_of(around, again), FIRM) == once
    elsewhere = [stands(FIRM, A, 60), stands(FIRM, A, 60, "annual_report:7", source="report")]
    assert linked(run_of(around, elsewhere), FIRM) == once
    mixed = [*halves, stands(FIRM, A, 60, "annual_report:7", source="report")]
    assert linked(run_of(around, mixed), FIRM) == once
    more = [stands(FIRM, A, 60), stands(FIRM, A, 30, "c2")]
    assert linked(run_of(around, more), FIRM) == pytest.approx(0.9 * 0.9 * 0.9)
    full = [stands(FIRM, A, 60), stands(FIRM, A, 60, "c2")]
    assert linked(run_of(around, full), FIRM) == pytest.approx(0.9 * 0.9)
    # a known and an unknown amount: the stronger
    unknown = [stands(FIRM, A, 60), stands(FIRM, A, None, "c2")]
    assert linked(run_of(around, unknown), FIRM) == pytest.approx(0.9 * 0.6)
