"""A way of distress as a small SVG drawn on the server: from who has the record to the party.

One row, read from left to right; on a narrow screen it is scrolled.  The sentence beside it says the
same in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.wording import who

if TYPE_CHECKING:
    from queries.risk.answer import Path

__all__ = ["Station", "WayPicture", "draw_way"]

#: Pixels from one station to the next, and from the edge to the first.
_STEP, _EDGE = 150, 62
_LONGEST, _LONGEST_TIE = 8, 9


@dataclass(frozen=True)
class Station:
    """A party on the way, and by which tie it is reached from the one before; the first by none."""

    x: int
    name: str
    key: str
    kind: str
    tie: str


@dataclass(frozen=True)
class WayPicture:
    """All that is drawn."""

    width: int
    stations: tuple[Station, ...]


def draw_way(path: Path, key: str, name: str | None) -> WayPicture:
    """The picture of one way that ends at a party."""
    parties = [(hop.party, hop.name) for hop in path.hops] + [(key, name)]
    ties = ["", *("、".join(dict.fromkeys(tie.term for tie in hop.ties)) for hop in path.hops)]
    stations = tuple(
        Station(
            _EDGE + place * _STEP,
            _short(who(called, party), _LONGEST),
            party,
            party.split(":", 1)[0],
            _short(tie, _LONGEST_TIE),
        )
        for place, ((party, called), tie) in enumerate(zip(parties, ties, strict=True))
    )
    return WayPicture(2 * _EDGE + _STEP * (len(stations) - 1), stations)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
