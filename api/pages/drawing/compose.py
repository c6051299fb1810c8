"""From places in cells to a picture in pixels: cells as wide as the longest name, lines from rim to rim,
and words on lines where they cover nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from api.pages.drawing.letters import CAPTION, LABEL, LINE, wide
from api.pages.drawing.room import Room
from api.pages.drawing.shape import (
    Box,
    Caption,
    Cluster,
    Dot,
    Drawing,
    Edge,
    Line,
    Node,
    Place,
)

__all__ = ["RADIUS", "compose"]

#: Of a dot; lines end a little outside of it.
RADIUS, _RIM = 13, 17
#: Between names of neighbours, and around the whole.
_GAP_X, _GAP_Y, _EDGE = 16, 22, 24
_NARROWEST = 84
#: Among so few there is room for the words on lines between neighbours, and for lines to be told apart.
_FEW, _AIR, _WIDEST_AIR = 40, 28, 150
#: How far a line is bent aside, of its length, until it passes no dot.
_BENDS = (0.0, 0.12, -0.12, 0.24, -0.24, 0.4, -0.4)
_BACK = 0.14
#: A line stays so far from the left and upper edge; to the right and below the picture grows with it.
_INSIDE = 6
#: Where on a line its words are tried, from its beginning to its end.
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
_STEPS = np.linspace(0.08, 0.92, 15)


def compose(
    nodes: Sequence[Node],
    places: Mapping[str, Place],
    edges: Sequence[Edge],
    clusters: Sequence[tuple[Place, float, str]] = (),
) -> Drawing:
    """The picture.

    Args:
        places: of every node, in cells; two differ by one across or up.
        edges: between nodes that have a place.
        clusters: middle and reach in cells of those who belong together, and what it says.
    """
    across, up = _cell(nodes, edges)
    tops = [place.y - 0.5 for place in places.values()]
    tops += [middle.y - reach - 0.4 for middle, reach, _ in clusters]
    lefts = [place.x - 0.5 for place in places.values()]
    lefts += [middle.x - reach for middle, reach, _ in clusters]
    left, top = min(lefts, default=0.0), min(tops, default=0.0)

    def x(place: float) -> float:
        return round(_EDGE + (place - left) * across, 1)

    def y(place: float) -> float:
        # the dot stands in the upper part of its cell, its name below
        return round(_EDGE + (place - top - 0.5) * up + _RIM, 1)

    dots = {node.key: _dot(node, x(places[node.key].x), y(places[node.key].y)) for node in nodes}
    room = Room()
    for dot in dots.values():
        room.take(dot.label)
        room.take(Box(dot.x - _RIM, dot.y - _RIM, dot.x + _RIM, dot.y + _RIM))
    grounds = []
    for middle, reach, named in clusters:
        ground = _cluster(x(middle.x), y(middle.y), reach * across, reach * up, named)
        room.take(ground.caption.box)
        grounds.append(ground)
    points = np.array([(dot.x, dot.y) for dot in dots.values()])
    drawn: list[Line] = []
    captions: list[Caption] = []
    unsaid = 0
    # the hull of a curve's control points, halved: it goes no further
    ends: list[tuple[float, float]] = []
    for edge in edges:
        curve = _curve(dots[edge.source], dots[edge.target], edge, points)
        drawn.append(Line(edge, _path(curve)))
        ends.append(((curve[0][0] + curve[1][0]) / 2, (curve[0][1] + curve[1][1]) / 2))
        ends.append(((curve[2][0] + curve[1][0]) / 2, (curve[2][1] + curve[1][1]) / 2))
        if not edge.caption:
            continue
        said = _said(edge, curve, room)
        if said is None:
            unsaid += 1
        else:
            captions.append(said)
    boxes = [dot.label for dot in dots.values()] + [one.box for one in captions]
    boxes += [one.caption.box for one in grounds]
    right = max((*(box.right for box in boxes), *(one.x + one.across for one in grounds),
                 *(x for x, _ in ends)), default=0.0)  # fmt: skip
    bottom = max((*(box.bottom for box in boxes), *(one.y + one.up for one in grounds),
                  *(y for _, y in ends)), default=0.0)  # fmt: skip
    return Drawing(
        math.ceil(right + _EDGE),
        math.ceil(bottom + _EDGE),
        tuple(dots.values()),
        tuple(drawn),
        tuple(captions),
        tuple(grounds),
        unsaid,
    )


def _cell(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[float, float]:
    """Width and height of a cell: of the widest and of the longest name."""
    label = max((wide(line, LABEL) for node in nodes for line in node.lines), default=0.0)
    across = max(_NARROWEST, label + _GAP_X)
    lines = max((len(node.lines) for node in nodes), default=1)
    up = 2 * _RIM + lines * LINE + _GAP_Y
    if len(nodes) > _FEW:
        return across, up
    caption = max((wide(edge.caption, CAPTION) for edge in edges), default=0.0)
    return max(across, min(caption + _GAP_X, _WIDEST_AIR)), up + _AIR


def _dot(node: Node, x: float, y: float) -> Dot:
    half = max((wide(line, LABEL) for line in node.lines), default=0.0) / 2
    top = y + _RIM
    return Dot(node, x, y, Box(x - half, top, x + half, top + LINE * len(node.lines) + 2))


def _cluster(x: float, y: float, across: float, up: float, said: str) -> Cluster:
    half = wide(said, CAPTION) / 2
    base = y - up - 4
    box = Box(x - half, base - CAPTION, x + half, base + 3)
    # the names hang below their dots: so does the ground
    return Cluster(x, y + 8, across, up, Caption(said, x, base, box))


Curve = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


def _curve(a: Dot, b: Dot, edge: Edge, points: NDArray[np.float64]) -> Curve:
    """From rim to rim, bent until it passes over no dot; a line back is bent to the other side by
    itself, as its direction is the other."""
    bends = (_BACK, *(bend for bend in _BENDS if bend > _BACK)) if edge.bends else _BENDS
    others = points[
        (np.abs(points - (a.x, a.y)).sum(1) > 1) & (np.abs(points - (b.x, b.y)).sum(1) > 1)
    ]
    curve = _bent(a, b, bends[0])
    if not len(others):
        return curve
    for bend in bends:
        tried = _bent(a, b, bend)
        (x0, y0), (x1, y1), (x2, y2) = tried
        along = np.stack(
            [
                (1 - _STEPS) ** 2 * x0 + 2 * (1 - _STEPS) * _STEPS * x1 + _STEPS**2 * x2,
                (1 - _STEPS) ** 2 * y0 + 2 * (1 - _STEPS) * _STEPS * y1 + _STEPS**2 * y2,
            ],
            axis=1,
        )
        apart = np.sqrt(((along[:, None, :] - others[None, :, :]) ** 2).sum(2))
        if apart.min() > _RIM and along.min() > _INSIDE:
            return tried
    return curve


def _bent(a: Dot, b: Dot, bend: float) -> Curve:
    dx, dy = b.x - a.x, b.y - a.y
    middle = ((a.x + b.x) / 2 - dy * bend, (a.y + b.y) / 2 + dx * bend)
    return _towards(a, middle), middle, _towards(b, middle)


def _towards(dot: Dot, there: tuple[float, float]) -> tuple[float, float]:
    """The point on the rim of a dot on the way to another point."""
    length = math.hypot(there[0] - dot.x, there[1] - dot.y) or 1.0
    return (
        round(dot.x + (there[0] - dot.x) / length * _RIM, 1),
        round(dot.y + (there[1] - dot.y) / length * _RIM, 1),
    )


def _path(curve: Curve) -> str:
    (x0, y0), (x1, y1), (x2, y2) = curve
    if abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) < 1.0:
        return f"M{x0:g} {y0:g}L{x2:g} {y2:g}"
    return f"M{x0:g} {y0:g}Q{x1:.1f} {y1:.1f} {x2:g} {y2:g}"


def _said(edge: Edge, curve: Curve, room: Room) -> Caption | None:
    """The words of a line in the first place where they cover nothing, or None."""
    half = wide(edge.caption, CAPTION) / 2
    (x0, y0), (x1, y1), (x2, y2) = curve
    for t in _ALONG:
        x = (1 - t) ** 2 * x0 + 2 * (1 - t) * t * x1 + t**2 * x2
        y = (1 - t) ** 2 * y0 + 2 * (1 - t) * t * y1 + t**2 * y2
        box = Box(x - half, y - CAPTION / 2 - 2, x + half, y + CAPTION / 2 + 2)
        if box.left >= 4 and box.top >= 4 and room.is_free(box):
            room.take(box)
            return Caption(edge.caption, round(x, 1), round(y + 4, 1), box, edge.is_certain)
    return None
