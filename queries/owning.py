"""Whom a fact is about, and by which ties parties own things: a thing stands for its owners."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from graph.schema import SCHEMA
from graph.vocabulary import End, Node

__all__ = ["Owning", "Subject", "owning", "owning_kinds", "subjects"]


class Subject(NamedTuple):
    """Where a fact says whom it is about: a column, and the label under which its keys are unique."""

    column: str
    label: str


class Owning(NamedTuple):
    """A kind of tie that makes a party the owner of a thing, and the columns of both."""

    kind: str
    party: str
    thing: str


@cache
def subjects(kind: str) -> tuple[Subject, ...]:
    """Whom facts of a kind are about; a thing stands for its owners."""
    declared = SCHEMA.kind(kind)
    if isinstance(declared, Node):
        return (Subject("key", SCHEMA.superlabel(declared)),)
    return tuple(
        Subject(_COLUMNS[end], SCHEMA.common_label(_ends(kind, end)))
        for end in SCHEMA.about(declared)
    )


@cache
def owning(label: str) -> tuple[Owning, ...]:
    """The ties by which parties own things under a label."""
    other: Mapping[End, End] = {"source": "target", "target": "source"}
    return tuple(
        Owning(tie.kind, _COLUMNS[end], _COLUMNS[other[end]])
        for tie in SCHEMA.relationships.values()
        for end in SCHEMA.party_ends(tie)
        if SCHEMA.about(tie) == (end,)
        and SCHEMA.common_label(_ends(tie.kind, other[end])) == label != "Party"
    )


@cache
def owning_kinds() -> tuple[str, ...]:
    """Every kind of tie that makes a party the owner of a thing."""
    labels = SCHEMA.superlabels - {"Party", "Division"}
    return tuple(sorted({tie.kind for label in labels for tie in owning(label)}))


_COLUMNS: Mapping[End, str] = {"source": "from_key", "target": "to_key"}


def _ends(kind: str, end: End) -> tuple[str, ...]:
    tie = SCHEMA.relationships[kind]
    return tie.sources if end == "source" else tie.targets
