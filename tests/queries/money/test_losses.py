"""What may be lost, group by group: every loan in one group, and what is unknown counted apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from credit_world import BANK, Said, loan, named, person, take

from graph.encoding import encode
from graph.snapshot import Snapshot
from queries.money.losses import GROUPINGS, book_losses
from queries.risk import assess, distress_stress
from queries.risk.calibrated import Calibrated

A, B, C = person(1), person(2), person(3)
VILLAGE = ("village:1", "Village")
OTHER_BANK = ("institution:other", "FinancialInstitution")


def held() -> Snapshot:
    """A defaults at the bank; B is good at both banks and lives with A's household; C is unknown."""
    said: list[Said] = [*named(A, B, C), Said("Village", (VILLAGE,), {"name": "样例村"}),
                        Said("FinancialInstitution", (BANK,), {"name": "样例银行"})]  # fmt: skip
    said += [*loan(1, A, balance_fen=70_000), *loan(2, B, "pass", balance_fen=30_000)]
    said += [*loan(4, C, "pass", balance_fen=None)]
    more = loan(3, B, "pass", balance_fen=50_000)
    said += [item.but() if item.kind != "LENT_BY" else Said("LENT_BY", (item.ends[0], OTHER_BANK))
             for item in more]  # fmt: skip
    said += [Said("Loan", (("loan:1", "Loan"),), {"principal_fen": 100_000, "purpose": "苹果",
                                                  "security_kind": "guaranteed"}, "terms")]  # fmt: skip
    house = ("household:1", "Household")
    said += [Said("Household", (house,), {}), Said("BELONGS_TO", (B, house), {"role": "householder"}),
             Said("LOCATED_IN", (house, VILLAGE)), Said("LOCATED_IN", (A, VILLAGE))]  # fmt: skip
    return take([said])[0]


@pytest.mark.parametrize("by", sorted(GROUPINGS))
def test_groups_sum_to_the_whole(by: Any) -> None:
    snapshot = held()
    run = assess(snapshot)
    told = book_losses(run, by, failed=[A[0]], buffers_fen={B[0]: 10})
    for name in ("loans", "unknown", "balance_fen"):
        assert sum(getattr(g, name) for g in told.groups) == getattr(told.whole, name), name
    for name in ("by_score_fen", "stressed_low_fen", "stressed_high_fen"):
        parts = sum(getattr(g, name) for g in told.groups)
        assert parts == pytest.approx(getattr(told.whole, name), abs=len(told.groups)), name
    assert (told.whole.loans, told.whole.unknown, told.whole.balance_fen) == (4, 1, 150_000)
    score = dict(zip(snapshot.keys.to_pylist(), run.score.tolist(), strict=True))
    expected = 70_000 * score[A[0]] + 80_000 * score[B[0]]
    assert told.whole.by_score_fen == pytest.approx(expected, abs=1)


def test_who_lent_where_and_what_for() -> None:
    run = assess(held())
    by_bank = {
        g.key: (g.name, g.loans, g.balance_fen) for g in book_losses(run, "institution").groups
    }
    assert by_bank == {BANK[0]: ("样例银行", 3, 100_000), OTHER_BANK[0]: (None, 1, 50_000)}
    # a person is where his household is; of whom nobody knows it there is a group of its own
    by_village = {g.key: (g.name, g.loans, g.unknown) for g in book_losses(run, "village").groups}
    assert by_village == {VILLAGE[0]: ("样例村", 3, 0), None: (None, 1, 1)}
    by_purpose = {g.key: g.balance_fen for g in book_losses(run, "purpose").groups}
    assert by_purpose == {"苹果": 70_000, None: 80_000}


def test_a_scenario_takes_what_distress_says() -> None:
    snapshot = held()
    run = assess(snapshot)
    still = book_losses(run, "institution")
    assert still.whole.stressed_low_fen is None and not still.calibrated
    shocks = {A[0]: 0.3}
    told = book_losses(run, "institution", shocks=shocks, loss_given_failure=0.5)
    (bank, _) = sorted(told.groups, key=lambda g: g.key != BANK[0])
    assert bank.stressed_low_fen == bank.stressed_high_fen == round(70_000 * 0.3 * 0.5)
    full = book_losses(run, "institution", failed=[A[0]])
    stress = distress_stress(snapshot, failed=[A[0]], buffers_fen={})
    (loss,) = [item for item in stress.losses if item.party == BANK[0]]
    assert sum(g.stressed_low_fen or 0 for g in full.groups) == loss.loss_low_fen == 70_000
    assert encode(full)["title"] == "放款机构"


def test_under_a_calibrated_policy_it_is_the_expected_loss() -> None:
    """Base and score make the chance; of whoever is in default the whole balance counts."""
    run = assess(held())
    (kind,) = {fact.kind for facts in run.graph.own_facts.values() for fact in facts}
    year = Calibrated(
        scored_on=date(2025, 1, 1), until=date(2025, 12, 31), parties=100, defaults=10,
        foretold=0.1, auc=0.7, in_default=(kind,),
    )  # fmt: skip
    told = book_losses(
        replace(run, policy=run.policy.model_copy(update={"calibration": year})), "institution"
    )
    base = run.policy.base.probability
    assert told.calibrated
    assert told.whole.by_score_fen == pytest.approx(70_000 + 80_000 * base, abs=2)
