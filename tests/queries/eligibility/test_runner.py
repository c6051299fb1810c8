"""The runner: three values, nothing fails open, nothing settled ever turns."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError
from queries.eligibility.facts.catalogue import catalogue, read_catalogue
from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact import Fact, LinkedHint, Value
from queries.eligibility.rules.columns import VERDICTS, evaluate_columns
from queries.eligibility.rules.missing import distinguishable, least_missing
from queries.eligibility.rules.product import Version, packaged, read_product
from queries.eligibility.rules.runner import evaluate, overall
from queries.eligibility.verdict import Verdict, all_of, any_of, negation

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN

#: A handful of facts of every type, so that small worlds can be enumerated whole.
FACTS = ("consent", "own_listing", "age", "animals", "credit_grade", "debt_ratio")
HAND = """
title: 手写产品
for_whom: [Person]
versions:
  - version: "1"
    effective_from: 2026-01-01
    conditions:
      - {id: c, test: %s, wording: 条件, basis: 测试, certainty: known, source: 测试, steps: [{text: 做, days: 1}]}
    amount: {months: 12, least_of: [{cap_fen: 100, wording: 上限, basis: 测试, certainty: known, source: 测试}]}
"""


def version_of(conditions: list[dict[str, Any]]) -> Version:
    stated = [
        {"id": f"c{n}", "wording": "条件", "basis": "测试", "certainty": "known", "source": "测试",
         "steps": [{"text": "做", "days": 1}], **item}
        for n, item in enumerate(conditions)
    ]  # fmt: skip
    if not any(item.get("hard", True) for item in stated):
        stated[0]["hard"] = True
    return Version.model_validate(
        {
            "version": "1",
            "effective_from": date(2026, 1, 1),
            "conditions": stated,
            "amount": {"months": 12, "least_of": [{
                "cap_fen": 100, "wording": "上限", "basis": "测试", "certainty": "known",
                "source": "测试"}]},
        }
    )  # fmt: skip


def leaf(fact: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"fact": fact, "operator": operator, "value": value}


LEAVES = st.one_of(
    st.builds(leaf, st.sampled_from(["consent", "own_listing"]), st.just("is"), st.booleans()),
    st.builds(
        lambda f, a, b: leaf(f, "between", (min(a, b), max(a, b))),
        st.sampled_from(["age", "animals"]), st.integers(0, 9), st.integers(0, 9),
    ),
    st.builds(leaf, st.sampled_from(["age", "animals"]), st.just("at_least"), st.integers(0, 9)),
    st.builds(leaf, st.just("debt_ratio"), st.just("at_most"), st.sampled_from([0.3, 0.5, 0.7])),
    st.builds(
        leaf, st.just("credit_grade"), st.sampled_from(["one_of", "none_of"]),
        st.lists(st.sampled_from(["AAA", "B", "C"]), min_size=1, unique=True),
    ),
    st.builds(leaf, st.sampled_from(FACTS), st.just("known")),
)  # fmt: skip
TESTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=5,
)
VERSIONS = st.lists(
    st.fixed_dictionaries({"test": TESTS, "hard": st.booleans()}), min_size=1, max_size=4
).map(version_of)
#: What a fact may turn out to be: on both sides of every limit that the tests draw.
DOMAIN: Mapping[str, tuple[Value, ...]] = {
    "consent": (True, False), "own_listing": (True, False), "age": tuple(range(-1, 11)),
    "animals": tuple(range(-1, 11)), "credit_grade": ("AAA", "B", "C", "unrated"),
    "debt_ratio": (-1.0, 0.2, 0.3, 0.5, 0.6, 0.9, 2.0),
}  # fmt: skip
HELD = st.fixed_dictionaries(
    {name: st.sampled_from([None, None, *values]) for name, values in DOMAIN.items()}
)


def facts_of(held: Mapping[str, Value]) -> dict[str, Fact]:
    return {name: Fact(value) for name, value in held.items() if value is not None}


def whole(version: Version, held: Mapping[str, Value]) -> Verdict:
    return overall(evaluate(version, facts_of(held)))


def test_kleene() -> None:
    order = [NOT_MET, UNKNOWN, MET]
    for a, b in itertools.product(order, repeat=2):
        assert all_of([a, b]) is order[min(order.index(a), order.index(b))]
        assert any_of([a, b]) is order[max(order.index(a), order.index(b))]
        assert any_of([a, b]) is negation(all_of([negation(a), negation(b)]))
    assert (all_of([]), any_of([])) == (MET, NOT_MET)


@pytest.mark.parametrize(
    "test",
    [
        "{fact: agee, operator: between, value: [18, 60]}",
        "{fact: age, operator: betwen, value: [18, 60]}",
        "{fact: age, operator: between, value: [60, 18]}",
        "{fact: age, operator: between, value: 18}",
        "{fact: age, operator: is, value: true}",
        "{fact: credit_grade, operator: one_of, value: [AAAA]}",
        "{fact: credit_grade, operator: one_of, value: []}",
        "{fact: consent, operator: is, value: 1}",
        "{fact: consent, operator: is, value: yes_please}",
        "{fact: consent, operator: at_least, value: 1}",
        "{fact: consent, operator: known, value: true}",
        "{fact: guarantees_bad_loan, operator: is, value: false}",
        "{all: []}",
        "{any: [{fact: age, operator: between, value: [18, 60]}], all: []}",
        "{none: [{fact: age, operator: known}]}",
    ],
)
def test_what_is_mistyped_does_not_load(test: str) -> None:
    with pytest.raises(InputError) as caught:
        read_product("hand", HAND % test)
    assert caught.value.cause_code == "product_faulty"


def test_what_is_typed_well_loads() -> None:
    product = read_product("hand", HAND % "{not: {fact: age, operator: at_most, value: 17}}")
    version = product.versions[0]
    person = {"party_kind": Fact("Person")}
    assert overall(evaluate(version, {**person, "age": Fact(18)})) is MET
    assert overall(evaluate(version, {**person, "age": Fact(17)})) is NOT_MET
    assert overall(evaluate(version, person)) is UNKNOWN


def test_a_value_of_the_wrong_type_raises_instead_of_passing() -> None:
    version = version_of([{"test": leaf("age", "between", [18, 65])}])
    for wrong in ("70", True):
        with pytest.raises(TypeError):
            evaluate(version, {"age": Fact(wrong)})


def test_a_hint_cannot_be_a_fact_nor_decide() -> None:
    version = version_of([{"test": leaf("consent", "is", True)}])
    with pytest.raises(TypeError):
        evaluate(version, {"consent": LinkedHint(True)})  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        Fact(LinkedHint(True))  # type: ignore[arg-type]
    assert not issubclass(LinkedHint, Fact) and not issubclass(Fact, LinkedHint)


@given(VERSIONS, HELD, st.data())
def test_filling_an_unknown_never_flips_a_settled_verdict(
    version: Version, held: dict[str, Value], data: st.DataObject
) -> None:
    before = evaluate(version, facts_of(held))
    unknown = [name for name, value in held.items() if value is None]
    filled = {n: data.draw(st.sampled_from(DOMAIN[n])) for n in unknown if data.draw(st.booleans())}
    after = evaluate(version, facts_of({**held, **filled}))
    for old, new in zip(before, after, strict=True):
        assert old.verdict is UNKNOWN or new.verdict is old.verdict
    assert overall(before) is UNKNOWN or overall(after) is overall(before)


def settles(version: Version, held: dict[str, Value], chosen: tuple[str, ...]) -> bool:
    return all(
        whole(version, {**held, **dict(zip(chosen, values, strict=True))}) is not UNKNOWN
        for values in itertools.product(*(DOMAIN[name] for name in chosen))
    )


@given(
    st.lists(
        st.fixed_dictionaries({"test": TESTS, "hard": st.just(True)}), min_size=1, max_size=3
    ).map(version_of),
    st.fixed_dictionaries(
        {
            "consent": st.sampled_from([None, True]), "own_listing": st.sampled_from([None, False]),
            "age": st.sampled_from([None, 4]), "animals": st.sampled_from([4, 9]),
            "credit_grade": st.sampled_from([None, "B"]), "debt_ratio": st.sampled_from([0.5, None]),
        }
    ),
)  # fmt: skip
def test_the_least_missing_set_settles_and_none_smaller_does(
    version: Version, held: dict[str, Value]
) -> None:
    found = least_missing(version, facts_of(held))
    if whole(version, held) is not UNKNOWN:
        assert found == ()
        return
    assert settles(version, held, found)
    unknown = [name for name, value in held.items() if value is None]
    for smaller in itertools.combinations(unknown, len(found) - 1):
        assert not settles(version, held, smaller)


def test_the_least_set_leaves_out_what_cannot_matter() -> None:
    a, b, c = leaf("consent", "is", True), leaf("own_listing", "is", False), leaf("age", "known")
    version = version_of([{"test": {"any": [{"all": [a, b]}, {"all": [a, c]}]}}])
    assert least_missing(version, {"age": Fact(30)}) == ("consent",)
    # two conditions that contradict each other are settled without the rest
    torn = version_of([{"test": a}, {"test": {"not": a}}, {"test": b}, {"test": c}])
    assert least_missing(torn, {}) == ("consent",)


@given(st.lists(LEAVES.filter(lambda item: item["fact"] == "age"), min_size=1, max_size=3))
def test_cells_tell_apart_all_that_the_limits_do(stated: list[dict[str, Any]]) -> None:
    version = version_of([{"test": item} for item in stated])
    leaves = [item.test for item in version.conditions]

    def outcomes(values: Any) -> set[tuple[Verdict, ...]]:
        return {tuple(item.verdict for item in evaluate(version, {"age": Fact(v)})) for v in values}

    assert outcomes(distinguishable(leaves)) >= outcomes(range(-1, 11))  # type: ignore[arg-type]


@given(VERSIONS, st.lists(HELD, min_size=1, max_size=8))
def test_columns_agree_with_the_plain_runner(
    version: Version, people: list[dict[str, Value]]
) -> None:
    columns = {
        name: Column.of(catalogue().facts[name], [held[name] for held in people]) for name in FACTS
    }
    sheet = evaluate_columns(version, columns, len(people))
    for place, held in enumerate(people):
        checked = evaluate(version, facts_of(held))
        assert [VERDICTS[code] for code in sheet.conditions[:, place]] == [
            item.verdict for item in checked
        ]
        assert sheet.verdict(place) is overall(checked)
        assert [columns[name].value(place) for name in FACTS] == [held[name] for name in FACTS]
    assert sheet.conditions.dtype == np.int8


def test_a_fact_without_a_column_is_unknown_to_all() -> None:
    version = version_of([{"test": leaf("age", "at_least", 18)}])
    assert [evaluate_columns(version, {}, 3).verdict(n) for n in range(3)] == [UNKNOWN] * 3


def test_the_version_in_force_is_chosen_by_date() -> None:
    base = packaged()["farmer_small_credit_loan"]
    later = base.versions[0].model_copy(
        update={"version": "2026.2", "effective_from": date(2026, 7, 1)}
    )
    ended = later.model_copy(
        update={"version": "2027.1", "effective_from": date(2027, 1, 1),
                "retired_on": date(2027, 6, 1)}
    )  # fmt: skip
    product = base.model_validate(
        base.model_copy(update={"versions": (base.versions[0], later, ended)}).model_dump(
            mode="json", by_alias=True
        )
    )
    chosen = {
        day: product.at(date.fromisoformat(day)).version
        for day in ("2026-01-01", "2026-06-30", "2026-07-01", "2027-05-31")
    }
    assert list(chosen.values()) == ["2026.1", "2026.1", "2026.2", "2027.1"]
    for outside in (date(2025, 12, 31), date(2027, 6, 1)):
        assert not product.is_at(outside)
        with pytest.raises(InputError) as caught:
            product.at(outside)
        assert caught.value.cause_code == "product_not_in_force"
    with pytest.raises(ValueError, match="order"):
        base.model_validate(
            product.model_copy(update={"versions": product.versions[::-1]}).model_dump(
                mode="json", by_alias=True
            )
        )


def test_a_word_changed_is_another_hash() -> None:
    product = packaged()["apple_loan"]
    version = product.versions[0]
    first, *rest = version.conditions
    reworded = version.model_copy(
        update={"conditions": (first.model_copy(update={"wording": "改一个字"}), *rest)}
    )
    assert product.hash(version) == product.hash(version.model_copy())
    assert product.hash(version) != product.hash(reworded)


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        ("{whose: spouse, reads: [{kind: ListEntry, through: SUBJECT_OF, take: exists}], ground: x}", "only loans"),
        ("{whose: members, reads: [{kind: Loan, through: BORROWED, take: exists}]}", "on what ground"),
        ("{whose: guaranteed, reads: [{kind: Loan, through: BORROWED, take: exists}]}", "is a hint"),
        ("{hint: true, paper: 自述}", "not brought"),
        ("{}", "neither"),
        ("{reads: [{kind: Cow, take: exists}]}", "no kind"),
        ("{reads: [{kind: Loan, through: LIKES, take: exists}]}", "no tie"),
        ("{reads: [{kind: Loan, through: BORROWED, take: exists, where: [{property: colour, operator: one_of, value: [red]}]}]}", "no property"),
        ("{reads: [{kind: Loan, through: BORROWED, take: guess}]}", "take"),
        ("{reads: [{kind: Person, take: latest}]}", "latest"),
        ("{paper: 证, implies: {true: {nothing: true}}}", "no fact"),
    ],
)  # fmt: skip
def test_an_unlawful_or_mistyped_fact_does_not_load(fact: str, why: str) -> None:
    stated = {"term": "事实", "type": "flag", "obtain": {"how": "问", "days": 0}}
    text = yaml.safe_dump(
        {"version": "1", "facts": {"x": stated | yaml.safe_load(fact)}}, allow_unicode=True
    )
    with pytest.raises(ValueError, match=why):
        read_catalogue(text)
