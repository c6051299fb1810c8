"""The service: `create_app(settings)`; no work at import.

It answers on loopback only (ADR 0008): `xinnong serve` binds there, and requests for other host
names, and those that other sites sent, are refused (`api.guard`).  Who asks has logged in (ADR 0151).
"""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from pydantic.warnings import UnsupportedFieldAttributeWarning

from api.admission import MOST_BODY, admitted
from api.audit_trail import Audited
from api.carrying import Asking
from api.conditional import Tagged
from api.conventions import add_conventions
from api.daily_turn import DailyTurn
from api.decision_jobs import DecisionJobs
from api.dependencies import permitted
from api.deprecation import Deprecating, add_deprecations
from api.events.sender import Sender
from api.events.sending import Sending
from api.events.stream import Streams
from api.examples import add_examples
from api.figures import figures
from api.forwarded import Forwarded, hosts_of, networks_of
from api.guard import LOOPBACK, Guard
from api.headers import Forbidding
from api.interface import add_limits, add_security
from api.metrics import Measured, Metrics, exposed
from api.needs import declaring, routes_of
from api.pages import router as pages
from api.pages.english.speaking import Speaking
from api.problem_document import RESPONSES
from api.problems import add_handlers, defect, problem
from api.rate_limit import Limited
from api.rehearsal import Rehearsal
from api.routes import routers
from api.screening_jobs import ScreeningJobs
from api.security import Asker
from api.security.standing import asker_now
from api.services import Services
from api.spans import telemetry
from api.trace import NOBODY, Traced
from graph.catch_up import catch_up
from graph.errors import XinnongError
from graph.operations import Runner
from graph.settings import Settings
from graph.time import utc_now
from ingest.delivery.inbox import Inbox
from ingest.financing import carry_out as carry_out_financing
from ingest.repair import carry_out
from queries.scope import Scope

__all__ = ["create_app"]

# FastAPI keeps pydantic quiet about aliases for the moment that it takes, and of two threads that do so
# at a time one says it all the same, on the console of whoever runs the service
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)

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
            add_security(made, routes_of([self]), answers_for_somebody=self.state.asker is not None)
            add_conventions(made, routes_of([self]))
            add_deprecations(made, routes_of([self]))
            add_limits(made)
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


def _scope_of(services: Services, local: Asker | None) -> Callable[[str], Scope | None]:
    """What somebody sees now, by the identifier that was kept with what they subscribed for; None
    where they may ask no more."""

    def found(asker: str) -> Scope | None:
        is_local = local is not None and local.id == asker
        who = local if is_local else asker_now(asker, services.store)
        return None if who is None else services.consented(who, at=utc_now())

    return found


def create_app(settings: Settings, *, answers_for: Asker | None = None) -> FastAPI:
    """Build the application; it connects when it starts.

    Args:
        answers_for: one for whom it answers without a log-in; by default everybody has to log in.

    Raises `SettingsError` (`needs_undeclared`) for a route that does not say what it needs.
    """
    every = (*routers(), pages)
    declaring(every)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.services = Services(settings)
        _carry_out(app.state.services)
        if answers_for:
            app.state.services.warm(answers_for.scope)
        runner = Runner(app.state.services.store)
        app.state.inbox = Inbox(settings, runner)
        app.state.jobs = DecisionJobs(app.state.services, runner, answers_for)
        app.state.screenings = ScreeningJobs(app.state.services, runner, answers_for)
        app.state.streams = Streams(lambda: app.state.services.office)
        scope_of = _scope_of(app.state.services, answers_for)
        sender = Sender(Sending(app.state.services.office, scope_of))
        turns = DailyTurn(settings, app.state.services.store)
        metrics = app.state.metrics
        rehearsal = Rehearsal(app.state.services, is_answering=lambda: metrics.is_answering)
        app.state.metrics.read_from(lambda: figures(app.state.services.office, app.state.streams))
        try:
            runner.start()
            sender.start()
            turns.start()
            rehearsal.start()
            with exposed(app.state.metrics, settings.metrics_port):
                yield
        finally:
            rehearsal.close()
            turns.close()
            sender.close()
            runner.close()
            app.state.inbox.close()
            app.state.services.close()

    app = _Service(
        title="信农 Xinnong",
        summary="农村与企业信用知识图谱 / the rural and enterprise credit graph",
        version=version("xinnong"),
        openapi_url=None,
        # the stock documentation pages load their scripts from elsewhere
        docs_url=None,
        redoc_url=None,
        responses=RESPONSES,
        # who asks comes before what is asked
        dependencies=[Depends(permitted), Depends(admitted)],
        max_body_size=MOST_BODY,
        lifespan=lifespan,
        telemetry=telemetry(settings),
    )
    app.state.asker = answers_for
    app.state.metrics = Metrics()
    # the last one added is the outermost
    app.add_middleware(Limited)
    app.add_middleware(Audited, refuse=problem)
    # outside of the audit: what is had already was read all the same
    app.add_middleware(Tagged)
    app.add_middleware(Deprecating)
    app.add_middleware(Asking, routes=routes_of(every))
    app.add_middleware(Guard, refuse=problem, hosts=(*LOOPBACK, *hosts_of(settings.hosts)))
    app.add_middleware(Traced, defect=defect, who=answers_for.scope.name if answers_for else NOBODY)
    # what goes wrong is said in the language of whoever asks as well
    app.add_middleware(Speaking)
    app.add_middleware(Measured, metrics=app.state.metrics)
    app.add_middleware(Forwarded, proxies=networks_of(settings.trusted_proxies))
    app.add_middleware(Forbidding)
    static = Path(__file__).parent / "pages" / "static"
    app.mount("/static", StaticFiles(directory=static), name="static")
    for router in every:
        app.include_router(router)
    add_handlers(app)
    return app
