"""One small sample district for the tests of the service that write nothing but decisions."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from described_once import described_once
from fastapi import FastAPI
from filelock import FileLock
from leftovers import shared_folder
from patient import Patient
from starlette.testclient import TestClient

import ingest
from api.app import create_app
from api.rehearsal import Rehearsal
from api.security import Asker, local_asker
from graph.catch_up import catch_up
from graph.engine import ensure_engine, leave_engine
from graph.log import FactLog
from graph.settings import Settings
from ingest.sample import steps, write_district
from queries.scope import ADMINISTRATOR


class _Silent(Rehearsal):
    """Asks nothing."""

    def start(self) -> None:
        pass


@pytest.fixture(scope="session", autouse=True)
def asked_by_tests_only() -> Iterator[None]:
    """An app that starts asks the engine nothing by itself: a borrower's page is planned for twenty
    seconds, which whoever closes the app waits for, also where no test looks at such a page.

    That it does so otherwise is held to in `test_rehearsal`.
    """
    with pytest.MonkeyPatch.context() as patch:
        # by name: a test that mentions them is taken for one that needs an engine
        patch.setattr("api.services.Services.warm", lambda *_: None)
        patch.setattr("api.app.Rehearsal", _Silent)
        yield


@pytest.fixture(scope="session", autouse=True)
def routes_shared() -> Iterator[None]:
    """What the routes take and answer is worked out once, and not by each app anew."""
    with described_once():
        yield


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Asker], FastAPI]:
    """An application for each who asks, made once."""
    made: dict[str, FastAPI] = {}

    def of(asker: Asker) -> FastAPI:
        if asker.id not in made:
            settings = Settings(data=tmp_path_factory.mktemp("app"))
            made[asker.id] = create_app(settings, answers_for=asker)
        return made[asker.id]

    return of


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Processes of tests share its graph, with what the engine planned: whoever comes first makes it.

    What is kept beside it, decisions say, is each one's own.
    """
    made = Settings(
        data=shared_folder(tmp_path_factory.getbasetemp()) / "district", engine_heap_mb=512
    )
    own = Settings(data=tmp_path_factory.mktemp("district"), engine_heap_mb=512)
    with FileLock(made.data.with_suffix(".lock")):
        if not made.data.with_suffix(".made").exists():
            folder = made.data / "district"
            write_district(folder, persons=1_000)
            for source, path in steps(folder):
                ingest.ingest(source, [path], settings=made, into_graph=False)
            catch_up(made)
            made.data.with_suffix(".made").touch()
        shutil.copytree(
            made.data,
            own.data,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns(made.engine_dir.name),
        )
        own.engine_dir.symlink_to(made.engine_dir)
        # from here on it is not stopped by another
        ensure_engine(own)
    yield own
    leave_engine(own)


@pytest.fixture(scope="module")
def client(district: Settings) -> Iterator[TestClient]:
    """The app over the district; what pages wait for is reckoned."""
    app = create_app(district, answers_for=local_asker())
    with Patient(app, "http://127.0.0.1") as open_client:
        services = app.state.services
        assert services.is_warm(services.reader(ADMINISTRATOR), within=120)
        yield open_client


@pytest.fixture(scope="session")
def guarantor(district: Settings) -> str:
    return str(FactLog(district.log_dir).read("GUARANTEES")["from_key"][0].as_py())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, lend: Callable[[Path], Settings]) -> Settings:
    """An empty office, for tests that take files in; its engine is lent, and its graph empty."""
    return lend(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def clerk(office: Settings) -> Iterator[TestClient]:
    """A browser at the empty office: it follows where the pages lead."""
    with TestClient(
        create_app(office, answers_for=local_asker()), "http://127.0.0.1", follow_redirects=True
    ) as opened:
        yield opened
