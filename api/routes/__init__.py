"""`/v1`: the same functions as the commands, as JSON.  Searches are POST: no identity in a URL.

A new group of routes is one module here that has a `router`, and no edit elsewhere.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter

__all__ = ["routers"]


def routers() -> Iterator[APIRouter]:
    """The router of every module of this package, in the order of their names."""
    for found in sorted(item.name for item in pkgutil.iter_modules(__path__)):
        yield importlib.import_module(f"{__name__}.{found}").router
