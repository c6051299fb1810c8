"""Which room of a picture is taken; looked up by squares, so that hundreds of words cost little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from api.pages.drawing.shape import Box

__all__ = ["Room"]

_SQUARE = 64


class Room:
    """Boxes that letters and dots take up."""

    def __init__(self) -> None:
        self._taken: dict[tuple[int, int], list[Box]] = defaultdict(list)

    def take(self, box: Box) -> None:
        """Nothing else is to stand here."""
        for square in _squares(box):
            self._taken[square].append(box)

    def is_free(self, box: Box) -> bool:
        """Whether nothing stands here."""
        return not any(
            box.overlaps(other) for square in _squares(box) for other in self._taken.get(square, ())
        )


def _squares(box: Box) -> Iterator[tuple[int, int]]:
    for across in range(int(box.left // _SQUARE), int(box.right // _SQUARE) + 1):
        for up in range(int(box.top // _SQUARE), int(box.bottom // _SQUARE) + 1):
            yield across, up
