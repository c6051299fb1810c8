"""Two hundred routes are described once: every service that a process of tests makes stands on the same.

FastAPI works out for each application anew what a route takes and answers, at the first request, and
so it does the description of the interface: seconds of processor time, for what is the same each time.
The tree of commands is made anew for each that is run, likewise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from fastapi import routing
from starlette.routing import Mount
from typer.main import get_command

from api import app

__all__ = ["described_once"]


@contextmanager
def described_once() -> Iterator[None]:
    """For a block, what was worked out for the first service is the next one's too."""
    with pytest.MonkeyPatch.context() as patch:
        _share_routes(patch)
        _share_descriptions(patch)
        patch.setattr("typer.testing._get_command", cache(get_command))
        yield


def _share_routes(patch: pytest.MonkeyPatch) -> None:
    """Of the rooms' own routers; an application that a test puts together has routes of its own."""
    included = routing._IncludedRouter
    work_out = included.effective_candidates
    # with the router, so that no other takes its place in memory
    known: dict[tuple[int, int], tuple[routing.APIRouter, list[Any]]] = {}

    def of(self: Any) -> list[Any]:
        router = self.original_router
        version = router._get_routes_version()
        if not isinstance(self.include_context.dependency_overrides_provider, app._Service):
            return work_out(self)
        if self._effective_candidates_version != version:
            place = id(router), version
            if place not in known:
                known[place] = router, work_out(self)
            self._effective_candidates = known[place][1]
            self._effective_candidates_version = version
        return list(self._effective_candidates)

    patch.setattr(included, "effective_candidates", of)


def _share_descriptions(patch: pytest.MonkeyPatch) -> None:
    describe = app._Service.openapi
    # with the routes, so that no others take their place in memory
    known: dict[tuple[bool, tuple[int | str, ...]], tuple[list[Any], dict[str, Any]]] = {}

    def of(self: app._Service) -> dict[str, Any]:
        if self.openapi_schema is None:
            # a route that a test adds is described as well
            routes = [*self.routes]
            place = self.state.asker is not None, tuple(map(_named, routes))
            if place not in known:
                known[place] = routes, deepcopy(describe(self))
            self.openapi_schema = deepcopy(known[place][1])
            self._openapi_routes_version = self.router._get_routes_version()
        return describe(self)

    patch.setattr(app._Service, "openapi", of)


def _named(route: Any) -> int | str:
    """The same in every service for what is of the rooms, and its own for what a test adds."""
    if isinstance(route, routing._IncludedRouter):
        return id(route.original_router)
    return str(route.path) if isinstance(route, Mount) else id(route)
