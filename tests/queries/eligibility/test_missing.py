"""The least missing set where one fact says others, against every way of filling it in."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.eligibility.decisions.kept_rules import read_rules, rules_text
from queries.eligibility.facts.catalogue import Catalogue, catalogue, read_catalogue
from queries.eligibility.facts.fact import Fact
from queries.eligibility.facts.paper import apply_documents
from queries.eligibility.rules import missing
from queries.eligibility.rules.condition import Leaf
from queries.eligibility.rules.missing import distinguishable, least_missing, settling
from queries.eligibility.rules.product import Version, packaged
from queries.eligibility.rules.runner import evaluate, overall
from queries.eligibility.verdict import Verdict

#: Facts of which some say others, and one that stands alone.
LOANS = (
    "any_loan", "operating_loan", "open_loan", "own_bad_loan", "own_overdue", "bad_repayment",
    "legal_capacity",
)  # fmt: skip


def version_of(tests: list[Any]) -> Version:
    told = {"wording": "条件", "basis": "测试", "certainty": "known", "source": "测试",
            "steps": [{"text": "做", "days": 1}]}  # fmt: skip
    return Version.model_validate(
        {
            "version": "1",
            "effective_from": date(2026, 1, 1),
            "conditions": [{"id": f"c{n}", "test": t, **told} for n, t in enumerate(tests)],
            "amount": {"months": 12, "least_of": [{
                "cap_fen": 100, "wording": "上限", "basis": "测试", "certainty": "known",
                "source": "测试"}]},
        }
    )  # fmt: skip


def flag(name: str, value: bool) -> dict[str, Any]:
    return {"fact": name, "operator": "is", "value": value}


FLAGS = st.builds(flag, st.sampled_from(LOANS), st.booleans())
TESTS = st.one_of(
    FLAGS,
    st.builds(lambda parts: {"any": parts}, st.lists(FLAGS, min_size=2, max_size=3)),
    st.builds(lambda parts: {"all": parts}, st.lists(FLAGS, min_size=2, max_size=3)),
)


def settles(
    version: Version, held: dict[str, Fact], chosen: tuple[str, ...], gone_by: bool
) -> bool:
    """Whether laying these down, whatever they say, leaves nothing open: the program's own way."""
    for values in itertools.product((True, False), repeat=len(chosen)):
        brought = {name: Fact(value) for name, value in zip(chosen, values, strict=True)}
        laid = apply_documents({**held, **brought}, {}, gone_by=gone_by)
        if overall(evaluate(version, laid)) is Verdict.UNKNOWN:
            return False
    return True


@given(
    st.lists(TESTS, min_size=1, max_size=3).map(version_of),
    st.dictionaries(st.sampled_from(LOANS), st.booleans(), max_size=3),
    st.booleans(),
)
def test_none_smaller_settles(version: Version, told: dict[str, bool], gone_by: bool) -> None:
    held = apply_documents({name: Fact(value) for name, value in told.items()}, {}, gone_by=gone_by)
    found = least_missing(version, held, gone_by=gone_by)
    if overall(evaluate(version, held)) is not Verdict.UNKNOWN:
        assert found == ()
        return
    assert settles(version, held, found, gone_by)
    unknown = [name for name, spec in catalogue().own.items()
               if spec.type == "flag" and name not in held
               and (name in LOANS or name in catalogue().telling(LOANS))]  # fmt: skip
    for size in range(len(found)):
        for smaller in itertools.combinations(unknown, size):
            assert not settles(version, held, smaller, gone_by), smaller
    # a decision that is made again has the same from what was kept
    kept = read_rules(rules_text(packaged()["apple_loan"].model_copy(
        update={"versions": (version,)}), version))  # fmt: skip
    person = {**held, "party_kind": Fact("Person")}
    assert least_missing(kept.version, person, known=kept.known, gone_by=gone_by) == found


SUMS = ("annual_income_fen", "owed_fen")
MORE_TESTS = st.one_of(
    TESTS,
    st.just({"fact": "consent", "operator": "granted"}),
    st.just(flag("consent", False)),
    st.builds(
        lambda least: {
            "surplus": {"plus": {SUMS[0]: 1}, "minus": {SUMS[1]: 1}},
            "at_least_fen": least,
        },
        st.sampled_from([0, 100]),
    ),
)


@given(
    st.lists(MORE_TESTS, min_size=1, max_size=4).map(version_of),
    st.dictionaries(st.sampled_from((*LOANS, "consent")), st.booleans(), max_size=4),
    st.dictionaries(st.sampled_from(SUMS), st.sampled_from([0, 50, 200])),
    st.booleans(),
)
def test_what_was_found_of_another_in_the_same_position_holds(
    version: Version, flags: dict[str, bool], sums: dict[str, int], gone_by: bool
) -> None:
    facts = {name: Fact(value) for name, value in {**flags, **sums}.items()}
    for group in missing._groups([*version.conditions], facts, catalogue(), gone_by):
        assert missing._least(group) == group.least()


def test_a_first_loan_settles_all_that_follows_from_it() -> None:
    version = packaged()["farmer_small_credit_loan"].versions[0]
    base: dict[str, Any] = {
        "party_kind": "Person", "age": 40, "village": "division:1", "own_listing": False,
        "household_other_borrower": False, "consent": True, "purpose_lawful": True,
        "farm_purpose": True,
    }  # fmt: skip
    facts = {name: Fact(value) for name, value in base.items()}
    found = least_missing(version, facts)
    assert "any_loan" in found
    assert not {"own_bad_loan", "own_overdue", "bad_repayment"} & set(found)
    # of a day gone by, no loan then says nothing of today
    before = least_missing(version, facts, gone_by=True)
    assert {"own_bad_loan", "own_overdue", "any_loan"} <= set(before)


def hand(implies: str) -> Catalogue:
    told = "\n".join(
        f"  {name}: {{term: 事实, type: flag, paper: 证, obtain: {{how: 问, days: 0}}"
        + (f", implies: {implies}" if name == "whole" else "")
        + "}"
        for name in ("whole", "consent", "own_listing", "chain")
    )
    return read_catalogue(f'version: "1"\nfacts:\n{told}\n')


@pytest.mark.parametrize(
    ("implies", "expected"),
    [
        # nobody asks for it, but either way it says both
        ("{true: {consent: true, own_listing: true}, false: {consent: false}}", ("whole",)),
        # silent one way: the two must be asked
        ("{false: {consent: true, own_listing: false}}", ("consent", "own_listing")),
    ],
)
def test_a_fact_that_nobody_asks_for_counts_if_it_always_speaks(
    implies: str, expected: tuple[str, ...]
) -> None:
    version = version_of([flag("consent", True), flag("own_listing", False)])
    assert least_missing(version, {}, known=hand(implies)) == expected


def test_what_follows_follows_on() -> None:
    known = catalogue()
    told = known.implied("any_loan", False)
    assert told["open_loan_counted"] is False and told["owed_fen"] == 0
    assert known.implied("any_loan", True) == {} and known.implied("age", 40) == {}
    # what is kept with a decision says the same of what is kept
    kept = known.only(["any_loan", "open_loan_counted"])
    assert kept.implied("any_loan", False) == {"open_loan_counted": False}
    assert kept.only(["any_loan"]).implied("any_loan", False) == {}
    assert set(known.telling(["own_overdue"])) == {"any_loan", "open_loan"}


VERSIONS = [version for product in packaged().values() for version in product.versions]


def ways(version: Version) -> dict[str, tuple[Any, ...]]:
    """For each fact that a version asks for, a value for each way in which its tests come out."""
    leaves: dict[str, list[Leaf]] = {}
    for item in version.conditions:
        for leaf in item.test.leaves():
            leaves.setdefault(leaf.fact, []).append(leaf)
    return {name: distinguishable(tests) for name, tests in leaves.items()}


@given(st.data())
def test_what_is_not_tried_would_not_have_settled_it(data: st.DataObject) -> None:
    """Of every product that is packaged, with some facts known, against trying every set."""
    version = data.draw(st.sampled_from(VERSIONS))
    every = ways(version)
    # of many, trying every set takes until tomorrow
    unknown = data.draw(st.sets(st.sampled_from(sorted(every)), max_size=8))
    held = {
        name: Fact(data.draw(st.sampled_from(values)))
        for name, values in every.items()
        if name not in unknown
    }
    open_ones = [item for item in version.conditions if item.test.verdict(held) is Verdict.UNKNOWN]

    def found() -> tuple[Any, ...]:
        return least_missing(version, held), *(settling(item, held) for item in open_ones)

    quick = found()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(missing._Group, "_needed", lambda _self, _names: set())
        assert found() == quick
