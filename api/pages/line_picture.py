"""A figure over months as a line, drawn on the server: the same numbers stand in the table below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Line", "draw_line"]

_WIDTH, _HEIGHT, _EDGE = 240, 56, 5


@dataclass(frozen=True)
class Line:
    """What is drawn, in units of the picture.

    Attributes:
        parts: points of the line as SVG takes them; where a month has no figure it breaks.
        dots: of months that stand alone, and of the last one.
        zero: height of nothing, where it is in the picture.
    """

    width: int
    height: int
    parts: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    zero: float | None


def draw_line(values: Sequence[float | None], *, most: float = 0.0) -> Line:
    """The values from left to right, oldest first; the scale begins at nothing, so that a small
    change looks small, and ends at `most` at least (1 for a share)."""
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max([most, *known])
    step = (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)

    def at(place: int, value: float) -> tuple[float, float]:
        share = (value - low) / (high - low) if high > low else 0.0
        return round(_EDGE + place * step, 1), round(
            _HEIGHT - _EDGE - share * (_HEIGHT - 2 * _EDGE), 1
        )

    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(at(place, value))
    drawn = [run for run in runs if run]
    alone = [run[0] for run in drawn if len(run) == 1]
    last = drawn[-1][-1:] if drawn and values[-1] is not None else []
    return Line(
        _WIDTH,
        _HEIGHT,
        tuple(" ".join(f"{x},{y}" for x, y in run) for run in drawn if len(run) > 1),
        tuple(dict.fromkeys([*alone, *last])),
        at(0, 0.0)[1] if known else None,
    )
