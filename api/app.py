"""The service: `create_app(settings)`; no work at import.

Until authentication lands it answers on loopback only (ADR 0008): `xinnong serve` binds there, and
requests for other host names, and those that other sites sent, are refused (`api.guard`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from api.admission import MOST_BODY, admitted
from api.carrying import Asking
from api.decision_jobs import DecisionJobs
from api.dependencies import permitted
from api.examples import add_examples
from api.guard import Guard
from api.headers import Forbidding
from api.needs import declaring, routes_of
from api.pages import router as pages
from api.problem_document import RESPONSES
from api.problems import add_handlers, defect, problem
from api.routes import routers
from api.security import Asker, local_asker
from api.services import Services
from api.trace import Traced
from graph.catch_up import catch_up
from graph.errors import XinnongError
from graph.operations import Runner
from graph.settings import Settings
from ingest.delivery.inbox import Inbox
from ingest.financing import carry_out as carry_out_financing
from ingest.repair import carry_out

__all__ = ["create_app"]


_BOUNDS = (
    ("ge", "minimum"), ("le", "maximum"), ("gt", "exclusiveMinimum"), ("lt", "exclusiveMaximum"),
)  # fmt: skip


class _Service(FastAPI):
    """The application with bounds described by their names in JSON Schema.

    Of a number that is read by a validator of ours (`api.admission.Whole`) pydantic describes the
    bounds as it spells them itself, which nobody else reads.
    """

    def openapi(self) -> dict[str, Any]:
        """The description of the interface, made once."""
        if self.openapi_schema is None:
            made = super().openapi()
            _name_bounds(made)
            add_examples(made)
        return super().openapi()


def _name_bounds(part: Any) -> None:
    for inner in part.values() if isinstance(part, dict) else part:
        if isinstance(inner, dict | list):
            _name_bounds(inner)
    if isinstance(part, dict) and part.get("type") in ("integer", "number"):
        for ours, theirs in _BOUNDS:
            if ours in part:
                part[theirs] = part.pop(ours)


def _carry_out(services: Services) -> None:
    """Carry out what a killed run left between an act and its batch."""
    # who acts next is told what is wrong; the service answers all the same
    with suppress(XinnongError):
        done = carry_out(services.settings, store=services.store)
        if done + carry_out_financing(services.settings, store=services.store):
            catch_up(services.settings)


def create_app(settings: Settings, *, answers_for: Asker | None = None) -> FastAPI:
    """Build the application; it connects when it starts.

    Args:
        answers_for: one for whom it answers without a login; by default whoever uses this machine.

    Raises `SettingsError` (`needs_undeclared`) for a route that does not say what it needs.
    """
    asker = answers_for or local_asker()
    every = (*routers(), pages)
    declaring(every)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.services = Services(settings)
        _carry_out(app.state.services)
        app.state.services.warm(asker.scope)
        runner = Runner(app.state.services.store)
        app.state.inbox = Inbox(settings, runner)
        app.state.jobs = DecisionJobs(app.state.services, runner, asker.scope)
        try:
            runner.start()
            yield
        finally:
            runner.close()
            app.state.inbox.close()
            app.state.services.close()

    app = _Service(
        title="信农 Xinnong",
        summary="农村与企业信用知识图谱 / the rural and enterprise credit graph",
        version=version("xinnong"),
        openapi_url="/v1/openapi.json",
        # the stock documentation pages load their scripts from elsewhere
        docs_url=None,
        redoc_url=None,
        responses=RESPONSES,
        dependencies=[Depends(admitted), Depends(permitted)],
        max_body_size=MOST_BODY,
        lifespan=lifespan,
    )
    app.state.asker = asker
    # the last one added is the outermost
    app.add_middleware(Asking, routes=routes_of(every))
    app.add_middleware(Guard, refuse=problem)
    app.add_middleware(Traced, defect=defect, who=asker.scope.name)
    app.add_middleware(Forbidding)
    static = Path(__file__).parent / "pages" / "static"
    app.mount("/static", StaticFiles(directory=static), name="static")
    for router in every:
        app.include_router(router)
    add_handlers(app)
    return app
