"""A guarantee ring as a picture: its members round circles, an arrow to whom each stands for.  The same
guarantees stand in a table beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.pages.drawing import Drawing, Edge, Node, compose, round_a_ring, short_names
from api.pages.drawing.letters import wrapped
from api.wording import who

__all__ = ["MOST_DRAWN", "RingPicture", "draw_ring"]

#: Members of a picture that can still be followed.
MOST_DRAWN = 24
_LONGEST = 8


@dataclass(frozen=True)
class RingPicture:
    """What is drawn, and how many members are not."""

    drawn: Drawing
    left_out: int


def draw_ring(
    members: Sequence[str],
    names: Mapping[str, str | None],
    pairs: Iterable[tuple[str, str]],
) -> RingPicture:
    """Members in their order round circles, and an arrow for each pair (guarantor, borrower), one for
    both ways."""
    shown = members[:MOST_DRAWN]
    whole = {key: who(names.get(key), key) for key in shown}
    short = short_names(whole, _LONGEST)
    nodes = [Node(key, wrapped(short[key], _LONGEST), whole[key]) for key in shown]
    told = {(a, b) for a, b in pairs if a in whole and b in whole and a != b}
    edges = [
        Edge(a, b, "", f"{whole[a]} 为 {whole[b]} 担保", "guarantees", is_mutual=(b, a) in told)
        for a, b in sorted(told)
        if (b, a) not in told or a < b
    ]
    return RingPicture(compose(nodes, round_a_ring(shown), edges), len(members) - len(shown))
