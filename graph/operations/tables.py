"""All tables of the operations store, for who goes through each: of erasing, of how long things are kept."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from sqlalchemy import MetaData

import graph.operations
from graph.operations.store import Row

__all__ = ["every_table"]

#: How tables came to be what they are: no table is declared there.
_PAST = f"{graph.operations.__name__}.migrations"


@cache
def every_table() -> MetaData:
    """What is declared anywhere in the package: one that no module imported yet would be missed."""
    for found in walk_packages(graph.operations.__path__, f"{graph.operations.__name__}."):
        if not found.name.startswith(_PAST):
            import_module(found.name)
    return Row.metadata
