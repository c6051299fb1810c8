"""The neighbourhood of a party as an SVG drawn on the server: no script, prints well.

The party stands in the middle, neighbours on rings by distance.  The same ties stand in a table
beside the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.pages.wording import LABELS

if TYPE_CHECKING:
    from api.workbench import PartyFile

__all__ = ["Dot", "Line", "Picture", "draw"]

_LIMIT = 24
_WIDTH, _HEIGHT = 720, 420


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
    """A tie in the picture; `term` stands at its middle."""

    a: Dot
    b: Dot
    term: str
    certain: bool


@dataclass(frozen=True)
class Picture:
    """All that is drawn, and how many parties are left out."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    left_out: int


def draw(file: PartyFile) -> Picture:
    """Lay the neighbourhood out on an ellipse around the party."""
    ties = file.answers["neighbourhood"].rows
    names = {file.key: file.name}
    for tie in ties:
        names |= {tie["from_key"]: tie["from_name"], tie["to_key"]: tie["to_name"]}
    others = [key for key in names if key != file.key]
    shown = others[:_LIMIT]
    middle = Dot(_WIDTH / 2, _HEIGHT / 2, file.name or "（未具名）", file.key, _kind(file.key))
    dots = {file.key: middle}
    for place, key in enumerate(shown):
        angle = 2 * math.pi * place / max(len(shown), 1) - math.pi / 2
        # two staggered rings, so that the names of many neighbours do not run into each other
        reach = 1.0 if len(shown) <= 10 or place % 2 else 0.66
        dots[key] = Dot(
            round(_WIDTH / 2 + reach * 290 * math.cos(angle), 1),
            round(_HEIGHT / 2 + reach * 170 * math.sin(angle), 1),
            names[key] or "（未具名）",
            key,
            _kind(key),
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
    lines = tuple(
        Line(dots[a], dots[b], "、".join(words), certain[a, b]) for (a, b), words in terms.items()
    )
    return Picture(_WIDTH, _HEIGHT, tuple(dots.values()), lines, len(others) - len(shown))


def _kind(key: str) -> str:
    return key.split(":", 1)[0]
