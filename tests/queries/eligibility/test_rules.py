"""What every rule says of itself, surpluses against a slow second answer, and what is due."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product as ways
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError
from queries.eligibility import packaged
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact import Fact
from queries.eligibility.rules.columns import evaluate_columns
from queries.eligibility.rules.condition import Comes
from queries.eligibility.rules.missing import least_missing
from queries.eligibility.rules.product import Product, read_product
from queries.eligibility.rules.review import due_for_review, review_policy, rules_of
from queries.eligibility.rules.runner import evaluate
from queries.eligibility.verdict import Verdict

ROOM = Path(__file__).parents[3] / "queries" / "eligibility"
TODAY = date(2026, 12, 1)
OFFERED = [item for item in packaged().values() if item.is_at(TODAY)]
by_product = pytest.mark.parametrize("product", OFFERED, ids=lambda item: item.id)
SUMS = ("annual_income_fen", "annual_expense_fen", "owed_fen", "private_debt_fen")


@by_product
def test_every_rule_says_its_source_and_its_days(product: Product) -> None:
    version = product.at(TODAY)
    for name, rule in rules_of(version):
        assert rule.basis and rule.source, name
        assert rule.valid_from is not None and rule.checked_on is not None, name
        assert rule.valid_until is None or rule.valid_from < rule.valid_until


@by_product
def test_who_can_repay_is_a_condition_of_every_product(product: Product) -> None:
    version = product.at(TODAY)
    (able,) = [item for item in version.conditions if item.id == "repayment"]
    assert able.hard and "还款能力" in able.wording
    least = version.amount.lends_at_least_fen
    assert least is not None and least >= 100_000
    # of a person the debts of the household, private ones and guarantees are taken off
    if "Person" in product.for_whom:
        assert {
            "annual_income_fen", "annual_expense_fen", "owed_fen", "household_owed_fen",
            "private_debt_fen", "external_guarantee_fen",
        } <= set(able.facts)  # fmt: skip
    assert set(version.fresh_days) & set(able.facts)


def test_what_replaced_the_loan_of_the_poor() -> None:
    old, new = packaged()["poverty_alleviation_loan"], packaged()["assistance_small_loan"]
    day = new.versions[0].effective_from
    assert old.is_at(day - timedelta(days=1)) and not old.is_at(day)
    assert new.is_at(day) and not new.is_at(day - timedelta(days=1))
    (cap,) = [term for term in new.versions[0].amount.least_of if hasattr(term, "cap_fen")]
    assert cap.cap_fen == 10_000_000  # type: ignore[union-attr]


def test_a_rule_that_nobody_looked_at_is_due() -> None:
    product = packaged()["apple_loan"]
    version = product.at(TODAY)
    checked = version.conditions[1].checked_on
    assert checked is not None and due_for_review([product], checked) == ()
    policy = review_policy()
    unsure = {name for name, rule in rules_of(version) if rule.certainty == "unsure"}
    day = checked + timedelta(policy.days["unsure"])
    assert due_for_review([product], day - timedelta(days=1)) == ()
    assert {one.rule for one in due_for_review([product], day)} == unsure
    day = checked + timedelta(policy.days["known"])
    assert {one.rule for one in due_for_review([product], day)} == {n for n, _ in rules_of(version)}


def test_a_rule_that_ends_is_named_before_it_does() -> None:
    product = packaged()["apple_loan"]
    version = product.at(TODAY)
    ends = TODAY + timedelta(days=100)
    first = version.conditions[3].model_copy(update={"valid_until": ends})
    conditions = (*version.conditions[:3], first, *version.conditions[4:])
    changed = product.model_copy(
        update={"versions": (version.model_copy(update={"conditions": conditions}),)}
    )
    assert due_for_review([changed], ends - timedelta(days=91)) == ()
    for day, words in ((ends - timedelta(days=90), "将于"), (ends, "失效，须核对")):
        (due,) = due_for_review([changed], day)
        assert (due.rule, due.valid_until) == (first.id, ends) and words in due.why


def test_a_product_that_asks_nobody_who_can_repay_is_refused() -> None:
    stated = yaml.safe_load(
        (ROOM / "rules" / "products" / "apple_loan.yaml").read_text(encoding="utf-8")
    )
    terms = stated["versions"][-1]["amount"]["least_of"]
    terms[:] = [term for term in terms if "surplus" not in term]
    with pytest.raises(InputError, match="repaid"):
        read_product("apple_loan", yaml.safe_dump(stated, allow_unicode=True))


def test_a_copy_that_tests_something_else_follows_from_that() -> None:
    """What is worked out once of a condition went on into its copies."""
    version = packaged()["apple_loan"].versions[-1]
    first, other = version.conditions[:2]
    told = first.facts, first.leaves, first.specs, first.test_text
    copied = first.model_copy(update={"test": other.test})
    assert copied.facts == other.facts and copied.leaves == other.leaves != told[1]
    assert copied.specs == other.specs and copied.test_text == other.test_text
    assert (first.facts, first.leaves, first.specs, first.test_text) == told


@given(
    st.fixed_dictionaries(dict.fromkeys(SUMS, st.none() | st.integers(-50, 200))),
    st.integers(-20, 60),
)
def test_a_surplus_is_what_no_filling_in_can_change(
    told: dict[str, int | None], least: int
) -> None:
    stated = {"plus": {SUMS[0]: 2.0}, "minus": dict.fromkeys(SUMS[1:], 1.0)}
    test = Comes.model_validate({"surplus": stated, "at_least_fen": least})
    facts = {name: Fact(value) for name, value in told.items() if value is not None}
    open_ = [name for name in SUMS if told[name] is None]
    # debts are nothing or more; an income can be anything
    domain = {name: (-10_000, 0, 10_000) if name == SUMS[0] else (0, 10_000) for name in open_}
    outcomes = set()
    for values in ways(*(domain[name] for name in open_)):
        held = {**told, **dict(zip(open_, values, strict=True))}
        total = 2 * (held[SUMS[0]] or 0) - sum(held[name] or 0 for name in SUMS[1:])
        outcomes.add(total >= least)
    expected = {(True,): Verdict.MET, (False,): Verdict.NOT_MET}.get(
        tuple(outcomes), Verdict.UNKNOWN
    )
    assert test.verdict(facts) is expected
    # arrays say the same, party by party
    version = packaged()["apple_loan"].versions[-1]
    able = next(item for item in version.conditions if item.id == "repayment")
    alone = version.model_copy(update={"conditions": (able.model_copy(update={"test": test}),)})
    columns = {
        name: Column.of(catalogue().facts[name], [told[name]]) for name in SUMS if name in told
    }
    assert evaluate_columns(alone, columns, 1).verdict(0) is expected
    checked = evaluate(alone, facts)
    assert checked[0].verdict is expected
    least_set = least_missing(alone, facts)
    assert set(least_set) == (set(open_) if expected is Verdict.UNKNOWN else set())
