"""The neighbourhood of a party as an SVG drawn on the server: no script, prints well.

The party stands in the middle, neighbours on rings by distance.  The same ties stand in a table
beside the picture.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.wording import LABELS, who

if TYPE_CHECKING:
    from api.party_file import PartyFile

__all__ = ["Dot", "Line", "Picture", "draw"]

_LIMIT = 24
_WIDTH = 640
#: Neighbours that one ring holds without their names running into each other.
_ONE_RING = 8
_LONGEST = 11
#: Lines end at the edge of a dot, not under it.
_RADIUS = 17


@dataclass(frozen=True)
class Dot:
    """A party in the picture."""

    x: float
    y: float
    name: str
    key: str
    kind: str


@dataclass(frozen=True)
class Line:
    """A tie in the picture, from edge to edge; `term` stands at (`x`, `y`), nearer to the outside,
    where lines are further apart.  `mutual` is the same tie both ways, drawn once."""

    x1: float
    y1: float
    x2: float
    y2: float
    x: float
    y: float
    term: str
    certain: bool
    mutual: bool


@dataclass(frozen=True)
class Picture:
    """All that is drawn, and how many parties are left out.

    Attributes:
        unsaid: what every line without a word is; where many parties stand in a ring around one,
            the same word on every line would cover their names.
    """

    width: int
    height: int
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    left_out: int
    unsaid: str = ""


def draw(file: PartyFile) -> Picture:
    """Lay the neighbourhood out on one or two ellipses around the party."""
    ties = file.answers["neighbourhood"].rows
    names = {file.key: file.name}
    for tie in ties:
        names |= {tie["from_key"]: tie["from_name"], tie["to_key"]: tie["to_name"]}
    others = [key for key in names if key != file.key]
    shown = others[:_LIMIT]
    crowded = len(shown) > _ONE_RING
    height = 560 if crowded else 360
    # a second ring needs room for the names between the two
    across, up = _WIDTH / 2 - 75, height / 2 - 48
    dots = {file.key: _dot(file.key, file.name, _WIDTH / 2, height / 2 - 8)}
    for place, key in enumerate(shown):
        angle = 2 * math.pi * place / len(shown) - (0 if len(shown) == 2 else math.pi / 2)
        reach = 0.56 if crowded and place % 2 else 1.0
        dots[key] = _dot(
            key,
            names[key],
            _WIDTH / 2 + reach * across * math.cos(angle),
            height / 2 - 8 + reach * up * math.sin(angle),
        )
    terms: dict[tuple[str, str], list[str]] = {}
    certain: dict[tuple[str, str], bool] = {}
    for tie in ties:
        pair = (tie["from_key"], tie["to_key"])
        if pair[0] in dots and pair[1] in dots:
            term = LABELS[tie["kind"]]
            if term not in terms.setdefault(pair, []):
                terms[pair].append(term)
            certain[pair] = certain.get(pair, False) or tie["certainty"] >= 1
    middle = dots[file.key]
    unsaid = _commonest(terms.values()) if crowded else ""
    lines = []
    for (a, b), words in terms.items():
        back = terms.get((b, a))
        mutual = back == words and certain[a, b] == certain[b, a]
        if mutual and b < a:
            continue
        said = "、".join(words)
        term = "" if said == unsaid and not mutual else ("互相" if mutual else "") + said
        apart = back is not None and not mutual
        lines.append(
            _line(dots[a], dots[b], term, middle, certain=certain[a, b], mutual=mutual, apart=apart)
        )
    return Picture(
        _WIDTH, height, tuple(dots.values()), tuple(lines), len(others) - len(shown), unsaid
    )


def _commonest(terms: Iterable[list[str]]) -> str:
    return Counter("、".join(words) for words in terms).most_common(1)[0][0]


def _dot(key: str, name: str | None, x: float, y: float) -> Dot:
    told = who(name, key)
    short = told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"
    return Dot(round(x, 1), round(y, 1), short, key, key.split(":", 1)[0])


def _line(
    a: Dot, b: Dot, term: str, middle: Dot, *, certain: bool, mutual: bool, apart: bool
) -> Line:
    length = math.hypot(b.x - a.x, b.y - a.y) or 1.0
    along = ((b.x - a.x) / length, (b.y - a.y) / length)
    # the way back has a line and a word of its own beside the first
    side = 5.0 if apart else 0.0
    dx, dy = -along[1] * side, along[0] * side
    # the word stands nearer to the outer end, a little off where two words share the way
    part = (0.58 if a is middle else 0.42 if b is middle else 0.5) + (0.1 if apart else 0.0)
    return Line(
        round(a.x + along[0] * _RADIUS + dx, 1),
        round(a.y + along[1] * _RADIUS + dy, 1),
        round(b.x - along[0] * _RADIUS + dx, 1),
        round(b.y - along[1] * _RADIUS + dy, 1),
        round(a.x + (b.x - a.x) * part + dx, 1),
        round(a.y + (b.y - a.y) * part + dy + 4, 1),
        term,
        certain,
        mutual,
    )
