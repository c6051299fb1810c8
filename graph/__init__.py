"""What exists, and the only door to the stores.

import graph
settings = graph.Settings()
graph.catch_up(settings)
with graph.connect(settings) as connection:
    print(connection.server_version())
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.catch_up import catch_up
    from graph.connection import Graph, connect
    from graph.log import FactLog
    from graph.projection import project
    from graph.settings import Settings
    from graph.snapshot import Snapshot, take_snapshot

__all__ = [
    "FactLog",
    "Graph",
    "Settings",
    "Snapshot",
    "catch_up",
    "connect",
    "project",
    "take_snapshot",
]

_HOMES = {
    "FactLog": "graph.log",
    "Graph": "graph.connection",
    "Settings": "graph.settings",
    "Snapshot": "graph.snapshot",
    "catch_up": "graph.catch_up",
    "connect": "graph.connection",
    "project": "graph.projection",
    "take_snapshot": "graph.snapshot",
}


# Arrow looks here once, when it is first loaded.  Its own allocators keep for each thread what that
# thread freed, where nobody else can ask for it back: 100 to 300 bytes for every row of a large file.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def __getattr__(name: str) -> Any:
    # loaded on first use: the engine's child process imports this package and needs none of it
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(name)
