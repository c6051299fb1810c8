"""A ring drawn on the server: every guarantee once, names inside the picture and apart."""

from __future__ import annotations

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
    picture = draw_ring(members, {}, told)
    edges = [line.edge for line in picture.drawn.lines]
    shown = {*members[:MOST_DRAWN]}
    apart = {frozenset(pair) for pair in told if {*pair} <= shown and pair[0] != pair[1]}
    assert len(edges) == len(apart)
    assert sum(edge.is_mutual for edge in edges) == sum(
        tuple(sorted(pair)) in told and tuple(sorted(pair, reverse=True)) in told for pair in apart
    )
    assert picture.left_out == max(0, size - MOST_DRAWN)


@pytest.mark.parametrize("size", [2, 3, 6, 7, 22, 24])
def test_members_stand_apart_and_inside(size: int) -> None:
    members = [f"org:{n}" for n in range(size)]
    drawn = draw_ring(members, dict.fromkeys(members, "凤翔区样本农机专业合作社"), []).drawn
    for one in drawn.dots:
        assert one.node.lines == ("样本农机…",) and one.node.shape == "org"
        assert one.label.left >= 0 and one.label.right <= drawn.width
        assert one.label.top >= 0 and one.label.bottom <= drawn.height
    for one, other in combinations(drawn.dots, 2):
        assert not one.label.overlaps(other.label), (one, other)
