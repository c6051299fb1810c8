"""The runner: Kleene logic, refusals to load, and the smallest set that settles a decision."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from graph.errors import InputError
from queries.eligibility.decide import evaluate
from queries.eligibility.facts import VOCABULARY, FactType, FactValue, Missing
from queries.eligibility.rule import load_product, read_product
from queries.eligibility.verdict import Verdict, all_of, any_of

VERSION = load_product("farmer_small_credit_loan").at(date(2026, 6, 1))
TEXT = (files("queries.eligibility") / "products/farmer_small_credit_loan.yaml").read_text(
    encoding="utf-8")
GOOD = {
    "consent_given": True, "age_years": 40, "age_at_maturity_years": 43, "local_household": True,
    "listed_judgment_defaulter": False, "overdue_or_npl_borrower": False,
    "guarantor_of_problem_loan": False, "household_has_other_borrower": False, "first_loan": True,
    "credit_grade": "A", "annual_income_fen": 6_000_000, "outstanding_debt_fen": 1_000_000,
}


def known(**values: bool | int | str) -> dict[str, FactValue]:
    return {name: FactValue(value, "test", date(2026, 1, 1)) for name, value in values.items()}


def some(name: str) -> st.SearchStrategy[bool | int | str]:
    fact = VOCABULARY[name]
    if fact.codes:
        return st.sampled_from(fact.codes)
    return st.booleans() if fact.type is FactType.FLAG else st.integers(0, 100)


@st.composite
def partial_facts(draw: st.DrawFn) -> dict[str, FactValue]:
    names = draw(st.lists(st.sampled_from(sorted(VOCABULARY)), unique=True))
    values = {**GOOD, **{name: draw(some(name)) for name in names[: len(names) // 3]}}
    return known(**{name: values[name] for name in names})


def test_good_applicant_is_met_and_the_amount_is_the_smaller_limit() -> None:
    found = evaluate(VERSION, known(**GOOD))
    assert found.overall is Verdict.MET and not found.review and found.missing == ()
    assert (found.amount.cap_fen, found.amount.by_income_fen) == (15_000_000, 11_000_000)
    assert found.amount.amount_fen == 11_000_000


def test_nothing_known_is_unknown_never_a_refusal() -> None:
    found = evaluate(VERSION, {})
    assert found.overall is Verdict.UNKNOWN and found.amount.amount_fen is None
    assert {item.missing for item in found.conditions} == {Missing.NOT_COLLECTED}
    assert len(found.next_steps) == len(found.missing) == 9


@pytest.mark.parametrize(("age", "verdict"), [(17, "不符合"), (18, "符合"), (65, "符合"),
                                              (66, "不符合")])
def test_age_limits_are_inclusive(age: int, verdict: str) -> None:
    found = evaluate(VERSION, known(**{**GOOD, "age_at_maturity_years": age}))
    assert found.overall == verdict


def test_soft_condition_asks_for_review_and_refuses_nobody() -> None:
    found = evaluate(VERSION, known(**{**GOOD, "guarantor_of_problem_loan": True}))
    assert found.overall is Verdict.MET and found.review


@settings(max_examples=200, deadline=None)
@given(partial_facts(), st.data())
def test_filling_an_unknown_never_flips_a_settled_verdict(
    facts: dict[str, FactValue], data: st.DataObject,
) -> None:
    before = evaluate(VERSION, facts).overall
    name = data.draw(st.sampled_from(sorted(VOCABULARY)))
    after = evaluate(VERSION, known(**{name: data.draw(some(name))}) | facts).overall
    assert before is Verdict.UNKNOWN or after is before


@settings(max_examples=200, deadline=None)
@given(partial_facts(), st.data())
def test_missing_set_settles_and_each_of_it_is_needed_for_a_yes(
    facts: dict[str, FactValue], data: st.DataObject,
) -> None:
    missing = evaluate(VERSION, facts).missing
    filled = known(**{name: data.draw(some(name)) for name in missing})
    assert evaluate(VERSION, facts | filled).overall is not Verdict.UNKNOWN
    good = known(**{name: GOOD[name] for name in missing})
    for name in missing:
        fewer = {other: value for other, value in good.items() if other != name}
        assert evaluate(VERSION, facts | fewer).overall is Verdict.UNKNOWN


@given(st.lists(st.sampled_from(Verdict)))
def test_kleene_is_the_minimum_and_maximum_of_three_ordered_values(found: list[Verdict]) -> None:
    order = [Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.MET]
    assert all_of(found) is min(found, key=order.index, default=Verdict.MET)
    assert any_of(found) is max(found, key=order.index, default=Verdict.NOT_MET)


@pytest.mark.parametrize(("right", "wrong"), [
    ("fact: first_loan", "fact: frist_loan"),
    ("operator: between", "operator: betwen"),
    ("value: [AAA,", "value: [AAAA,"),
    ("value: [18, 65]", "value: [65, 18]"),
    ("fact: first_loan", "fact: association_hint"),
    ("operator: at_least, value: 18", "operator: at_least, value: true"),
    ("term_months: 36", "term_month: 36"),
    ("id: adult", "id: age"),
])
def test_a_slip_refuses_to_load(right: str, wrong: str) -> None:
    assert right in TEXT
    with pytest.raises(ValidationError):
        read_product(TEXT.replace(right, wrong, 1))


def test_a_hint_cannot_enter() -> None:
    with pytest.raises(InputError):
        evaluate(VERSION, {"first_loan": 0.3})  # type: ignore[dict-item]
    with pytest.raises(InputError):
        evaluate(VERSION, {"association_hint": FactValue(True)})


def test_a_product_is_not_applied_before_its_first_version() -> None:
    with pytest.raises(InputError):
        load_product("farmer_small_credit_loan").at(date(2025, 12, 31))
