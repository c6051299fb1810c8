"""Firms, families, and who is no more, each value worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credit_world import DAY, End, Said, loan, person
from risk_cases import (
    FIRM,
    HOME,
    OTHER,
    WAN,
    A,
    B,
    C,
    household,
    linked,
    own,
    run_of,
    stands,
    struck_off,
)

from queries.risk import explain


def test_a_failed_parent_reaches_its_subsidiary_and_back_by_share() -> None:
    share = Said("HOLDS_SHARES_IN", (OTHER, FIRM), {"share_ratio": 0.8})
    assert linked(run_of(loan(1, OTHER), share), FIRM) == pytest.approx(0.9 * 0.4 * 0.8)
    assert linked(run_of(loan(1, FIRM), share), OTHER) == pytest.approx(0.9 * 0.4 * 0.8)
    unknown = run_of(loan(1, OTHER), share.but(share_ratio=None))
    assert linked(unknown, FIRM) == 0
    assert [tie.why for tie in own(unknown, FIRM).unused_ties] == ["ratio_unknown"]


def test_a_representative_without_share_or_guarantee_is_hardly_touched() -> None:
    office = Said("LEGAL_REPRESENTATIVE_OF", (A, FIRM))
    bare = run_of(loan(1, FIRM), office)
    assert linked(bare, A) == pytest.approx(0.9 * 0.05)
    share = Said("HOLDS_SHARES_IN", (A, FIRM), {"share_ratio": 0.5})
    # office 0.5 and share 0.2 are two causes
    assert linked(run_of(loan(1, FIRM), office, share), A) == pytest.approx(0.9 * (1 - 0.5 * 0.8))
    nothing = share.but(share_ratio=0.0)
    assert linked(run_of(loan(1, FIRM), office, nothing), A) == pytest.approx(0.9 * 0.05)
    stood = stands(A, FIRM)
    assert linked(run_of(loan(1, FIRM), office, stood), A) == pytest.approx(0.9 * (1 - 0.5 * 0.4))
    shop: End = ("org:9", "IndividualBusiness")
    runs = Said("LEGAL_REPRESENTATIVE_OF", (A, shop))
    assert linked(run_of(loan(1, shop), runs), A) == pytest.approx(0.9 * 0.95)


def test_a_marriage_counts_once_whether_told_as_spouse_or_household() -> None:
    married = Said("SPOUSE_OF", (A, B))
    home = household(None, A, B)
    assert linked(run_of(loan(1, A), married), B) == pytest.approx(0.9 * 0.2)
    assert linked(run_of(loan(1, A), home), B) == pytest.approx(0.9 * 0.1)
    assert linked(run_of(loan(1, A), married, home), B) == pytest.approx(0.9 * 0.2)
    # a child hears of both: 0.1 from A, and 0.2 · 0.1 by B
    three = run_of(loan(1, A), married, household(None, A, B, C))
    assert linked(three, C) == pytest.approx(0.9 * (1 - (1 - 0.1) * (1 - 0.2 * 0.1)))
    path = explain(three, C[0]).linked.paths[0]
    assert "“person:1号与person:3号同属一户”" in path.sentence
    assert path.hops[0].ties[0].kind == "BELONGS_TO"


def test_a_household_hears_of_its_members_and_tells_what_is_its_own() -> None:
    home = household(None, A, B)
    run = run_of(loan(1, A), home)
    # A directly, and by B: 0.2 + 0.8 · 0.1 · 0.2
    assert linked(run, HOME) == pytest.approx(0.9 * (0.2 + 0.8 * 0.1 * 0.2))
    run = run_of(loan(1, HOME), home)
    # from the household directly, and by A: 0.2 + 0.8 · 0.2 · 0.1
    assert linked(run, B) == pytest.approx(0.9 * (0.2 + 0.8 * 0.2 * 0.1))


def test_thirty_one_under_one_number_are_no_family() -> None:
    for size, value in ((30, 0.1), (31, 0.0)):
        members = [person(number) for number in range(size)]
        run = run_of(loan(1, members[0]), household(None, *members))
        ways = zip(run.graph.source, run.graph.target, run.graph.weight, strict=True)
        first, second = (run.snapshot.index(party[0]) for party in members[:2])
        found = [weight for a, b, weight in ways if (a, b) == (first, second)]
        assert sum(found) == pytest.approx(value)


def test_who_is_struck_off_or_dead_conducts_nothing_after_the_end() -> None:
    chain = [*loan(1, A), stands(FIRM, A), stands(B, FIRM)]
    through = linked(run_of(chain), B)
    assert through == pytest.approx(0.9 * 0.6 * 0.6)
    for end in (struck_off(FIRM), struck_off(FIRM, None), struck_off(FIRM, DAY)):
        run = run_of(chain, end)
        assert (linked(run, FIRM), linked(run, B)) == (0, 0)
        assert {tie.why for tie in own(run, FIRM).unused_ties} == {"party_ended"}
    assert linked(run_of(chain, struck_off(FIRM, DAY + timedelta(days=1))), B) == through
    people = [*loan(1, A), stands(C, A), stands(B, C)]
    assert linked(run_of(people), B) == through
    dead = Said("Person", (C,), {"name": "故人", "died_on": date(2026, 5, 1)})
    run = run_of(people, dead)
    assert (linked(run, C), linked(run, B)) == (0, 0)
    assert linked(run_of(people, dead.but(died_on=DAY + timedelta(days=9))), B) == through


def test_a_firm_struck_off_with_450_000_unpaid_is_no_healthy_firm() -> None:
    owes = loan(1, FIRM, "pass", balance_fen=45 * WAN)
    run = run_of(owes, struck_off(FIRM), stands(A, FIRM))
    told = own(run, FIRM)
    assert [(fact.kind, fact.probability) for fact in told.own.facts] == [
        ("deregistered_with_debts", 0.9)
    ]
    # its guarantor is called, though it conducts nothing from others
    assert linked(run, A) == pytest.approx(0.9 * 0.6)
    for clean in (
        loan(1, FIRM, "pass", balance_fen=0),
        loan(1, FIRM, "pass", settled_on=date(2025, 1, 1)),
    ):
        assert own(run_of(clean, struck_off(FIRM)), FIRM).own.value == 0
