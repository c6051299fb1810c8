"""An office with people in it and no engine: the app as it is served, and who is logged in at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from patient import Patient
from starlette.testclient import TestClient

from api.app import create_app
from api.decision_jobs import DecisionJobs
from api.screening_jobs import ScreeningJobs
from api.security.people import add_person, link_for
from api.security.role import Role
from api.services import Services
from graph.errors import GraphUnavailableError
from graph.operations import OperationsStore, Runner
from graph.settings import Settings
from graph.time import utc_now
from ingest.delivery.inbox import Inbox

__all__ = ["INSTITUTION", "PEOPLE", "Staffed", "staffed"]

INSTITUTION = "institution:C1402610305001"
#: One of each role of people.
PEOPLE = {
    Role.LOAN_OFFICER: "李信贷",
    Role.MANAGER: "马主管",
    Role.CREDIT_OFFICE: "王科员",
    Role.CLERK: "周经办",
    Role.INSPECTOR: "郑检查",
    Role.AUDITOR: "孙审计",
    Role.ADMINISTRATOR: "钱管理",
}


@dataclass(frozen=True)
class Staffed:
    """The app, its store, and browsers at it."""

    app: FastAPI
    store: OperationsStore
    services: Services

    def browser(self) -> TestClient:
        """A browser that nobody is logged in at; it does not follow where it is led."""
        return Patient(
            self.app, "http://127.0.0.1", follow_redirects=False, raise_server_exceptions=False
        )

    def enter(self, role: Role, *, name: str = "", department: str = "农业农村局") -> str:
        """Enter somebody of a role, who needs no password; returns the name of their log-in."""
        login = name or role.value.replace("_", "-")
        add_person(
            self.store, name=login, display_name=name or PEOPLE[role], role=role,
            institution=INSTITUTION, department=department if role is Role.CLERK else "",
            by="某人", at=utc_now(), must_change=False,
        )  # fmt: skip
        return login

    def inside(self, login: str) -> TestClient:
        """A browser at which they logged in by a link."""
        opened = self.browser()
        path = link_for(self.store, login, by="某人", at=utc_now())
        assert opened.post(path).status_code == 303
        return opened


@cache
def _app() -> FastAPI:
    """Two hundred routes are described once; what they stand on is put under them anew."""
    return create_app(Settings(data=Path("nowhere")))


class _NoGraph:
    """In the place of the graph: whoever asks it is told that it is not there."""

    def close(self) -> None:
        pass

    def __getattr__(self, name: str) -> None:
        raise GraphUnavailableError("没有图数据库。", "There is no graph here.")


@contextmanager
def staffed(folder: Path) -> Iterator[Staffed]:
    """The app over an empty data folder, without a graph."""
    settings = Settings(data=folder)
    with Services(settings, reads_graph=False) as services:
        # an engine takes longer to start than all of these tests take
        vars(services)["graph"] = _NoGraph()
        runner = Runner(services.store)
        app = _app()
        inbox = Inbox(settings, runner)
        put = {
            "services": services,
            "inbox": inbox,
            "jobs": DecisionJobs(services, runner),
            "screenings": ScreeningJobs(services, runner),
        }
        before = {name: getattr(app.state, name, None) for name in put}
        for name, value in put.items():
            setattr(app.state, name, value)
        try:
            yield Staffed(app, services.store, services)
        finally:
            for name, value in before.items():
                setattr(app.state, name, value)
            inbox.close()
