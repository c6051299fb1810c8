"""Joint groups: who bears how much for whom, each value worked out by hand."""

from __future__ import annotations

import pytest
from credit_world import loan, person
from risk_cases import (
    FIRM,
    A,
    B,
    C,
    D,
    agreement,
    contract,
    household,
    linked,
    run_of,
    secures,
    stands,
)


@pytest.mark.parametrize("size", [2, 3, 5, 8, 10])
def test_a_joint_group_shares_by_its_size(size: int) -> None:
    """What one owes is shared among the others: 0.6 / (n − 1), at any size.

    Only the one bad member's ties matter for two; in larger groups the enumeration is done below.
    """
    members = [person(number) for number in range(size)]
    weight = 0.6 / (size - 1)
    for told in (contract(members[0], *members[1:]), agreement(*members)):
        run = run_of(loan(1, members[0]), told)
        tie = next(
            tie
            for tie in range(len(run.graph.weight))
            if run.snapshot.keys[int(run.graph.source[tie])].as_py() == members[0][0]
        )
        assert run.graph.weight[tie] == pytest.approx(weight, rel=1e-12)
    # by contract nobody else borrowed: one step
    assert linked(run_of(loan(1, members[0]), contract(members[0], *members[1:])), members[1]) == (
        pytest.approx(0.9 * weight)
    )


def test_three_in_a_group_list_by_hand() -> None:
    """w = 0.3 each way: 0.9 · (0.3 + 0.7 · 0.3 · 0.3)."""
    run = run_of(loan(1, A), agreement(A, B, C))
    assert linked(run, B) == pytest.approx(0.9 * (0.3 + 0.7 * 0.09), rel=1e-12)


def test_a_group_known_by_list_and_by_contract_counts_once() -> None:
    both = run_of(loan(1, A), agreement(A, B), contract(A, B))
    assert linked(both, B) == pytest.approx(0.9 * 0.6)


def test_contracts_of_one_loan_are_one_group() -> None:
    """Each of four guarantors signed a paper of his own for the same loan."""
    papers = [
        said
        for number, one in enumerate((B, C, D, FIRM))
        for said in (*contract(A, one, number=f"c{number}"), *secures(f"c{number}", 1))
    ]
    assert linked(run_of(loan(1, A), papers), B) == pytest.approx(0.9 * 0.6 / 4)


def test_a_group_of_unknown_size_is_taken_for_five() -> None:
    tie = stands(B, A, None, "c1", "joint_group")
    assert linked(run_of(loan(1, A), tie), B) == pytest.approx(0.9 * 0.15)


def test_a_share_of_the_limit_against_the_income() -> None:
    """Four members, 10 万 each, 4 万 of income: a third of ten against four; the cap at twenty."""
    around = [*loan(1, A), *household(4, B)]
    run = run_of(around, contract(A, B, C, D, wan=10))
    assert linked(run, B) == pytest.approx(0.9 * 0.9 * 10 / 3 / 4)
    assert linked(run_of(around, contract(A, B, C, D, wan=20)), B) == pytest.approx(0.9 * 0.9)
    pair = run_of(around, agreement(A, B, limit_wan=2))
    assert linked(pair, B) == pytest.approx(0.9 * 0.9 * 2 / 4)
