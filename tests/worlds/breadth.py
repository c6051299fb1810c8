"""How widely tests look: everywhere with `--sweeps`, and in some places at every landing.

A sweep asks of every role, page, instant of death or seed what a landing asks of some of them.  A
whole test that only does more of what another does is marked `sweep` itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

import pytest

__all__ = ["at_landing", "examples", "look_everywhere", "some"]

_Item = TypeVar("_Item")
#: Of so many one is tried where it is not everywhere.
_ONE_OF = 8
_FEWEST = 10


_everywhere = False


def look_everywhere(everywhere: bool) -> None:
    """Say whether this is a sweep, before tests are collected."""
    global _everywhere
    _everywhere = everywhere


def examples(count: int) -> int:
    """How many of the random examples of a property are tried now."""
    return count if _everywhere else max(count // _ONE_OF, min(count, _FEWEST))


def some(items: Sequence[_Item]) -> Sequence[_Item]:
    """Which of many are tried now; the first always is."""
    return items if _everywhere else items[::_ONE_OF]


def at_landing(tried: Collection[_Item], items: Iterable[_Item]) -> list[object]:
    """Parameters of a test: those `tried` at every landing, and the other items in a sweep."""
    return [
        one
        if one in tried
        else pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.sweep)
        for one in items
    ]
