"""The service as it is served over an empty store, without an engine: for who asks with a token."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from fastapi import FastAPI, Request

from api.acts import Act
from api.app import create_app
from api.audit_writer import TrailWriter
from api.dependencies import asker_of
from api.needs import needs
from api.security import local_asker
from graph.operations import OfficeBooks, OperationsStore
from graph.settings import Settings

__all__ = ["served"]


def served(folder: Path, **more: object) -> FastAPI:
    """The app, with two routes that say who asks."""
    settings = Settings(data=folder, **more)
    store = OperationsStore(settings)
    app = create_app(settings, answers_for=local_asker())
    app.state.services = SimpleNamespace(
        institution_names=dict,
        settings=settings,
        store=store,
        office=OfficeBooks(settings, store),
        trail=TrailWriter(store),
    )

    def told(request: Request) -> dict[str, object]:
        who = asker_of(request)
        return {
            "id": who.id,
            "name": who.name,
            "role": who.role.value,
            "acts": sorted(who.acts),
            "institution": who.scope.institution,
            "purpose": who.scope.purpose,
            "divisions": who.scope.divisions,
            "open": who.scope.open_classes and sorted(who.scope.open_classes),
        }

    for path, act in (
        ("/v1/who", Act.ASK),
        ("/v1/who/decides", Act.DECIDE),
        ("/v1/who/keeps", Act.KEEP),
    ):

        @needs(act)
        def route(request: Request) -> dict[str, object]:
            return told(request)

        app.add_api_route(path, route, name=path)
    return app
