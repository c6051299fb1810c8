"""How widely tests look: `--quick` in few places, a landing in some, `--sweeps` everywhere.

A sweep asks of every role, page, instant of death or seed what a landing asks of some of them.  A
whole test that only does more of what another does is marked `sweep` itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from typing import TypeVar

import pytest

__all__ = ["Breadth", "at_landing", "examples", "look", "some"]

_Item = TypeVar("_Item")
_FEWEST = 10


class Breadth(Enum):
    """Of how many one is tried."""

    QUICK = 8
    LANDING = 4
    SWEEP = 1


_breadth = Breadth.LANDING


def look(breadth: Breadth) -> None:
    """Say how widely, before tests are collected."""
    global _breadth
    _breadth = breadth


def examples(count: int) -> int:
    """How many of the random examples of a property are tried now."""
    return max(count // _breadth.value, min(count, _FEWEST))


def some(items: Sequence[_Item]) -> Sequence[_Item]:
    """Which of many are tried now; the first always is."""
    return items[:: _breadth.value]


def at_landing(tried: Collection[_Item], items: Iterable[_Item]) -> list[object]:
    """Parameters of a test: those `tried` at every landing, and the other items in a sweep."""
    return [
        one
        if one in tried
        else pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.sweep)
        for one in items
    ]
