"""Who is this: a street of namesakes with its expected order, and what holds of every answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from namesakes import FIRM_CODE, IDENTITY_KEY, PEOPLE, Neighbour, Street, id_of

from graph.errors import InputError
from graph.identifiers import unified_social_credit_code as uscc
from ingest.matching import Matched, SaidOf, match_all, match_policy, subject_of
from queries.reader import Reader

YING, YING2, YING3, LIKE_YING, MENTIONED, LI, LI_HOUSE, FIRM, GROUP = (
    one.known_by for one in PEOPLE
)


def asked(*said: SaidOf, street: Street | None = None) -> tuple[Matched, ...]:
    subjects = [subject_of(one, IDENTITY_KEY) for one in said]
    return match_all(cast(Reader, street or Street()), subjects).matches


def one(**said: Any) -> Matched:
    [found] = asked(SaidOf(**said))
    return found


def keys(found: Matched) -> list[str]:
    return [each.key for each in found.candidates]


EXPECTED: tuple[tuple[dict[str, Any], list[str], str], ...] = (
    # a name of four: none is more than possible
    ({"name": "许春英"}, [YING2, YING3, MENTIONED, YING], "possible"),
    # its village is in two towns
    ({"name": "许春英", "village": "太平村"}, [YING3, MENTIONED, YING, YING2], "possible"),
    ({"name": "许春英", "village": "太平", "town": "虢王"}, [MENTIONED, YING, YING2, YING3], "possible"),
    ({"name": "许春英", "village": "太平村村民委员会", "town": "虢王镇", "age": 51},
     [YING, MENTIONED, YING2, YING3], "likely"),
    # by the Chinese way of counting
    ({"name": "许春英", "village": "太平村", "town": "虢王镇", "age": 52},
     [YING, MENTIONED, YING2, YING3], "likely"),
    ({"name": "许 春 英", "phone": "138 0000 0002"}, [YING2, YING3, MENTIONED, YING], "likely"),
    ({"name": "许春英", "tail": id_of("19750315", "002")[-4:]}, [YING, YING2, YING3, MENTIONED], "likely"),
    ({"name": "许春英", "birth_on": date(1990, 7, 1)}, [YING2, MENTIONED, YING3, YING], "likely"),
    ({"name": "许春英", "number": id_of("19520809", "206")}, [YING3], "sure"),
    ({"number": id_of("19520809", "206")}, [YING3], "sure"),
    # the number of one and the name of another: the paper itself has to be looked at
    ({"name": "李永", "number": id_of("19520809", "206")}, [YING3], "contradicted"),
    # a number of nobody: who bears another is somebody else; a mention without one is not
    ({"name": "许春英", "number": id_of("19751111", "001")}, [MENTIONED], "possible"),
    ({"name": "李永"}, [LI], "possible"),
    ({"name": "李永户"}, [LI_HOUSE], "possible"),
    ({"name": "李永", "kind": "household"}, [LI_HOUSE], "possible"),
    ({"name": "宝鸡市丰硕果业有限公司"}, [FIRM], "likely"),
    ({"name": "丰硕果业", "number": FIRM_CODE}, [FIRM], "sure"),
    ({"name": "查无此名"}, [], "none"),
)  # fmt: skip


@pytest.mark.parametrize(("said", "wanted", "outcome"), EXPECTED)
def test_the_street(said: dict[str, Any], wanted: list[str], outcome: str) -> None:
    found = one(**said)
    assert (keys(found), found.outcome.value) == (wanted, outcome)
    assert all(each.is_proven == (each.band == "sure") for each in found.candidates)
    assert all(each.score < 100 or each.is_proven for each in found.candidates)


def test_two_of_one_name_in_one_village_are_ambiguous() -> None:
    street = Street([
        Neighbour("王丽", id_of("19800101", "002"), town="虢王镇", village="太平村", age=45),
        Neighbour("王丽", id_of("19800202", "004"), town="虢王镇", village="太平村", age=45),
    ])  # fmt: skip
    [found] = asked(SaidOf(name="王丽", town="虢王镇", village="太平村", age=45), street=street)
    assert found.outcome == "ambiguous" and found.proven is None


def test_every_reason_says_what_agreed() -> None:
    [first, *_] = one(name="许春英", village="太平村", town="虢王镇", age=51).candidates
    mine = {(each.rule, each.level, each.asked, each.known) for each in first.reasons}
    assert mine >= {
        ("name_same", "same", "许春英", "许春英"),
        ("age", "same", "51", "51"),
        ("place", "same", "虢王镇太平村", "虢王镇太平村"),
    }
    assert all(each.text for each in first.reasons)


def test_a_telephone_of_many_is_nobodys() -> None:
    clerk = [
        replace(PEOPLE[0], number=id_of(f"1975031{n}", "002"), phone="13800000009")
        for n in range(7)
    ]
    street = Street(clerk)
    [found] = asked(SaidOf(name="许春英", phone="13800000009"), street=street)
    [phone] = [each for each in found.candidates[0].reasons if each.rule == "phone"]
    assert phone.bits == 0 and phone.note and "7 个主体" in phone.note


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "match_too_little"),
        ({"name": "许"}, "match_too_little"),
        ({"tail": "0021"}, "match_too_little"),
        ({"number": "610322197503150020"}, "match_too_little"),
        ({"phone": "12345"}, "match_too_little"),
        ({"name": id_of("19750315", "002")}, "number_in_name"),
        ({"name": "许春英", "number": ""}, ""),
    ],
)
def test_too_little_is_refused(said: dict[str, Any], code: str) -> None:
    if not code:
        subject_of(SaidOf(**said), IDENTITY_KEY)
        return
    with pytest.raises(InputError) as raised:
        subject_of(SaidOf(**said), IDENTITY_KEY)
    assert raised.value.cause_code == code


def test_a_faulty_number_is_looked_for_nowhere_and_said_to_be_faulty() -> None:
    right = id_of("19750315", "002")
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    street = Street()
    [found] = asked(SaidOf(name="许春英", number=wrong), street=street)
    assert found.faults and "没有按它查找" in found.faults[0]
    assert not any(wrong in text for text in street.texts)
    assert found.outcome == "possible"


def test_no_number_is_kept() -> None:
    said = SaidOf(name="许春英", number=id_of("19750315", "002"), phone="13800000001")
    subject = subject_of(said, IDENTITY_KEY)
    assert said.number not in repr(subject) and said.phone not in repr(subject)
    assert subject.shown == "61032219750315****"


def test_many_are_asked_in_few_transactions() -> None:
    street = Street()
    found = asked(*(SaidOf(ref=str(n), name="许春英") for n in range(40)), street=street)
    assert [each.ref for each in found] == [str(n) for n in range(40)]
    assert street.transactions == 2


TRUE_OF_YING: dict[str, Any] = {
    "village": "太平村", "town": "虢王镇", "age": 51, "phone": "13800000001", "sex": "female",
    "tail": id_of("19750315", "002")[-4:], "birth_on": date(1975, 3, 15),
    "number": id_of("19750315", "002"), "kind": "person",
}  # fmt: skip


def score(said: dict[str, Any], key: str) -> tuple[int, int]:
    """Rank of the band and the score of one candidate; lowest where it is not found."""
    bands = [*match_policy().bands]
    found = one(**said)
    return next(
        (
            (-bands.index(cast(Any, each.band)), each.score)
            for each in found.candidates
            if each.key == key
        ),
        (-len(bands), 0),
    )


@settings(max_examples=examples(25))
@given(st.permutations(sorted(TRUE_OF_YING)), st.integers(0, len(TRUE_OF_YING)))
def test_more_that_is_true_never_lowers(order: list[str], many: int) -> None:
    said: dict[str, Any] = {"name": "许春英"}
    last = score(said, YING)
    for name in order[:many]:
        said[name] = TRUE_OF_YING[name]
        now = score(said, YING)
        assert now >= last, name
        last = now


@settings(max_examples=examples(25))
@given(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["许春英", "许春莹", "李永", "丰硕"])},
        optional={
            "village": st.sampled_from(["太平村", "和平村", "东街村"]),
            "town": st.sampled_from(["虢王镇", "田家庄镇"]),
            "age": st.integers(0, 120),
            "phone": st.sampled_from(["13800000001", "13900000000"]),
            "sex": st.sampled_from(["male", "female"]),
        },
    )
)
def test_without_a_number_nobody_is_sure(said: dict[str, Any]) -> None:
    found = one(**said)
    assert all(not each.is_proven and each.score < 100 for each in found.candidates)
    assert found.proven is None
    odds = [each.score for each in found.candidates]
    assert odds == sorted(odds, reverse=True)


@settings(max_examples=examples(25))
@given(st.permutations(range(len(EXPECTED))))
def test_an_answer_does_not_depend_on_its_neighbours(order: list[int]) -> None:
    found = asked(*(SaidOf(ref=str(n), **EXPECTED[n][0]) for n in order))
    assert {each.ref: keys(each) for each in found} == {
        str(n): wanted for n, (_, wanted, _) in enumerate(EXPECTED)
    }


def test_a_code_of_a_firm_is_no_secret() -> None:
    subject = subject_of(SaidOf(number=FIRM_CODE), IDENTITY_KEY)
    assert subject.shown == FIRM_CODE and subject.keys == (f"org:{FIRM_CODE}",)
    assert uscc.check(FIRM_CODE).value == FIRM_CODE and GROUP != FIRM
