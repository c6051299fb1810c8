"""Before and after as bars, drawn on the server: the same numbers stand in the table beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Bars", "Pair", "draw_bars"]

#: How many pairs are drawn; the table holds them all.
MOST_DRAWN = 12
_NAME, _BAR, _WORDS, _ROW, _HIGH = 170, 420, 150, 44, 14
_LONGEST = 11


@dataclass(frozen=True)
class Pair:
    """What a name was, and what it would be; `most` where that is a range."""

    name: str
    was: float
    then: float
    most: float | None
    said_was: str
    said_then: str


@dataclass(frozen=True)
class Bar:
    """A pair as it is drawn: lengths in units of the picture."""

    y: int
    name: str
    was: float
    then: float
    most: float
    said_was: str
    said_then: str


@dataclass(frozen=True)
class Bars:
    """All that is drawn, and how many are not."""

    width: int
    height: int
    left: int
    high: int
    bars: tuple[Bar, ...]
    left_out: int


def draw_bars(pairs: Iterable[Pair]) -> Bars:
    """Two bars for each of the first pairs, on one scale."""
    every = list(pairs)
    shown = every[:MOST_DRAWN]
    most = max((max(p.was, p.then, p.most or 0) for p in shown), default=0.0) or 1.0

    def long(value: float) -> float:
        return round(max(value, 0.0) / most * _BAR, 1)

    bars = tuple(
        Bar(place * _ROW + 4, _short(p.name), long(p.was), long(p.then), long(p.most or 0),
            p.said_was, p.said_then)
        for place, p in enumerate(shown)
    )  # fmt: skip
    height = len(bars) * _ROW + 4
    return Bars(_NAME + _BAR + _WORDS, height, _NAME, _HIGH, bars, len(every) - len(shown))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
