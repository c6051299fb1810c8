"""Where the pages stand: every page module says its own entries, and the frame gathers them.

A page is one module here with `router` and, where people reach it by itself, `ENTRIES`; it makes no
edit elsewhere.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Literal, TypeAlias, get_args

from api.acts import Act

__all__ = ["Desk", "Entry", "entry_of", "navigation", "page_modules"]

#: Whose work a page is: lending, the credit office, a department that sends data, the house itself.
Desk: TypeAlias = Literal["信贷", "信用办", "部门", "管理"]


@dataclass(frozen=True)
class Entry:
    """A page that stands for itself.

    Attributes:
        order: among the pages of its desk, in the order of an officer's day.
        about: one line for the start page; empty: it has no card there.
        act: what is done there, where opening it tells less.
    """

    desk: Desk
    order: int
    path: str
    title: str
    about: str = ""
    act: Act | None = None


def page_modules() -> Iterator[ModuleType]:
    """Every module of this package that answers requests, in the order of their names."""
    import api.pages as here

    for name in sorted(item.name for item in pkgutil.iter_modules(here.__path__)):
        found = importlib.import_module(f"{here.__name__}.{name}")
        if hasattr(found, "router"):
            yield found


@cache
def navigation() -> dict[Desk, list[Entry]]:
    """Entries by desk."""
    every = [entry for found in page_modules() for entry in getattr(found, "ENTRIES", ())]
    every.sort(key=lambda entry: (entry.order, entry.path))
    return {desk: [entry for entry in every if entry.desk == desk] for desk in get_args(Desk)}


def entry_of(path: str) -> Entry | None:
    """The entry of a page by its address; None for one that is reached through another."""
    every = (entry for entries in navigation().values() for entry in entries)
    return next((entry for entry in every if entry.path == path), None)
