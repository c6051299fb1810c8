"""The default engine: a real Neo4j Community with nothing installed but Python packages.

Java comes from the environment, the jars from Maven Central (pinned by hash), and the engine runs
in a child process of its own: a Java runtime inside this process could hang the whole service.
"""

from __future__ import annotations

from graph.engine.bulk_import import import_store
from graph.engine.home import store_exists
from graph.engine.supervisor import (
    Endpoint,
    EngineStatus,
    engine_status,
    ensure_engine,
    stop_engine,
)

__all__ = [
    "Endpoint",
    "EngineStatus",
    "engine_status",
    "ensure_engine",
    "import_store",
    "stop_engine",
    "store_exists",
]
