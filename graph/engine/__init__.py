"""The default engine: a real Neo4j Community with nothing installed but Python packages.

Java comes from the environment, the jars from Maven Central (pinned by hash), and the engine runs
in a child process of its own: a Java runtime inside this process could hang the whole service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.lazy import attribute_of

if TYPE_CHECKING:
    from graph.engine.archiving import archive_classes
    from graph.engine.aside import awaits_filling, last_set_aside, was_filled
    from graph.engine.bulk_import import importing_engine
    from graph.engine.examine import store_problem
    from graph.engine.home import store_exists
    from graph.engine.supervisor import (
        Endpoint,
        EngineStatus,
        begin_engine,
        delete_store,
        engine_status,
        ensure_engine,
        leave_engine,
        leave_started_engines,
        renew_store,
        stop_engine,
    )
    from graph.engine.users import used_by_others

__all__ = [
    "Endpoint",
    "EngineStatus",
    "archive_classes",
    "awaits_filling",
    "begin_engine",
    "delete_store",
    "engine_status",
    "ensure_engine",
    "importing_engine",
    "last_set_aside",
    "leave_engine",
    "leave_started_engines",
    "renew_store",
    "stop_engine",
    "store_exists",
    "store_problem",
    "used_by_others",
    "was_filled",
]

__getattr__ = attribute_of(__name__, __file__)
