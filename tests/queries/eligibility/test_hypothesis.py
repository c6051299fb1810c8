"""What would have to change, and what if a figure were another: marked, and nothing of it can be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from graph.errors import InputError
from queries.eligibility import Case, Decision, Verdict, decide, packaged
from queries.eligibility.decisions.decide import Strata
from queries.eligibility.decisions.editions import other_editions
from queries.eligibility.decisions.hypothesis import assumable, suppose, ways_out
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.rules.golden import read_cases, shipped_cases

DAY = date(2026, 11, 29)
NAME = "farmer_small_credit_loan"


def case(product: str = NAME, **change: Value) -> Case:
    """The golden case in which everything is met, but for what is changed; None is unknown."""
    cases = read_cases(shipped_cases(product))
    met = next(one for one in cases.cases if one.verdict is Verdict.MET)
    facts = {**cases.facts(met), "party_kind": Fact("Person", "登记")}
    for name, value in change.items():
        facts[name] = Fact(None, reason="not_collected") if value is None else Fact(value, "手写")
    return Case("person:p", facts, {}, {}, Strata("Person", None, None, None), None,
                DAY, DAY, datetime(2026, 11, 20, tzinfo=UTC), 3, "0" * 64)  # fmt: skip


def decided(product: str = NAME, **change: Value) -> Decision:
    return decide(case(product, **change), packaged()[product])


def test_a_step_that_helps_says_what_there_would_be() -> None:
    decision = decided(household_other_operating_loan=True)
    assert decision.verdict is Verdict.NOT_MET
    [way] = ways_out(decision)
    assert way.step.sets == {"household_other_operating_loan": False}
    assert way.verdict is Verdict.MET and way.fen == decided().amount.fen
    # nothing about the party itself was changed
    assert decision.case.facts["household_other_operating_loan"].value is True


def test_steps_that_help_only_together_are_told_together() -> None:
    decision = decided(household_other_operating_loan=True, own_overdue=True)
    ways = ways_out(decision)
    assert len(ways) == 3
    assert [way.verdict for way in ways] == [Verdict.NOT_MET, Verdict.NOT_MET, Verdict.MET]
    assert set(ways[-1].step.sets) == {"household_other_operating_loan", "own_overdue"}


def test_what_nothing_changes_has_no_way_out_and_what_is_met_needs_none() -> None:
    assert ways_out(decided(age=71)) == ()
    assert ways_out(decided()) == ()
    assert ways_out(decided(own_overdue=None)) == ()


def test_a_supposition_turns_a_verdict_and_leaves_the_case_alone() -> None:
    held = case(age=71)
    found = suppose(held, packaged().values(), {"age": "40"})
    turned = {one.product: one for one in found.products}
    assert (turned[NAME].before, turned[NAME].after) == (Verdict.NOT_MET, Verdict.MET)
    assert turned[NAME].fen_before is None and turned[NAME].fen_after
    assert found.hypothetical is True and "假设推演" in found.notice
    assert held.facts["age"].value == 71
    # nothing that a decision is kept by can be made of it
    assert not any(isinstance(one, Decision) for one in vars(found).values())


def test_a_supposition_counts_what_follows_from_it() -> None:
    """Nobody ever lent: nothing is owed, nothing is late."""
    held = case(any_loan=None, own_overdue=None, own_bad_loan=None)
    found = suppose(held, [packaged()[NAME]], {"any_loan": False})
    [one] = found.products
    assert (one.before, one.after) == (Verdict.UNKNOWN, Verdict.MET)


def test_an_amount_follows_what_is_supposed() -> None:
    held = case()
    less = suppose(held, [packaged()[NAME]], {"owed_fen": 10**9}).products[0]
    assert (less.before, less.after) == (Verdict.MET, Verdict.NOT_MET)
    assert less.against and less.is_turned
    same = suppose(held, [packaged()[NAME]], {"age": 41}).products[0]
    assert not same.is_turned


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, "nothing_assumed"),
        ({"nothing": "1"}, "fact_not_assumable"),
        ({"consent": "是"}, "fact_not_assumable"),
        ({"party_kind": "Enterprise"}, "fact_not_assumable"),
        ({"guarantees_bad_loan": "是"}, "fact_not_assumable"),
        ({"age": "四十"}, "fact_type"),
    ],
)
def test_what_cannot_be_supposed_is_refused(told: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as refused:
        suppose(case(), packaged().values(), told)
    assert refused.value.cause_code == code


def test_what_may_be_supposed_is_a_figure_first_and_no_consent() -> None:
    specs = assumable([decided()])
    names = [spec.id for spec in specs]
    assert specs[0].type == "money" and "owed_fen" in names and "age" in names
    assert not {"consent", "spouse_consent", "party_kind"} & set(names)


def test_the_edition_before_is_beside_the_one_in_force() -> None:
    decision = decided(age=61)
    [before] = other_editions(decision)
    product = packaged()[NAME]
    assert before.version == product.version("2026.1") and not before.is_coming
    assert before.verdict is decide(decision.case, product, before.version).verdict
    assert before.changes
    assert bool(before.turned_by) == (before.verdict is not decision.verdict)


def test_an_edition_to_come_says_what_will_be_asked() -> None:
    product = packaged()[NAME]
    held = case(age=61)
    early = replace(held, as_of=date(2026, 6, 1))
    decision = decide(early, product)
    assert decision.version.version == "2026.1"
    [later] = other_editions(decision)
    assert later.is_coming and later.version.version == "2026.2"
    assert later.verdict is decide(early, product, later.version).verdict
