"""Parties and ties as a picture drawn on the server: where everything stands, so that no names overlap.

A layout says places in cells, of which no two are nearer than one cell; `compose` makes cells as wide
as the longest name and finds room for the words on the lines.  Same input, same picture.
"""

from __future__ import annotations

from api.pages.drawing.circles import in_circles, ring_radius, round_a_ring
from api.pages.drawing.compose import compose
from api.pages.drawing.layers import Group, in_layers
from api.pages.drawing.names import short_names
from api.pages.drawing.shape import Box, Caption, Cluster, Dot, Drawing, Edge, Line, Node, Place

__all__ = [
    "Box",
    "Caption",
    "Cluster",
    "Dot",
    "Drawing",
    "Edge",
    "Group",
    "Line",
    "Node",
    "Place",
    "compose",
    "in_circles",
    "in_layers",
    "ring_radius",
    "round_a_ring",
    "short_names",
]
