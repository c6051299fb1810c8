"""What a scope sees: the definition by hand, refusals, and that wider never hides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import queries.scope
from graph.information import InformationClass
from graph.schema import SCHEMA
from queries.scope import ADMINISTRATOR, Grants, Scope

HERE, THERE = "division:610305100201", "division:610305110201"
AT_HOME = {"person:a": {HERE}, "person:b": {THERE}}


def scope(**told: Any) -> Scope:
    return Scope("信贷员", **{"open_classes": frozenset(), **told})


def test_the_administrator_sees_everything() -> None:
    assert ADMINISTRATOR.sees_everything
    assert all(ADMINISTRATOR.sees(kind.kind, [], {}) for kind in SCHEMA.kinds)
    every = scope(open_classes=frozenset(InformationClass))
    assert every.sees_everything and every.id == ADMINISTRATOR.id == "everything"


def test_what_is_public_is_seen_wherever_it_is() -> None:
    shut = scope(divisions=())
    assert shut.sees("Enterprise", [["org:a"]], {}) and shut.sees("SUBJECT_OF", [["person:a"]], {})
    assert not shut.sees("Person", [["person:a"]], AT_HOME)
    assert not shut.sees_everything


def test_one_party_that_lives_where_the_reader_works_is_enough() -> None:
    town = scope(divisions=("610305100",), open_classes=frozenset({"guarantee"}))
    assert town.sees("GUARANTEES", [["person:a"], ["person:b"]], AT_HOME)
    assert not town.sees("GUARANTEES", [["person:b"]], AT_HOME)
    assert not town.sees("GUARANTEES", [["person:nowhere"]], AT_HOME)
    # a class that is open elsewhere opens no other
    assert not town.sees("Loan", [["person:a"]], AT_HOME)


def test_a_tie_needs_both_and_a_thing_one_of_its_owners() -> None:
    granted = scope(grants={"person:a": frozenset({"guarantee", "credit"})})
    assert not granted.sees("GUARANTEES", [["person:a"], ["person:b"]], {})
    assert granted.sees("Loan", [["person:a", "person:b"]], {})
    # a thing of which nobody knows whose it is was opened by nobody
    assert not granted.sees("Loan", [[]], {})
    both = scope(grants=dict.fromkeys(("person:a", "person:b"), frozenset({"guarantee"})))
    assert both.sees("GUARANTEES", [["person:a"], ["person:b"]], {})
    assert not both.sees("Loan", [["person:a"]], {})


def test_consent_opens_nothing_outside_the_place_of_work() -> None:
    far = scope(divisions=("610305110",), grants={"person:a": frozenset({"identity"})})
    assert not far.sees("Person", [["person:a"]], AT_HOME)


def test_absence_says_something_only_where_nothing_is_withheld() -> None:
    granted = scope(grants={"person:a": frozenset({"credit", "guarantee"})})
    assert granted.tells_all("BORROWED", "person:a", {})
    # the other side may not have opened it
    assert not granted.tells_all("GUARANTEES", "person:a", {})
    assert not granted.tells_all("BORROWED", "person:b", {})
    assert granted.tells_all("SUBJECT_OF", "person:b", {})


@pytest.mark.parametrize(
    ("told", "about"),
    [
        ({"divisions": ("凤翔",)}, "division"),
        ({"divisions": ("6103051",)}, "division"),
        ({"open_classes": frozenset({"loans"})}, "class"),
        ({"grants": {"person:a": frozenset({"everything"})}}, "class"),
    ],
)
def test_nonsense_is_refused(told: dict[str, Any], about: str) -> None:
    with pytest.raises(ValueError, match=about):
        scope(**told)
    with pytest.raises(ValueError, match="name"):
        Scope("")


def test_a_city_holds_its_counties_and_a_name_changes_nothing_that_is_seen() -> None:
    city, county = scope(divisions=("610300",)), scope(divisions=("610305",))
    assert city.sees("Person", [["person:a"]], AT_HOME) is county.sees("Person", [["p"]], AT_HOME)
    assert city.areas == ("division:6103",)
    assert county.id != city.id
    assert Scope("甲", ("610305",)).id == Scope("乙", ("610305", "610305")).id
    granted = scope(grants=dict.fromkeys("pq", frozenset({"tax"}))).parameters()
    assert granted["opened"] == {
        kind: ["0:"] for kind in ("PAID_TAX", "RATED_AS", "TaxPayment", "TaxRating")
    }
    assert granted["granted"] == {"0:": "\np\nq\n"}
    # whoever opened nothing might as well not be there
    assert scope(grants={"p": frozenset()}).id == scope().id


CLASSES = st.sampled_from([item.value for item in InformationClass])
PEOPLE = st.sampled_from(["person:a", "person:b", "person:nowhere"])


@given(
    st.frozensets(CLASSES), st.dictionaries(PEOPLE, st.frozensets(CLASSES)),
    st.sampled_from([(), ("610305100",), ("610305",), None]),
    st.frozensets(CLASSES), st.sampled_from(sorted(k.kind for k in SCHEMA.kinds)),
    st.lists(st.frozensets(PEOPLE, max_size=2), min_size=1, max_size=2),
)  # fmt: skip
def test_a_wider_scope_never_hides(
    opened: frozenset[str], grants: dict[str, frozenset[str]], where: tuple[str, ...] | None,
    more: frozenset[str], kind: str, subjects: list[frozenset[str]],
) -> None:  # fmt: skip
    narrow = scope(divisions=where, open_classes=opened, grants=grants)
    granted = {key: grants.get(key, frozenset()) | more for key in AT_HOME}
    wider = [
        scope(divisions=where, open_classes=opened | more, grants=grants),
        scope(divisions=where, open_classes=opened, grants={**grants, **granted}),
        scope(divisions=None, open_classes=opened, grants=grants),
        scope(divisions=where, open_classes=None, grants=grants),
        ADMINISTRATOR,
    ]
    if narrow.sees(kind, subjects, AT_HOME):
        assert all(each.sees(kind, subjects, AT_HOME) for each in wider)


def test_an_answer_says_that_something_is_withheld_and_never_how_much() -> None:
    assert ADMINISTRATOR.said == ADMINISTRATOR.name
    shut, empty = scope(), scope(divisions=())
    assert shut.said == empty.said == "信贷员（按权限只显示可查看的信息）"


#: Some end alike, and one is the end of another.
ENDS = ("a", "xa", "yxa", "b")


PARTIES = st.sampled_from(ENDS)


def classes(*names: str) -> st.SearchStrategy[frozenset[str]]:
    return st.sets(st.sampled_from(names)).map(frozenset)


@given(
    st.dictionaries(PARTIES, classes("credit", "land", "tax")),
    st.lists(st.dictionaries(PARTIES, classes("credit", "tax"))),
    st.sampled_from([(500, 8_000), (0, 0), (2, 3)]),
)
def test_grants_that_are_carried_on_are_those_that_are_made_anew(
    before: dict[str, frozenset[str]],
    changes: list[dict[str, frozenset[str]]],
    many: tuple[int, ...],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries.scope, "_MANY", many)
        grants, plain = Grants(before), {**before}
        for change in changes:
            grants, plain = grants.changed(change), {**plain, **change}
            anew = Grants(plain)
            assert grants.digest == anew.digest
            assert opened(grants) == opened(anew) == {p: k for p, k in anew.kinds.items() if k}
            assert {p: c for p, c in grants.items() if c} == {p: c for p, c in plain.items() if c}


def opened(grants: Grants) -> dict[str, list[str]]:
    """Who opened what, as the fragment `has_opened` finds it."""
    found: dict[str, list[str]] = {}
    for party in ENDS:
        end = party[-grants.ending :] if grants.ending else ""
        for kind, groups in sorted(grants.opened.items()):
            if any(f"\n{party}\n" in grants.texts.get(group + end, "") for group in groups):
                found.setdefault(party, []).append(kind)
    return found


def test_a_key_of_two_lines_opens_nothing() -> None:
    with pytest.raises(ValueError, match="one line"):
        scope(grants={"person:a\nperson:b": frozenset({"tax"})}).parameters()
