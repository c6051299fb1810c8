"""Every way into the service: method and template of each route, forms and pages included."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute

__all__ = ["every_route", "routes_of"]


def every_route(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path template of each route."""
    return [(method, found.path) for found in routes_of(app) for method in sorted(found.methods)]


def routes_of(app: FastAPI) -> list[APIRoute]:
    """The routes themselves."""
    return [found for route in app.router.routes for found in _routes(route)]


def _routes(route: object) -> list[APIRoute]:
    if isinstance(route, APIRoute):
        return [route]
    found = getattr(route, "original_router", None)
    return [one for inner in found.routes for one in _routes(inner)] if found else []
