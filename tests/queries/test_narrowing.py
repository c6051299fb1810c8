"""A search cut down by place, age and kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema import SCHEMA
from queries.search import SEARCHED_KINDS, Narrowing, read_typed

ROW: dict[str, Any] = {
    "labels": ["Party", "Person"],
    "town": "田家庄镇",
    "village": "许家村",
    "age": 46,
}


@pytest.mark.parametrize(
    ("cut", "typed", "text"),
    [
        (Narrowing(), "许春英", "许春英"),
        (Narrowing(village="许家村"), "许春英", "许春英 许家村"),
        (Narrowing(town="田家庄镇", village="许家村"), "许春英", "许春英 许家村"),
        # any word beside one name of Chinese is a place; beside letters it would be part of the name
        (Narrowing(village="许家"), "许春英", "许春英 许家"),
        (Narrowing(village="许家"), "xcy", "xcy"),
        (Narrowing(village="许家村"), "xcy", "xcy 许家村"),
        (Narrowing(village="许家村"), "许春英 许家村", "许春英 许家村"),
        # a number stands alone
        (Narrowing(village="许家村"), "JK-2026-1", "JK-2026-1"),
        (Narrowing(village="许家村"), "", "许家村"),
        (Narrowing(town="田家庄镇"), "  ", "田家庄镇"),
        (Narrowing(kind="Person", age_from=30), "", ""),
    ],
)  # fmt: skip
def test_what_is_searched_for(cut: Narrowing, typed: str, text: str) -> None:
    assert cut.text(typed) == text


def test_a_place_beside_a_name_is_read_as_one() -> None:
    assert read_typed(Narrowing(village="许家村").text("许春英")).within == "许家村"
    assert read_typed(Narrowing(village="许家").text("许春英")).alternative == ("许春英", "许家")


@pytest.mark.parametrize(
    ("cut", "kept"),
    [
        (Narrowing(), True), (Narrowing(town="田家庄"), True), (Narrowing(town="彪角"), False),
        (Narrowing(village="许家"), True), (Narrowing(village="王家"), False),
        (Narrowing(age_from=46, age_to=46), True), (Narrowing(age_from=47), False),
        (Narrowing(age_to=45), False), (Narrowing(age_to=46), True),
        (Narrowing(kind="Person"), True), (Narrowing(kind="Household"), False),
    ],
)  # fmt: skip
def test_what_is_kept(cut: Narrowing, kept: bool) -> None:
    assert cut.keeps(ROW) is kept


def test_who_has_no_known_age_is_in_no_span_of_ages() -> None:
    unknown = {**ROW, "age": None, "town": None, "village": None}
    assert Narrowing().keeps(unknown)
    assert not Narrowing(age_from=0).keeps(unknown)
    assert not Narrowing(village="许").keeps(unknown)


@given(st.integers(0, 120), st.integers(0, 120), st.integers(0, 120))
def test_both_ends_of_a_span_are_in_it(low: int, high: int, age: int) -> None:
    assert Narrowing(age_from=low, age_to=high).keeps({**ROW, "age": age}) is (low <= age <= high)


def test_every_kind_that_can_be_asked_for_is_one_of_a_party() -> None:
    parties = {node.label for node in SCHEMA.nodes.values() if SCHEMA.superlabel(node) == "Party"}
    assert {*SEARCHED_KINDS} <= parties
