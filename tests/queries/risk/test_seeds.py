"""What a party's own record seeds, one debt once, and how it is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from credit_world import Said, listing, loan
from risk_cases import FIRM, OTHER, WAN, A, B, assets, household, own, run_of, stands, sued

from graph.encoding import encode
from queries.risk import RiskAnswer, explain


@pytest.mark.parametrize(
    ("loan_class", "days", "value", "contradicts"),
    [
        ("pass", 180, 0.35, True),
        ("pass", 7, 0.0, False),
        ("pass", 8, 0.05, True),
        ("pass", 271, 0.65, True),
        ("special_mention", 400, 0.9, True),
        ("loss", 10, 0.9, False),
        ("special_mention", 30, 0.05, False),
        (None, 100, 0.35, False),
    ],
)
def test_of_class_and_days_overdue_the_worse_counts_and_a_contradiction_is_told(
    loan_class: str | None, days: int, value: float, contradicts: bool
) -> None:
    facts = [said.but(loan_class=loan_class, overdue_days=days) if said.kind == "LoanState" else said
             for said in loan(1, A)]  # fmt: skip
    told = own(run_of(facts), A)
    assert told.own.value == pytest.approx(value)
    notes = [fact.note for fact in told.own.facts]
    assert any(notes) is contradicts
    if contradicts:
        assert "与逾期天数不符" in notes[0] and f"逾期 {days} 天" in told.own.facts[0].reason


def test_matured_and_unpaid_by_a_word_said_after_its_day() -> None:
    def matured(**state: Any) -> RiskAnswer:
        facts = loan(1, A, "pass", **state)
        return own(run_of([facts[0].but(due_on=date(2026, 2, 1)), *facts[1:]]), A)

    told = matured(valid_from=date(2026, 4, 30))
    assert [(fact.kind, fact.probability) for fact in told.own.facts] == [("matured_unpaid", 0.2)]
    assert "到期日已过而仍有余额" in told.own.facts[0].note
    before = matured(valid_from=date(2026, 1, 31))
    assert before.own.value == 0 and [item.why for item in before.unused] == ["said_before_due"]
    for paid in ({"balance_fen": 0}, {"settled_on": date(2026, 2, 1)}):
        assert matured(valid_from=date(2026, 4, 30), **paid).own.value == 0
    assert own(run_of(loan(1, A, "pass", valid_from=date(2026, 4, 30))), A).own.value == 0


def test_what_was_written_off_counts_though_it_is_settled() -> None:
    history = Said(
        "RepaymentHistory",
        (("loan:1", "Loan"),),
        {"has_write_off": True, "valid_from": date(2025, 1, 1)},
    )
    facts = loan(1, A, "pass", settled_on=date(2025, 6, 1))
    told = own(run_of(facts, history), A)
    assert [(fact.kind, fact.probability) for fact in told.own.facts] == [("written_off", 0.9)]
    old = own(run_of(facts, history.but(valid_from=date(2019, 1, 1))), A)
    assert old.own.value == 0 and [item.why for item in old.unused] == ["too_old"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("tax_black_list", 0.3), ("irregular_taxpayer", 0.1), ("abnormal_operation", 0.05),
     ("serious_violation", 0.2), ("judgment_defaulter", 0.6)],
)  # fmt: skip
def test_every_list_seeds_by_its_line(kind: str, value: float) -> None:
    assert own(run_of(listing(1, FIRM, list_kind=kind)), FIRM).own.value == pytest.approx(value)


def test_lists_of_one_cause_count_once_and_of_two_apart() -> None:
    market = [
        *listing(1, FIRM, list_kind="abnormal_operation"),
        *listing(2, FIRM, list_kind="serious_violation"),
    ]
    told = own(run_of(market), FIRM)
    assert told.own.value == pytest.approx(0.2)
    assert [item.why for item in told.unused] == ["same_cause"]
    tax = listing(3, FIRM, list_kind="tax_black_list")
    assert own(run_of(market, tax), FIRM).own.value == pytest.approx(1 - 0.8 * 0.7)
    revoked = Said("Enterprise", (FIRM,), {"name": "甲", "registration_state": "revoked"})
    assert own(run_of(revoked), FIRM).own.value == pytest.approx(0.3)


def test_a_list_of_2014_without_an_end_is_stale_and_says_so() -> None:
    old = listing(1, A, listed_on=date(2014, 6, 1))
    told = own(run_of(old), A)
    assert told.own.value == 0
    (left_out,) = told.unused
    assert left_out.why == "too_old" and "请向法院核实" in left_out.reason
    # a stated end, or a young listing, or an unknown age: as ever
    for entry in (
        listing(1, A, listed_on=date(2014, 6, 1), published_until=date(2027, 1, 1)),
        listing(1, A, listed_on=date(2024, 6, 1)),
        listing(1, A),
    ):
        assert own(run_of(entry), A).own.value == pytest.approx(0.6)


def test_a_record_that_seeds_nothing_says_why() -> None:
    penalty = [
        Said("Penalty", (("penalty:1", "Penalty"),), {"decided_on": date(2025, 1, 1)}),
        Said("PENALISED_BY", (FIRM, ("penalty:1", "Penalty"))),
    ]
    arrears = [
        Said("TaxArrears", (("arrears:1", "TaxArrears"),), {"balance_fen": 5 * WAN}),
        Said("OWES", (FIRM, ("arrears:1", "TaxArrears"))),
    ]
    told = own(run_of(penalty, arrears, listing(1, FIRM, list_kind="unknown_list")), FIRM)
    assert told.own.value == 0
    assert {(item.kind, item.why) for item in told.unused} == {
        ("Penalty", "seeds_nothing"), ("TaxArrears", "seeds_nothing"), ("ListEntry", "no_line"),
    }  # fmt: skip
    assert all(item.reason for item in told.unused if item.why == "seeds_nothing")
    # what was repaired or is past its five years is not even told
    for gone in ({"removed_on": date(2026, 1, 1)}, {"decided_on": date(2019, 1, 1)}):
        assert own(run_of([penalty[0].but(**gone), penalty[1]]), FIRM).unused == ()


@pytest.mark.parametrize(
    ("stated", "entry", "value", "why"),
    [
        # nobody said which debt: one misfortune
        (None, {}, 0.9, "perhaps_same_debt"),
        (None, {"case_no": "(2025)陕0322执88号"}, 0.9, "perhaps_same_debt"),
        # the same case, however the brackets are written; or the same ground
        ("（2025）陕0322执88号", {"case_no": "(2025)陕0322执88号"}, 0.9, "same_debt"),
        ("(2024)陕0322民初7号", {"case_no": "(2025)陕0322执88号", "legal_ground": "（2024）陕0322民初7号"}, 0.9, "same_debt"),
        # known to be two: independent
        ("(2025)陕0322执99号", {"case_no": "(2025)陕0322执88号"}, 1 - 0.1 * 0.4, None),
        ("(2024)陕0322民初9号", {"legal_ground": "(2024)陕0322民初7号"}, 1 - 0.1 * 0.4, None),
        # a case number and a ground cannot be compared, and a resumed case has a new number
        ("(2025)陕0322执99号", {"legal_ground": "(2024)陕0322民初7号"}, 0.9, "perhaps_same_debt"),
        ("(2025)陕0322执恢9号", {"case_no": "(2023)陕0322执88号"}, 0.9, "perhaps_same_debt"),
    ],
)  # fmt: skip
def test_one_debt_seeds_once(
    stated: str | None, entry: dict[str, str], value: float, why: str | None
) -> None:
    told = own(run_of(sued(stated), listing(1, A, **entry)), A)
    assert told.own.value == pytest.approx(value)
    assert [item.why for item in told.unused] == ([why] if why else [])


def test_the_listing_counts_where_it_is_the_worse_of_one_debt() -> None:
    told = own(run_of(sued(loan_class="special_mention"), listing(1, A)), A)
    assert [fact.kind for fact in told.own.facts] == ["judgment_defaulter"]
    assert told.own.value == pytest.approx(0.6)
    assert [(item.kind, item.why) for item in told.unused] == [("LoanState", "perhaps_same_debt")]


def test_a_tie_says_by_what_it_weighs_and_no_income() -> None:
    run = run_of(loan(1, A), stands(FIRM, A, 50, kind="general"), assets(FIRM, 100))
    (tie,) = explain(run, FIRM[0]).linked.paths[0].hops[0].ties
    assert tie.measure.startswith("一般保证") and tie.measure.endswith("与担保人净资产之比计")
    run = run_of(loan(1, A), stands(B, A, 3), household(6, B))
    told = explain(run, B[0])
    assert "家庭年收入" in told.linked.paths[0].hops[0].ties[0].measure
    assert "60000" not in str(encode(told))
    run = run_of(loan(1, A), stands(B, A, 3))
    assert (
        explain(run, B[0])
        .linked.paths[0]
        .hops[0]
        .ties[0]
        .measure.endswith("担保能力不明，按固定值计")
    )
    run = run_of(loan(1, FIRM), Said("LEGAL_REPRESENTATIVE_OF", (A, FIRM)))
    assert (
        explain(run, A[0])
        .linked.paths[0]
        .hops[0]
        .ties[0]
        .measure.startswith("法定代表人既无出资又无担保")
    )
    share = Said("HOLDS_SHARES_IN", (OTHER, FIRM), {"share_ratio": 0.8})
    down = explain(run_of(loan(1, OTHER), share), FIRM[0])
    assert "母公司" in down.linked.paths[0].hops[0].ties[0].measure
    up = explain(run_of(loan(1, FIRM), share), OTHER[0])
    assert up.linked.paths[0].hops[0].ties[0].measure.startswith("企业失败使出资受损")
