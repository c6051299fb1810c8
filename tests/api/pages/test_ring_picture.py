"""A ring drawn on the server: every guarantee once, names inside the picture and apart."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.ring_picture import MOST_DRAWN, draw_ring


@given(
    st.integers(2, 40),
    st.sets(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=60),
)
def test_every_pair_is_one_arrow(size: int, pairs: set[tuple[int, int]]) -> None:
    members = [f"person:{n}" for n in range(size)]
    told = {(f"person:{a}", f"person:{b}") for a, b in pairs}
    drawn = draw_ring(members, {}, told)
    shown = {*members[:MOST_DRAWN]}
    apart = {frozenset(pair) for pair in told if {*pair} <= shown and pair[0] != pair[1]}
    assert len(drawn.arrows) == len(apart)
    assert sum(arrow.is_mutual for arrow in drawn.arrows) == sum(
        tuple(sorted(pair)) in told and tuple(sorted(pair, reverse=True)) in told for pair in apart
    )
    assert drawn.left_out == max(0, size - MOST_DRAWN)


@pytest.mark.parametrize("size", [2, 3, 6, 7, 22, 24])
def test_members_stand_apart_and_inside(size: int) -> None:
    members = [f"org:{n}" for n in range(size)]
    drawn = draw_ring(members, dict.fromkeys(members, "凤翔区样本农机专业合作社"), [])
    for one in drawn.members:
        assert one.name == "凤翔区样本农机…" and one.is_firm
        assert 60 <= one.x <= drawn.width - 60 and 12 <= one.y <= drawn.height - 30
    for one, other in combinations(drawn.members, 2):
        assert math.hypot(one.x - other.x, one.y - other.y) > 30, (one, other)
