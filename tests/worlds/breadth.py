"""How widely random tests look: `--quick` tries some of the examples, the whole run all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

__all__ = ["examples", "look_quickly", "some"]

_Item = TypeVar("_Item")
#: Of so many one is tried between two changes.
_ONE_OF = 8
_FEWEST = 10
_quick = False


def look_quickly(quick: bool) -> None:
    """Say which it is, before tests are collected."""
    global _quick
    _quick = quick


def examples(count: int) -> int:
    """How many of the random examples of a property are tried now."""
    return max(count // _ONE_OF, min(count, _FEWEST)) if _quick else count


def some(items: Sequence[_Item]) -> Sequence[_Item]:
    """Which of the seeds of a random test are tried now; the first always is."""
    return items[::_ONE_OF] if _quick else items
