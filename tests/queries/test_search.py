"""What a person types finds whom they mean, and says how."""
# ruff: noqa: RUF001

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from asking import ask
from conftest import DAYS, INSTANTS, Worlds
from searched import CODE, EXPECTED, FIRM, IDENTITY_KEY

from graph.connection import Graph
from graph.identifiers import resident_id
from graph.statement import Rows, Statement
from queries.search import hidden, is_personal, read_typed

CLOCK = {"as_of": DAYS[2], "known_at": INSTANTS[2]}
#: A resident id that is also a well-formed organisation code, and an ordinary one.
BOTH = "511321198912212280"
ONE = resident_id.complete("61032219750315002")


@pytest.mark.parametrize(("typed", "expected", "how"), EXPECTED, ids=[item[0] for item in EXPECTED])
def test_what_is_typed_finds_whom_it_means(
    typed: str, expected: list[str], how: str, worlds: Worlds
) -> None:
    text = hidden(typed, IDENTITY_KEY)
    answer = ask(worlds.graph, "find_party", text=text, **CLOCK)
    assert [row["key"] for row in answer.rows] == expected
    assert not answer.rows or answer.rows[0]["match"] == how
    assert not answer.basis.truncated


def test_namesakes_are_told_apart(worlds: Worlds) -> None:
    rows = ask(worlds.graph, "find_party", text="许春英", **CLOCK).rows
    assert [(row["town"], row["village"], row["age"], row["masked"]) for row in rows] == [
        ("田家庄镇", "和平村", 35, "61032219900701****"),
        ("虢王镇", "太平村", 51, "61032219750315****"),
    ]
    assert {row["name"] for row in rows} == {"许春英"}


def test_the_registered_name_is_answered_as_the_register_wrote_it(worlds: Worlds) -> None:
    for typed, written in (("宝鸡市丰硕果业有限公司", "宝鸡市（丰硕）果业 有限公司"),
                           ("abc株", "ＡＢＣ㈱ⅠⅡ号店"), ("单长乐", "單長樂")):  # fmt: skip
        [row] = ask(worlds.graph, "find_party", text=typed, **CLOCK).rows
        assert row["name"] == written


def test_a_loan_says_which_and_of_whom(worlds: Worlds) -> None:
    [row] = ask(worlds.graph, "find_party", text="JK2024-0007", **CLOCK).rows
    assert row["matched"] == "JK2024-0007（凤翔农商银行）"


def test_a_wrong_check_digit_is_said_and_its_neighbour_shown(worlds: Worlds) -> None:
    wrong = CODE[:17] + ("1" if CODE[17] != "1" else "2")
    answer = ask(worlds.graph, "find_party", text=wrong, **CLOCK)
    assert "校验码不符" in answer.notes[0]
    assert [(row["key"], row["match"]) for row in answer.rows] == [(FIRM, "code_part")]
    assert ask(worlds.graph, "find_party", text=CODE, **CLOCK).notes == ()


def test_a_faulty_resident_id_is_looked_for_nowhere_and_said() -> None:
    wrong = ONE[:17] + ("1" if ONE[17] != "1" else "2")
    for spelt in (wrong, f"{wrong[:6]} {wrong[6:14]} {wrong[14:]}", f"许春英 {wrong}"):
        assert is_personal(spelt)
    told = read_typed(wrong)
    asked = told.parameters()
    assert "校验码" in told.notes[0] and wrong not in told.notes[0]
    assert not asked["names"] and not asked["keys"] and not asked["places"]


def test_an_identity_is_a_hash_before_it_is_asked_for() -> None:
    key = "11" * 32
    assert hidden(ONE, key).startswith("person:")
    full_width = ONE.translate({ord(a): ord(a) + 0xFEE0 for a in ONE})
    assert hidden(f" {ONE[:6]}-{ONE[6:14]} {ONE[14:].lower()}", key) == hidden(ONE, key)
    assert hidden(full_width, key) == hidden(ONE, key)
    assert ONE not in hidden(f"许春英 {ONE}", key)
    assert hidden("139 1234 5678", key).startswith("phone:")
    assert hidden("许春英", key) == "许春英" and not is_personal("许春英 002X")
    # an id that is also a code is looked for as both; it is an id, so it is not shown again
    person, org = hidden(BOTH, key).split()
    assert person.startswith("person:") and org == f"org:{BOTH}" and is_personal(BOTH)
    assert not is_personal(CODE) and is_personal("610322750315002") and is_personal("13912345678")


def test_last_digits_alone_find_nobody(worlds: Worlds) -> None:
    answer = ask(worlds.graph, "find_party", text="610322********1048", **CLOCK)
    assert answer.rows == [] and "姓名" in answer.notes[0]


def test_letters_that_are_no_pinyin_and_signs_of_the_search_language_do_no_harm(
    worlds: Worlds,
) -> None:
    for typed in ("xzq OR NOT", "* AND ?", "~^()[]{}", "a", "name:x", "\\", '"', "许*", "AND"):
        ask(worlds.graph, "find_party", text=typed, **CLOCK)


@pytest.mark.parametrize(
    ("typed", "times"), [("许春英", 1), ("许春瑛", 2), ("李永户", 1), ("JK2024-0007", 1)]
)
def test_near_names_are_asked_for_where_nothing_is_exactly_it(
    typed: str, times: int, worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    read_many = Graph.read_many

    def counted(graph: Graph, statements: Sequence[Statement], **options: Any) -> list[Rows]:
        sent.extend(one.text for one in statements if "searched_names" in one.text)
        return read_many(graph, statements, **options)

    monkeypatch.setattr(Graph, "read_many", counted)
    assert ask(worlds.graph, "find_party", text=typed, **CLOCK).rows
    assert len(sent) == times
