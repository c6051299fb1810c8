"""Rows from the top to the bottom: who holds over whom is held, who stands for others over whom.

What stands in a row is a group: one party, or a ring whose members stand round a circle of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.pages.drawing.circles import ring_radius, round_a_ring
from api.pages.drawing.shape import Place

__all__ = ["Group", "in_layers"]

#: A row that is wider goes on beneath, in cells.
_WIDEST = 12.0
#: From the rim of a group to its cell's, and between rows for lines and their words.
_RIM, _BETWEEN, _TITLE = 0.5, 0.55, 0.4


@dataclass(frozen=True)
class Group:
    """Those who stand together, and in which row."""

    members: tuple[str, ...]
    row: int

    @property
    def reach(self) -> float:
        """Half of its width and height."""
        return ring_radius(len(self.members)) + _RIM

    @property
    def over(self) -> float:
        """Room above its middle, with that for what a ring is called."""
        return self.reach + (_TITLE if len(self.members) > 1 else 0.0)


def in_layers(
    groups: Sequence[Group], ties: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Place], dict[int, Place]]:
    """Places of everybody, and the middle of each group by its number.

    Args:
        ties: whom each is tied to: in its row everybody stands near whom it is tied to above.
    """
    placed: dict[str, Place] = {}
    middles: dict[int, Place] = {}
    down = 0.0
    for row in sorted({one.row for one in groups}):
        numbers = [number for number, one in enumerate(groups) if one.row == row]
        numbers.sort(key=lambda n: (_near(groups[n], ties, placed), groups[n].members))
        for line in _lines(numbers, groups):
            width = sum(2 * groups[n].reach for n in line)
            over = max(groups[n].over for n in line)
            under = max(groups[n].reach for n in line)
            across = -width / 2
            for n in line:
                middle = Place(across + groups[n].reach, down + over)
                middles[n] = middle
                for key, at in round_a_ring(groups[n].members).items():
                    placed[key] = Place(middle.x + at.x, middle.y + at.y)
                across += 2 * groups[n].reach
            down += over + under + _BETWEEN
    return placed, middles


def _near(group: Group, ties: Mapping[str, Sequence[str]], placed: Mapping[str, Place]) -> float:
    across = [
        placed[other].x for one in group.members for other in ties.get(one, ()) if other in placed
    ]
    return sum(across) / len(across) if across else 0.0


def _lines(numbers: Sequence[int], groups: Sequence[Group]) -> list[list[int]]:
    """A row in as many lines as it needs."""
    lines: list[list[int]] = [[]]
    width = 0.0
    for n in numbers:
        needs = 2 * groups[n].reach
        if lines[-1] and width + needs > _WIDEST:
            lines.append([])
            width = 0.0
        lines[-1].append(n)
        width += needs
    return lines
