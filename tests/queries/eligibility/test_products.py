"""Every product: its golden cases, its steps, and that no hint and no score can reach a verdict."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import pytest

from ingest.catalogue.source import load_source, source_names
from queries.eligibility import packaged
from queries.eligibility.decisions.steps import next_steps, taken
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.fact import Fact
from queries.eligibility.rules.barred import barred_for
from queries.eligibility.rules.golden import failures, read_cases, shipped_cases
from queries.eligibility.rules.missing import distinguishable
from queries.eligibility.rules.product import Product
from queries.eligibility.rules.runner import Checked, evaluate, overall
from queries.eligibility.verdict import Verdict

ROOM = Path(__file__).parents[3] / "queries" / "eligibility"
PRODUCTS = list(packaged().values())
by_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda item: item.id)


def test_every_product_that_was_promised_is_there() -> None:
    assert set(packaged()) == {
        "farmer_small_credit_loan", "joint_liability_loan", "poverty_alleviation_loan",
        "startup_guaranteed_loan", "land_right_mortgage", "live_animal_mortgage", "apple_loan",
        "cooperative_loan", "agri_enterprise_credit_loan", "whole_village_credit",
        "assistance_small_loan",
    }  # fmt: skip
    assert {path.stem for path in (ROOM / "rules" / "cases").glob("*.yaml")} == set(packaged())


@by_product
def test_golden_cases(product: Product) -> None:
    assert failures(product, read_cases(shipped_cases(product.id))) == ()
    assert read_cases(shipped_cases(product.id)).version == product.versions[-1].version
    for version in product.versions[:-1]:
        # what decided once keeps its cases
        assert failures(product, read_cases(shipped_cases(product.id, version.version))) == ()


@by_product
def test_a_case_that_lies_is_caught(product: Product) -> None:
    cases = read_cases(shipped_cases(product.id))
    first = next(case for case in cases.cases if case.verdict is not Verdict.NOT_MET)
    rest = [case for case in cases.cases if case is not first]
    lie = first.model_copy(update={"verdict": Verdict.NOT_MET})
    assert len(failures(product, cases.model_copy(update={"cases": (lie, *rest)}))) == 1
    # and so is a condition that nobody tried
    assert failures(product, cases.model_copy(update={"cases": (first,)}))


@by_product
def test_no_hint_and_no_score_stands_in_a_condition(product: Product) -> None:
    for version in product.versions:
        for condition in version.conditions:
            assert re.search(r"[\u4e00-\u9fff]", condition.wording + condition.basis)
            for leaf in condition.test.leaves():
                spec = catalogue().facts[leaf.fact]
                assert not spec.hint
                assert spec.whose != "guaranteed"
                # of relatives only the household's loans (and their own consent), by a stated ground
                if spec.whose in ("members", "spouse"):
                    assert spec.ground
                    assert {read.through for read in spec.reads} <= {"BORROWED"}
        for name in version.hints:
            assert catalogue().facts[name].hint


def test_no_fact_is_read_through_others_but_as_a_hint() -> None:
    for spec in catalogue().facts.values():
        for read in spec.reads:
            if read.through in {"GUARANTEES", "HOLDS_SHARES_IN", "LEGAL_REPRESENTATIVE_OF"}:
                assert spec.hint
            if read.kind == "ListEntry":
                assert spec.whose == "party", "a relative's listing is no ground against the party"
        assert not re.search(r"risk|score", spec.id)


def test_every_whole_list_is_one_that_a_source_brings() -> None:
    brought = set(source_names()) | {
        f"{name}/{table}" for name in source_names() for table in load_source(name).tables
    }
    named = {read.complete for spec in catalogue().facts.values() for read in spec.reads}
    assert named - {None} <= brought


def test_the_room_of_decisions_does_not_know_the_room_of_risk() -> None:
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in names if name.startswith("queries.risk")], path


def every_case() -> list[tuple[Product, str, dict[str, Fact]]]:
    found = []
    for product in PRODUCTS:
        cases = read_cases(shipped_cases(product.id))
        found += [(product, case.name, cases.facts(case)) for case in cases.cases]
    return found


def by_id(checked: tuple[Checked, ...]) -> dict[str, Checked]:
    return {item.condition.id: item for item in checked}


@pytest.mark.parametrize(
    ("product", "name", "facts"), every_case(), ids=lambda value: value if isinstance(value, str) else ""
)  # fmt: skip
def test_every_step_helps_as_it_says(product: Product, name: str, facts: dict[str, Fact]) -> None:
    version = product.versions[-1]
    checked = evaluate(version, facts)
    barred = barred_for(version)
    steps = next_steps(checked, catalogue(), barred)
    open_or_failed = {item.condition.id for item in checked if item.verdict is not Verdict.MET}
    # a way for every condition that stands in the way; of one step for two conditions, once
    assert {step.condition for step in steps} <= open_or_failed
    assert bool(steps) == bool(open_or_failed)
    hard = {item.condition.id: item.condition.hard for item in checked}
    order = [(not hard[step.condition], step.days) for step in steps]
    assert order == sorted(order)
    specs = {leaf.fact: leaf for item in checked for leaf in item.condition.test.leaves()}
    mended = dict(facts)
    for step in steps:
        before = by_id(checked)[step.condition]
        if step.obtains:
            for fact in step.obtains:
                mended[fact] = Fact(best(version, fact, mended))
            domains = [
                distinguishable([leaf for leaf in specs.values() if leaf.fact == fact])
                for fact in step.obtains
            ]
            alone = {
                by_id(evaluate(version, taken(facts, step, *values)))[step.condition].verdict
                for values in itertools.product(*domains)
            }
            missing = {seen.id for seen in before.seen if seen.fact.value is None}
            # all that is missing brought, the condition is settled whatever it turns out to be
            assert missing - set(step.obtains) or Verdict.UNKNOWN not in alone
        elif step.sets:
            after = by_id(evaluate(version, taken(facts, step)))[step.condition]
            assert before.verdict is Verdict.NOT_MET and after.verdict is Verdict.MET, step.text
            mended = taken(mended, step)
    never = [bar for bar in barred if bar.holds_for(facts)]
    stuck = {
        item.condition.id
        for item in checked
        if item.verdict is not Verdict.MET
        and (never or not any(told.sets for told in item.condition.steps))
        and (never or item.verdict is Verdict.NOT_MET)
    }
    final = evaluate(version, mended)
    assert {item.condition.id for item in final if item.verdict is not Verdict.MET} <= stuck
    if not [one for one in stuck if hard[one]]:
        assert overall(final) is Verdict.MET


def best(version: object, name: str, facts: dict[str, Fact]) -> object:
    """The value of a missing fact with which most conditions are met."""
    leaves = [
        leaf
        for item in version.conditions  # type: ignore[attr-defined]
        for leaf in item.test.leaves()
        if leaf.fact == name
    ]

    def met(value: object) -> int:
        filled = {**facts, name: Fact(value)}  # type: ignore[arg-type]
        checked = evaluate(version, filled)  # type: ignore[arg-type]
        return sum((item.verdict is Verdict.MET) - (item.verdict is Verdict.NOT_MET)
                   for item in checked)  # fmt: skip

    return max(distinguishable(leaves), key=met)
