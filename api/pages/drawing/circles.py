"""Circles around a middle, so wide apart that no two cells overlap, by arithmetic and not by trying.

In cells, two boxes are apart when they differ by one across or up; that is so for any two points whose
distance is √2.  So circles stand √2 apart, and one of radius r holds as many as fit √2 apart on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from api.pages.drawing.shape import Place

__all__ = ["in_circles", "ring_radius", "round_a_ring"]

#: So many stand on one circle; more stand on several, one in the other.
_ONE_CIRCLE = 12

_APART = math.sqrt(2)
#: What rounding may take away.
_SPARE = 1e-6


def ring_radius(count: int) -> float:
    """Radius of the outermost circle of so many who belong together."""
    if count > _ONE_CIRCLE:
        return _filled([str(n) for n in range(count)], 1)[-1][1] * _APART + _SPARE
    return 0.0 if count < 2 else _APART / (2 * math.sin(math.pi / count)) + _SPARE


def round_a_ring(keys: Sequence[str]) -> dict[str, Place]:
    """Keys evenly on one circle around (0, 0), from the top on, many on several; two stand side by
    side."""
    if len(keys) > _ONE_CIRCLE:
        return {
            key: place
            for held, number in _filled(keys, 1)
            for key, place in _on_circle(held, number * _APART + _SPARE, -math.pi / 2).items()
        }
    turn = -math.pi if len(keys) == 2 else -math.pi / 2
    return _on_circle(keys, ring_radius(len(keys)), turn)


def _on_circle(keys: Sequence[str], radius: float, turn: float) -> dict[str, Place]:
    angles = [turn + 2 * math.pi * place / len(keys) for place in range(len(keys))]
    return {
        key: Place(radius * math.cos(angle), radius * math.sin(angle))
        for key, angle in zip(keys, angles, strict=True)
    }


def in_circles(
    middle: str, levels: Sequence[Sequence[str]], ties: Mapping[str, Sequence[str]]
) -> dict[str, Place]:
    """The middle at (0, 0), and each level on circles of its own, outside those of the one before.

    Args:
        levels: keys by distance, from the nearest on.
        ties: whom each is tied to: on its circles everybody stands near whom it is tied to within.
    """
    placed = {middle: Place(0.0, 0.0)}
    angles: dict[str, float] = {}
    circle = 0
    for level in levels:
        ordered = _by_angle(level, ties, angles)
        for keys, number in _filled(ordered, circle + 1):
            radius = number * _APART + _SPARE
            offset = -math.pi / 2 + (math.pi / len(keys) if number % 2 == 0 else 0.0)
            if len(keys) == 2:
                offset = 0.0
            for place, key in enumerate(keys):
                angle = offset + 2 * math.pi * place / len(keys)
                angles[key] = angle
                placed[key] = Place(radius * math.cos(angle), radius * math.sin(angle))
            circle = number
    return placed


def _holds(number: int) -> int:
    """How many stand apart on the circle of that number."""
    return math.floor(math.pi / math.asin(1 / (2 * number)) + _SPARE)


def _filled(keys: Sequence[str], first: int) -> list[tuple[list[str], int]]:
    """Keys on as few circles as hold them, from one on, each as full as the others; one after the
    other round each, so that neighbours in the order stay near."""
    numbers = [first]
    while sum(map(_holds, numbers)) < len(keys):
        numbers.append(numbers[-1] + 1)
    room = sum(map(_holds, numbers))
    shares = [min(_holds(number), len(keys) * _holds(number) // room) for number in numbers]
    for place in reversed(range(len(numbers))):
        more = min(_holds(numbers[place]) - shares[place], len(keys) - sum(shares))
        shares[place] += more
    # the order goes round all circles together: each takes its share of every part of it
    taken: list[list[str]] = [[] for _ in numbers]
    for at, key in enumerate(keys):
        lacking = [
            (shares[n] * (at + 1) / len(keys) - len(taken[n]), -n)
            for n in range(len(numbers))
            if len(taken[n]) < shares[n]
        ]
        taken[-max(lacking)[1]].append(key)
    return [(held, number) for held, number in zip(taken, numbers, strict=True) if held]


def _by_angle(
    level: Sequence[str], ties: Mapping[str, Sequence[str]], angles: Mapping[str, float]
) -> list[str]:
    given = {key: place for place, key in enumerate(level)}

    def where(key: str) -> tuple[float, int]:
        near = [angles[other] for other in ties.get(key, ()) if other in angles]
        if not near:
            return 0.0, given[key]
        across, down = sum(map(math.cos, near)), sum(map(math.sin, near))
        # from the top on, clockwise; rounded, so that the same middle is the same on every machine
        return round((math.atan2(down, across) + math.pi / 2) % (2 * math.pi), 6), given[key]

    return sorted(level, key=where)
