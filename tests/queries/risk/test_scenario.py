"""Scores with a guarantee more equal the full run over a log with it; nobody becomes better."""

from __future__ import annotations

import pytest
from credit_world import Said, firm, listing, loan, named, person, take

from graph.errors import InputError, NotFoundError
from queries.money import book_losses
from queries.risk import RiskRun, assess
from queries.risk.scenario import AssumedGuarantee, if_failed, if_guaranteed, run_if_failed
from queries.risk.struck import guarantees_of, of_industry, of_place

A, B, C, D = person(1), person(2), person(3), person(4)


def scores(run: RiskRun) -> dict[str, float]:
    return dict(zip(run.snapshot.keys.to_pylist(), run.score.tolist(), strict=True))


def facts() -> list[Said]:
    """A is listed and owes; B stands for A; C stands for nobody yet; D holds shares."""
    return [*named(A, B, C, D, firm(1)), *loan(1, A), *listing(1, A),
            Said("GUARANTEES", (B, A), {"discriminator": "one"}),
            Said("HOLDS_SHARES_IN", (D, firm(1)))]  # fmt: skip


@pytest.mark.parametrize("kind", ["general", "joint_and_several"])
@pytest.mark.parametrize(("guarantor", "borrower"), [(C, A), (C, B), (D, C), (A, B)])
def test_a_guarantee_more_is_as_if_the_log_had_it(
    guarantor: tuple[str, str], borrower: tuple[str, str], kind: str
) -> None:
    run = assess(take([facts()])[0])
    more = Said(
        "GUARANTEES", (guarantor, borrower), {"discriminator": "new", "guarantee_kind": kind}
    )
    full = scores(assess(take([[*facts(), more]])[0]))
    assumed = AssumedGuarantee(guarantor[0], borrower[0], kind=kind)  # type: ignore[arg-type]
    found = if_guaranteed(run, assumed)
    expected = {**scores(run), **{one.party: one.after for one in found.changes}}
    assert expected == full
    assert all(one.after > one.before for one in found.changes)
    assert found.hypothetical is True and "假设推演" in found.notice


def test_a_second_guarantee_between_the_same_two_is_as_strong_as_the_stronger() -> None:
    run = assess(take([facts()])[0])
    same = if_guaranteed(run, AssumedGuarantee(B[0], A[0], kind="general"))
    assert same.changes == ()


def test_who_fails_takes_along_who_stands_for_it() -> None:
    run = assess(take([[*facts(), Said("GUARANTEES", (C, B), {"discriminator": "two"})]])[0])
    found = if_failed(run, [B[0]])
    after = {one.party: one for one in found.changes}
    assert after[B[0]].after == 1.0 and after[B[0]].before < 1.0
    assert after[C[0]].after > after[C[0]].before
    assert D[0] not in after and found.changes[0].party == B[0]
    with pytest.raises(NotFoundError):
        if_failed(run, ["person:nobody"])
    # the run itself is what it was
    assert scores(run)[B[0]] == after[B[0]].before


def test_losses_by_score_rise_with_the_scores() -> None:
    run = assess(take([[*facts(), *loan(2, B, "pass")]])[0])
    before, after = (
        book_losses(one, "institution").whole for one in (run, run_if_failed(run, [B[0]]))
    )
    assert after.balance_fen == before.balance_fen
    # all of B's loan, and of A's as much as before: who is stood for gets no worse
    assert after.by_score_fen - before.by_score_fen == pytest.approx(
        100_000 * (1 - float(run.score[run.snapshot.index(B[0])])), abs=1
    )


def test_nobody_stands_for_himself() -> None:
    with pytest.raises(InputError):
        AssumedGuarantee(A[0], A[0])


def test_guarantees_to_choose_from_are_those_that_carry_risk() -> None:
    told = [*facts(), Said("GUARANTEES", (C, A), {"discriminator": "maybe", "certainty": 0.6})]
    snapshot, _ = take([told])
    run = assess(snapshot)
    [one] = guarantees_of(snapshot, A[0], run.policy)
    assert (one.guarantor, one.borrower) == (B[0], A[0])
    assert guarantees_of(snapshot, D[0], run.policy) == ()


def test_a_place_and_an_industry_strike_those_who_are_there() -> None:
    village = ("division:610322104201", "Village")
    other = ("division:610322105201", "Village")
    house = ("household:1", "Household")
    told = [
        *facts(),
        Said("LOCATED_IN", (A, village)), Said("LOCATED_IN", (B, other)),
        Said("LOCATED_IN", (house, village)), Said("BELONGS_TO", (C, house)),
        Said("BELONGS_TO", (B, house)),
        Said("Enterprise", (firm(1),), {"industry": "A0150"}),
    ]  # fmt: skip
    snapshot, _ = take([told])
    assert set(of_place(snapshot, village[0])) >= {A[0], C[0]}
    # who says where he lives is there, whatever his household says
    assert B[0] not in of_place(snapshot, village[0])
    assert set(of_place(snapshot, "division:610322104")) == set(of_place(snapshot, village[0]))
    assert of_industry(snapshot, ("01",)) == (firm(1)[0],)
    assert of_industry(snapshot, ("13",)) == ()
