"""What a picture is made of: what is to be drawn, and what is drawn where."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Box", "Caption", "Cluster", "Dot", "Drawing", "Edge", "Line", "Node", "Place"]


@dataclass(frozen=True)
class Place:
    """Where a node stands, in cells; two are a cell apart, across or up."""

    x: float
    y: float


@dataclass(frozen=True)
class Node:
    """A party that is to be drawn.

    Attributes:
        lines: its name as it stands beneath it, and what else stands there.
        title: its whole name and what is to be known of it, for who points at it.
        mark: what its own record is (`queries.record_signal`): red, amber or empty.
        is_middle: whom the picture is about.
    """

    key: str
    lines: tuple[str, ...]
    title: str
    mark: str = ""
    is_middle: bool = False

    @property
    def shape(self) -> str:
        """person, household, org or other, by what its key begins with."""
        kind = self.key.split(":", 1)[0]
        return kind if kind in ("person", "household", "org") else "other"


@dataclass(frozen=True)
class Edge:
    """A line that is to be drawn from one party to another.

    Attributes:
        caption: what stands on it where there is room; empty: nothing.
        title: all that it says.
        group: of its ties (`queries.neighbourhood.GROUPS`), or `several`.
        is_mutual: the same both ways, drawn once.
        bends: it leaves room for the line back.
    """

    source: str
    target: str
    caption: str
    title: str
    group: str = "several"
    is_certain: bool = True
    is_mutual: bool = False
    bends: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle that letters take up."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether both share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True)
class Dot:
    """A node where it stands; `label` is the room of its name."""

    node: Node
    x: float
    y: float
    label: Box


@dataclass(frozen=True)
class Line:
    """An edge as a curve (`path` of SVG), from rim to rim."""

    edge: Edge
    path: str


@dataclass(frozen=True)
class Caption:
    """Words in the picture, their middle at (`x`, `y`) of the base line."""

    text: str
    x: float
    y: float
    box: Box
    is_certain: bool = True


@dataclass(frozen=True)
class Cluster:
    """A ground beneath those who belong together, with what it says."""

    x: float
    y: float
    across: float
    up: float
    caption: Caption


@dataclass(frozen=True)
class Drawing:
    """All that is drawn; `unsaid` lines found no room for their words."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    captions: tuple[Caption, ...]
    clusters: tuple[Cluster, ...] = ()
    unsaid: int = 0
