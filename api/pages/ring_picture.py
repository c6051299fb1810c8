"""A guarantee ring as an SVG drawn on the server: its members in a circle, an arrow to whom each
stands for.  The same guarantees stand in a table beside the picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.wording import who

__all__ = ["Arrow", "Member", "RingPicture", "draw_ring"]

#: Members that a circle holds without their names covering one another.
MOST_DRAWN = 24
_WIDTH, _HEIGHT, _SMALL = 640, 520, 340
_RADIUS, _LONGEST = 17, 8


@dataclass(frozen=True)
class Member:
    """A party of the ring, and where its name stands."""

    x: float
    y: float
    name: str
    key: str
    is_firm: bool


@dataclass(frozen=True)
class Arrow:
    """From a guarantor to whom it stands for, from edge to edge; `is_mutual`: both ways, once."""

    x1: float
    y1: float
    x2: float
    y2: float
    is_mutual: bool


@dataclass(frozen=True)
class RingPicture:
    """All that is drawn, and how many members are not."""

    width: int
    height: int
    members: tuple[Member, ...]
    arrows: tuple[Arrow, ...]
    left_out: int


def draw_ring(
    members: Sequence[str],
    names: Mapping[str, str | None],
    pairs: Iterable[tuple[str, str]],
) -> RingPicture:
    """Members in their order round a circle, and an arrow for each pair (guarantor, borrower)."""
    shown = members[:MOST_DRAWN]
    height = _HEIGHT if len(shown) > 6 else _SMALL
    across, up = _WIDTH / 2 - 80, height / 2 - 50
    drawn = {
        key: _member(
            key,
            names.get(key),
            _WIDTH / 2 + across * math.sin(2 * math.pi * place / len(shown)),
            height / 2 - 10 - up * math.cos(2 * math.pi * place / len(shown)),
        )
        for place, key in enumerate(shown)
    }
    told = {(a, b) for a, b in pairs if a in drawn and b in drawn and a != b}
    arrows = tuple(
        _arrow(drawn[a], drawn[b], is_mutual=(b, a) in told)
        for a, b in sorted(told)
        if (b, a) not in told or a < b
    )
    left = len(members) - len(shown)
    return RingPicture(_WIDTH, height, tuple(drawn.values()), arrows, left)


def _member(key: str, name: str | None, x: float, y: float) -> Member:
    told = who(name, key)
    short = told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"
    return Member(round(x, 1), round(y, 1), short, key, key.startswith("org:"))


def _arrow(a: Member, b: Member, *, is_mutual: bool) -> Arrow:
    length = math.hypot(b.x - a.x, b.y - a.y) or 1.0
    dx, dy = (b.x - a.x) / length * _RADIUS, (b.y - a.y) / length * _RADIUS
    return Arrow(
        round(a.x + dx, 1), round(a.y + dy, 1), round(b.x - dx, 1), round(b.y - dy, 1), is_mutual
    )
