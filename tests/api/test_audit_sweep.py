"""Nothing of a person is led into the audit, nor back into the answer that refuses: markers in every part
of a request to every way in.  No engine is needed: most ways fail, and are entered as that."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from routes import every_route
from starlette.testclient import TestClient

from api.app import create_app
from api.audit_writer import TrailWriter
from api.security import local_asker
from graph.operations import OperationsStore, Trail
from graph.operations.audit import check_chain
from graph.settings import Settings

pytestmark = pytest.mark.sweep

NAME, NUMBER, PHONE = "欧阳标记丙", "61032219750315001X", "13812345678"
KEY = "person:0f1e2d3c4b5a69788796a5b4c3d2e1f0"
MARKERS = (NAME, NUMBER, PHONE, KEY)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path_factory.mktemp("data"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def app(store: OperationsStore) -> Iterator[FastAPI]:
    made = create_app(store.settings, answers_for=local_asker())
    made.state.services = SimpleNamespace(settings=store.settings)
    made.state.inbox = made.state.jobs = made.state.screenings = SimpleNamespace()
    with TrailWriter(store) as writer:
        made.state.trail = writer
        yield made


def test_no_way_in_leads_a_person_into_the_audit(app: FastAPI, store: OperationsStore) -> None:
    client = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)
    body = {"text": NAME, "name": NUMBER, "subject": KEY, "by": NAME, NAME: PHONE}
    for method, template in every_route(app):
        # what nobody declared is refused before anybody is asked for
        for marker, more in ((KEY, {}), (NUMBER, {}), (KEY, {"text": NAME})):
            path = re.sub(r"{[^}]+}", marker, template)
            how = {"json": body} if template.startswith("/v1") else {"data": body}
            answer = client.request(method, path, params=more, **how)  # type: ignore[arg-type]
            if answer.status_code >= 400:
                assert not [one for one in (NAME, NUMBER, PHONE) if one in answer.text], template
    trail = Trail(store)
    entered = trail.after(0, limit=100_000)
    assert len({entry.way for entry in entered}) > 100
    assert len(trail.about(KEY)) > 100, "he is found by his key all the same"
    assert check_chain(store).problem is None
    with closing(sqlite3.connect(store.settings.operations_file)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = "\n".join(raw.iterdump())
    raw.close()
    for marker in MARKERS:
        assert marker not in kept
        assert marker.encode().hex() not in kept.lower()


def test_a_folder_of_the_audit_names_nobody_either(store: OperationsStore) -> None:
    for path in Path(store.settings.data).rglob("*"):
        if path.is_file():
            told = path.read_bytes()
            assert not [one for one in MARKERS if one.encode() in told], path
