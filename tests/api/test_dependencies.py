"""What a route is handed costs a thread only where it waits for a store."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from routes import routes_of

from api.app import create_app
from graph.settings import Settings

#: Plain functions, for which the framework changes threads and back: each reads a store.
WAITING = {"reader", "reader_of_now", "scope", "jobs", "_subject"}


def test_only_what_waits_for_a_store_costs_a_thread(tmp_path: Path) -> None:
    routes = routes_of(create_app(Settings(data=tmp_path)))
    handed = {call for route in routes for call in _handed(route.dependant)}
    plain = {getattr(call, "__name__", repr(call)) for call in handed if not _is_coroutine(call)}
    assert plain == WAITING
    assert len(handed) > len(plain)


def _handed(of: Any) -> Iterator[Any]:
    for part in of.dependencies:
        yield part.call
        yield from _handed(part)


def _is_coroutine(call: Any) -> bool:
    told = call if inspect.isfunction(call) else call.__call__
    return inspect.iscoroutinefunction(told)
