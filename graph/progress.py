"""How long work tells how far it is, to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Progress", "silent"]

#: Called with what is being done ("写入图"), how much of it is done, and of how much (None where
#: that is not known beforehand).  The same words with a larger count are the same piece of work.
Progress: TypeAlias = Callable[[str, int, int | None], None]


def silent(_what: str, _done: int, _total: int | None) -> None:
    """Show nothing."""
