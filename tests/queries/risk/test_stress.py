"""Claims from a snapshot, and what fails or is paid: unknown amounts stay unknown."""

from __future__ import annotations

import pytest
from credit_world import BANK, Said, firm, listing, loan, named, person, take

from graph.encoding import encode
from graph.errors import InputError, NotFoundError
from graph.snapshot import Snapshot
from queries.risk import clearing_stress, distress_stress
from queries.risk.obligations import obligations
from queries.risk.stress import Loss, Payment
from queries.risk.stress_policy import load_stress_policy

A, B, C = person(1), person(2), person(3)


def guarantee(guarantor: tuple[str, str], borrower: tuple[str, str], fen: int | None,
              contract: str = "", **told: object) -> Said:  # fmt: skip
    return Said("GUARANTEES", (guarantor, borrower),
                {"amount_fen": fen, "discriminator": contract, **told})  # fmt: skip


def snapshot(*batches: list[Said]) -> Snapshot:
    return take(batches)[0]


def exposures(held: Snapshot) -> dict[tuple[str, str], float]:
    matrix = obligations(held).exposure().tocoo()
    keys = held.keys.to_pylist()
    return {
        (keys[i], keys[j]): fen
        for i, j, fen in zip(*matrix.coords, matrix.data.tolist(), strict=True)
        if fen
    }


BASE = [*named(A, B, C), *loan(1, A, balance_fen=70_000), guarantee(B, A, 50_000)]


def test_lenders_and_guarantors_are_exposed() -> None:
    assert exposures(snapshot(BASE)) == {(BANK[0], A[0]): 70_000, (B[0], A[0]): 50_000}


def test_split_in_two_or_told_twice_is_the_same_exposure() -> None:
    split = [*named(A, B, C), *loan(1, A, balance_fen=30_000), *loan(2, A, balance_fen=40_000),
             guarantee(B, A, 20_000, "one"), guarantee(B, A, 30_000, "two")]  # fmt: skip
    assert exposures(snapshot(split)) == exposures(snapshot(BASE))
    bureau = [*loan(1, A, source="bureau", balance_fen=70_000),
              Said("GUARANTEES", (B, A), {"amount_fen": 50_000, "discriminator": ""}, "bureau")]  # fmt: skip
    assert exposures(snapshot(BASE, bureau)) == exposures(snapshot(BASE))


def test_joint_borrowers_owe_together_and_no_fen_twice() -> None:
    joint = [*named(A, B, C), *loan(1, A, balance_fen=100_001)]
    joint += [Said("BORROWED", (other, ("loan:1", "Loan"))) for other in (B, C)]
    found = exposures(snapshot(joint))
    assert sum(found.values()) == 100_001
    assert sorted(found.values()) == [33_333, 33_334, 33_334]


@pytest.mark.parametrize(
    "silent",
    [
        guarantee(C, A, 900, certainty=0.9),
        Said("BORROWED", (C, ("loan:1", "Loan")), {"certainty": 0.5}),
    ],
)
def test_unproven_claims_count_nowhere(silent: Said) -> None:
    assert exposures(snapshot([*BASE, silent])) == exposures(snapshot(BASE))


def test_settled_loans_are_owed_no_more() -> None:
    settled = [*BASE, *loan(2, B, balance_fen=5, settled_on=take([BASE])[0].as_of)]
    assert exposures(snapshot(settled)) == exposures(snapshot(BASE))


def test_unknown_amounts_are_listed_and_not_zero() -> None:
    held = snapshot([*BASE, *loan(2, B, balance_fen=None), guarantee(C, A, None)])
    claims = obligations(held)
    assert sorted(item.kind for item in claims.unknown) == ["guarantee", "loan"]
    assert exposures(held) == exposures(snapshot(BASE))


def test_losses_go_round_and_an_unknown_buffer_is_a_range() -> None:
    """A fails: B, its guarantor, loses half its buffer; C, who guarantees B, has an unknown one."""
    held = snapshot([*BASE, guarantee(C, B, 10_000)])
    told = distress_stress(held, failed=[A[0]], buffers_fen={B[0]: 100_000, BANK[0]: 700_000})
    losses = {item.party: item for item in told.losses}
    assert losses[A[0]] == Loss(A[0], "person:1号", None, 0, 0, 1.0, 1.0)
    assert losses[B[0]] == Loss(B[0], "person:2号", 100_000, 50_000, 50_000, 0.5, 0.5)
    assert losses[BANK[0]].share_low == losses[BANK[0]].share_high == pytest.approx(0.1)
    # half of what C stands for is gone, and how much of C that is nobody knows
    assert losses[C[0]] == Loss(C[0], "person:3号", None, 5_000, 5_000, 0.0, 1.0)
    assert told.hypothetical and "假设" in told.notice


def test_a_known_empty_buffer_is_not_an_unknown_one() -> None:
    told = distress_stress(snapshot(BASE), failed=[A[0]], buffers_fen={B[0]: 0})
    (found,) = [item for item in told.losses if item.party == B[0]]
    assert (found.buffer_fen, found.share_low, found.share_high) == (0, 1.0, 1.0)


def test_who_is_not_reached_is_not_in_the_answer() -> None:
    told = distress_stress(snapshot([*BASE, *named(firm(1))]), failed=[C[0]], buffers_fen={})
    assert [item.party for item in told.losses] == [C[0]]
    with pytest.raises(NotFoundError):
        distress_stress(snapshot(BASE), failed=["person:none"], buffers_fen={})


def test_payments_when_every_guarantee_is_called() -> None:
    """A owes the bank 700 yuan and has 100; B owes 500 for A and has 200, or nobody knows."""
    held = snapshot(BASE)
    told = clearing_stress(held, cash_fen={A[0]: 10_000, B[0]: 20_000})
    assert told.certified and told.payments == (
        Payment(A[0], "person:1号", 10_000, 70_000, 30_000, 30_000),
        Payment(B[0], "person:2号", 20_000, 50_000, 20_000, 20_000),
    )
    unknown = clearing_stress(held, cash_fen={A[0]: 10_000})
    assert unknown.payments == (
        Payment(A[0], "person:1号", 10_000, 70_000, 10_000, 60_000),
        Payment(B[0], "person:2号", None, 50_000, 0, 50_000),
    )
    costly = clearing_stress(held, cash_fen={A[0]: 10_000, B[0]: 20_000}, keep_external=0.5)
    assert [item.paid_low_fen for item in costly.payments] == [15_000, 10_000]


def test_a_ring_of_guarantees_without_money_is_not_certified() -> None:
    ring = [*named(A, B, C), guarantee(A, B, 10), guarantee(B, C, 10), guarantee(C, A, 10)]
    told = clearing_stress(snapshot(ring), cash_fen=dict.fromkeys((A[0], B[0], C[0]), 0))
    assert not told.certified


def test_list_entries_are_no_claims() -> None:
    assert exposures(snapshot([*BASE, *listing(1, C)])) == exposures(snapshot(BASE))


def test_an_answer_says_what_it_assumes_and_what_was_supplied() -> None:
    held = snapshot([*BASE, guarantee(C, A, None)])
    told = encode(
        distress_stress(held, failed=[A[0]], buffers_fen={B[0]: 1}, supplied_fen={B[0]: 100_000})
    )
    (found,) = [item for item in told["losses"] if item["party"] == B[0]]
    assert (found["buffer_fen"], found["share_low"]) == (100_000, 0.5)  # not the one fen reported
    assert told["supplied_fen"] == {B[0]: 100_000}
    assert any("收不回" in line for line in told["assumptions"])
    assert (told["unknown_count"], told["unknown"][0]["kind"]) == (1, "guarantee")
    assert told["basis"]["policy"] == load_stress_policy().name
    assert told["basis"]["as_of"] == held.as_of.isoformat() and not told["basis"]["truncated"]


def test_a_long_answer_is_cut_and_says_so() -> None:
    told = clearing_stress(snapshot(BASE), cash_fen={A[0]: 60_000, B[0]: 0})
    cut = encode(told.first(1))
    assert (cut["payments_count"], len(cut["payments"]), cut["basis"]["truncated"]) == (2, 1, True)
    assert cut["payments"][0]["party"] == B[0]  # who leaves most unpaid stands first
    assert (told.keep_external, told.keep_claims) == (1.0, 1.0)


# ------------------------------------------------------------------ partial shocks


def test_a_part_of_a_buffer_that_is_gone_costs_its_part() -> None:
    """A loses three tenths: its lender and its guarantor lose three tenths of what they stand for."""
    held = snapshot(BASE)
    buffers = {B[0]: 100_000, BANK[0]: 700_000}
    told = distress_stress(held, shocks={A[0]: 0.3}, buffers_fen=buffers)
    losses = {item.party: item for item in told.losses}
    assert (losses[B[0]].loss_low_fen, losses[B[0]].share_low) == (15_000, pytest.approx(0.15))
    assert losses[BANK[0]].loss_high_fen == 21_000
    assert dict(told.shocks) == {A[0]: 0.3} and encode(told)["shocks"] == {A[0]: 0.3}


def test_a_whole_shock_is_a_failure_and_no_shock_is_refused() -> None:
    held = snapshot(BASE)
    buffers = {B[0]: 100_000, BANK[0]: 700_000}
    failed = distress_stress(held, failed=[A[0]], buffers_fen=buffers)
    whole = distress_stress(held, shocks={A[0]: 1.0}, buffers_fen=buffers)
    both = distress_stress(held, failed=[A[0]], shocks={A[0]: 0.2}, buffers_fen=buffers)
    assert failed.losses == whole.losses == both.losses
    for shocks in ({}, {A[0]: 0.0}, {A[0]: 1.5}):
        with pytest.raises(InputError):
            distress_stress(held, shocks=shocks, buffers_fen=buffers)


def test_a_greater_shock_loses_nobody_less() -> None:
    held = snapshot([*BASE, guarantee(C, B, 10_000), guarantee(A, C, 5_000)])
    buffers = {A[0]: 40_000, B[0]: 100_000, C[0]: 20_000, BANK[0]: 700_000}
    before: dict[str, int] = {}
    for share in (0.1, 0.4, 0.7, 1.0):
        told = distress_stress(held, shocks={A[0]: share}, buffers_fen=buffers)
        now = {item.party: item.loss_low_fen for item in told.losses}
        assert all(now[party] >= fen for party, fen in before.items())
        before = now
