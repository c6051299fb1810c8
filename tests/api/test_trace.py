"""Trace ids, the answer to what nobody expected, and a log that names nobody; no engine is needed."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from routes import every_route
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from api.app import create_app
from api.headers import HEADERS
from api.logs import DailyFile, logging_to
from api.security import local_asker
from api.trace import TRACE_HEADER
from graph.errors import SettingsError
from graph.settings import Settings
from queries.scope import ADMINISTRATOR

HERE = "http://127.0.0.1:8000"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
#: What must never be in a log: a name, an id, a telephone, a key, and a form of each.
MARKERS = {
    "name": "欧阳标记丙",
    "resident_id": "61032219750315001X",
    "phone": "13812345678",
    "key": "person:0f1e2d3c4b5a69788796a5b4c3d2e1f0",
}
ALL = " ".join(MARKERS.values())


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def service(settings: Settings) -> FastAPI:
    """The app as it is served, not started: whatever needs the graph fails as a defect."""
    return create_app(settings, answers_for=local_asker())


@pytest.fixture
def client(service: FastAPI) -> TestClient:
    return TestClient(service, HERE, raise_server_exceptions=False)


@pytest.fixture
def lines(settings: Settings) -> Iterator[Any]:
    """What was logged in the test so far, as text."""
    for old in settings.service_log_dir.glob("*"):
        old.unlink()

    def read() -> str:
        files = settings.service_log_dir.glob("*.jsonl")
        return "".join(path.read_text(encoding="utf-8") for path in files)

    with logging_to(settings):
        yield read


def parsed(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (f"00-{TRACE}-00f067aa0ba902b7-01", True),
        (f" 00-{TRACE}-00f067aa0ba902b7-00 ", True),
        # a later version, with what it appends
        (f"cc-{TRACE}-00f067aa0ba902b7-01-what-comes", True),
        (f"00-{TRACE}-00f067aa0ba902b7-01-what-comes", False),
        (f"ff-{TRACE}-00f067aa0ba902b7-01", False),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", False),
        (TRACE, False),
        ("", False),
        (ALL.encode().hex(), False),
    ],
)
def test_a_trace_id_is_the_callers_where_it_is_one(
    client: TestClient, given: str, taken: bool
) -> None:
    answer = client.get("/healthz", headers={"traceparent": given})
    told = answer.headers[TRACE_HEADER]
    assert (told == TRACE) is taken
    assert re.fullmatch("[0-9a-f]{32}", told)


def test_every_answer_and_every_problem_has_its_own(client: TestClient) -> None:
    seen = set()
    for method, path in [
        ("GET", "/healthz"), ("GET", "/v1/nothing"), ("GET", "/nothing"), ("GET", "/v1/parties/x"),
        ("POST", "/v1/parties/search"), ("GET", "/static/xinnong.css"), ("GET", "/prospects"),
    ]:  # fmt: skip
        answer = client.request(method, path)
        trace = answer.headers[TRACE_HEADER]
        if answer.headers["content-type"] == "application/problem+json":
            assert answer.json()["trace"] == trace
        elif answer.status_code >= 400:
            assert trace in answer.text
        seen.add(trace)
    assert len(seen) == 7


def test_what_nobody_expected_is_said_without_its_words_and_logged_with_its_place(
    client: TestClient, service: FastAPI, lines: Any
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise KeyError(ALL)

    service.state.services = Broken()
    try:
        told = client.get(f"/v1/parties/{MARKERS['key']}")
        page = client.get("/prospects")
    finally:
        del service.state.services
    assert (told.status_code, told.headers["content-type"]) == (500, "application/problem+json")
    assert told.json()["code"] == "internal" and "KeyError" not in told.text
    assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "请把追踪号告诉技术人员" in page.text and page.headers[TRACE_HEADER] in page.text
    for answer in (told, page):
        assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
        assert not [marker for marker in MARKERS.values() if marker in answer.text]
        assert "Traceback" not in answer.text and ".py" not in answer.text
        [defect] = [
            line for line in parsed(lines())
            if line["event"] == "defect" and line["trace"] == answer.headers[TRACE_HEADER]
        ]  # fmt: skip
        assert defect["error"] == "KeyError" and defect["level"] == "error"
        assert any("test_trace.py" in place for place in defect["stack"])
    assert not [marker for marker in MARKERS.values() if marker in lines()]


def test_an_answer_that_breaks_off_is_logged_and_not_told_as_whole(
    service: FastAPI, lines: Any
) -> None:
    app = create_app(Settings(), answers_for=local_asker())

    @app.get("/v1/broken")
    def broken() -> StreamingResponse:
        def half() -> Iterator[str]:
            yield "half"
            raise KeyError(ALL)

        return StreamingResponse(half())

    with pytest.raises(ConnectionAbortedError) as caught:
        TestClient(app, HERE).get("/v1/broken")
    assert ALL not in str(caught.value)
    assert {line["event"] for line in parsed(lines())} == {"defect", "request"}
    assert MARKERS["name"] not in lines()


def test_a_request_is_one_line(client: TestClient, lines: Any) -> None:
    client.get("/healthz", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    client.get("/v1/nothing")
    client.request("FROBNICATE", "/healthz")
    client.get("/static/xinnong.css")
    first, second, third, fourth = parsed(lines())
    assert first.pop("ms") >= 0 and first.pop("timestamp")
    assert first == {
        "event": "request", "level": "info", "logger": "xinnong.requests", "trace": TRACE,
        "method": "GET", "route": "/healthz", "status": 200, "scope": ADMINISTRATOR.name,
    }  # fmt: skip
    assert (second["route"], second["status"], second["code"]) == ("?", 404, "http_404")
    assert (third["method"], third["status"]) == ("?", 405)
    assert (fourth["route"], fourth["status"]) == ("/static", 200)


@pytest.mark.sweep
def test_no_way_in_leads_a_person_into_the_log(
    client: TestClient, service: FastAPI, lines: Any, settings: Settings
) -> None:
    """Markers in every part of a request to every route; most fail, and all of their stacks are
    logged."""
    ways = every_route(service)
    assert {("POST", "/v1/batches"), ("POST", "/"), ("POST", "/v1/parties/search")} <= set(ways)
    for method, template in [*ways, ("GET", "/nothing/{name}"), ("GET", "/static/{name}")]:
        for marker in MARKERS.values():
            path = re.sub(r"{[^}]+}", marker, template)
            for body in (
                {"json": {"text": marker, "name": marker, "party": marker, marker: marker}},
                {"data": {"text": marker, marker: marker}},
                {"files": {"content": (f"{marker}.csv", marker.encode())},
                 "data": {"source": marker, "sha256": "0" * 64}},
                {"content": marker.encode(), "headers": {"content-type": marker.encode()}},
            ):  # fmt: skip
                client.request(method, path, params={"text": marker, marker: marker}, **body)  # type: ignore[arg-type]
    told = lines()
    assert len(told.splitlines()) >= len(ways) * len(MARKERS) * 4
    templates = {template for _, template in ways}
    assert {line["route"] for line in parsed(told)} - templates <= {"?", "/static"}
    # no marker is a digest or a number
    reached = {line["route"] for line in parsed(told)}
    assert {each for each in templates if not re.search(":(digest|int)}", each)} <= reached
    for marker in MARKERS.values():
        assert marker not in told
        # nor as it stands in an address
        assert marker.encode().hex() not in told.lower()


def test_libraries_say_nothing_in_their_own_words(lines: Any) -> None:
    try:
        raise ValueError(ALL)
    except ValueError as error:
        logging.getLogger("neo4j").warning("a notification: %s", ALL)
        logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)
        logging.getLogger("neo4j").warning(ALL)
    logging.getLogger("neo4j").info("not asked for")
    [first, second, third] = parsed(lines())
    assert first["event"] == "a notification: %s"
    assert second["error"] == "ValueError" and "test_trace.py" in second["stack"][0]
    assert MARKERS["resident_id"] not in third["event"] and MARKERS["phone"] not in third["event"]


def test_a_file_a_day_for_its_time_and_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "service_log"
    handler = DailyFile(folder, keep_days=200)
    begun = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for day in (0, 0, 1, 200, 201):
        record = logging.LogRecord("xinnong", logging.INFO, "", 0, "said", None, None)
        record.created = (begun + timedelta(days=day)).timestamp()
        handler.emit(record)
    (folder / "other").touch()
    handler.close()
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["other", "service-2026-01-02.jsonl", "service-2026-07-20.jsonl",
                     "service-2026-07-21.jsonl"]  # fmt: skip
    assert [os.stat(folder / name).st_mode & 0o077 for name in names[1:]] == [0, 0, 0]


def test_logs_are_not_kept_shorter_than_the_law_says() -> None:
    with pytest.raises(SettingsError, match="184"):
        Settings(log_keep_days=30)
    with pytest.raises(SettingsError, match="stderr"):
        Settings(log_to="nowhere")


def test_standard_error_instead(
    tmp_path: Path, client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data=tmp_path, log_to="stderr")
    with logging_to(settings):
        client.get("/healthz")
    assert not settings.service_log_dir.exists()
    [line] = parsed(capsys.readouterr().err)
    assert line["route"] == "/healthz"
