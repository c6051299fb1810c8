"""What a collector of OpenTelemetry is told of a request: a real one, asked in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from graph_village import FARMER, state_village
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from waiting import PATIENCE

from api.spans import KEPT, telemetry
from graph.errors import SettingsError
from graph.settings import Settings

SCRIPT = Path(__file__).parents[1] / "worlds" / "spans_sent.py"
KEY = FARMER[0]


class Collector:
    """Takes spans as a collector does (OTLP/HTTP, protobuf)."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.paths: set[str] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.paths.add(self.path)
                outer.taken.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def spans(self) -> list[object]:
        return [
            span
            for told in self.taken
            for resource in ExportTraceServiceRequest.FromString(told).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def asked(data: Path, *paths: str, **environment: str) -> list[list[str]]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(data), *paths],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def test_a_collector_is_told_routes_and_questions_and_nobody(
    office: Settings, collector: Collector
) -> None:
    state_village(office)
    paths = (f"/v1/parties/{KEY}?as_of=2026-03-02", f"/v1/broken/{KEY}", f"/nothing/{KEY}")
    told = asked(office.data, *paths, XINNONG_OTLP_ENDPOINT=collector.url)
    assert [status for _, status in told] == ["200", "500", "404"]
    assert collector.paths == {"/v1/traces"}
    spans = collector.spans
    # whoever is told a trace id finds it at the collector
    of_requests = {span.trace_id.hex(): span for span in spans if not span.parent_span_id}
    assert [of_requests[trace].name for trace, _ in told] == [
        "GET /v1/parties/{key}", "GET /v1/broken/{key}", "GET",
    ]  # fmt: skip
    questions = [
        item.value.string_value
        for span in spans if span.name == "xinnong.ask" and span.trace_id.hex() == told[0][0]
        for item in span.attributes if item.key == "xinnong.questions"
    ]  # fmt: skip
    assert "party_card" in ",".join(questions)
    assert {item.key for span in spans for item in span.attributes} <= KEPT
    failed = of_requests[told[1][0]]
    assert ("error.type", "500") in [
        (item.key, item.value.string_value) for item in failed.attributes
    ]
    # of whom it was asked, what was thrown and what the caller handed through: nothing
    everything = b"".join(collector.taken)
    for words in (KEY, KEY.split(":")[1], "2026-03-02", "nobody is called", "6103221990", "bank="):
        assert words.encode() not in everything, words
    assert not [span for span in spans if span.events or span.links or span.trace_state]


def test_without_a_collector_nothing_is_sent_whatever_the_environment_says(
    office: Settings, collector: Collector
) -> None:
    told = asked(
        office.data, "/healthz", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        FASTAPI_OTEL_AUTO_CONFIGURE="true",
    )  # fmt: skip
    assert told[0][1] == "200" and not collector.taken


def test_a_collector_that_is_gone_delays_nobody(office: Settings, free_port: int) -> None:
    gone = f"http://127.0.0.1:{free_port}"
    told = asked(
        office.data, "/healthz", XINNONG_OTLP_ENDPOINT=gone, OTEL_EXPORTER_OTLP_TIMEOUT="1"
    )
    assert told[0][1] == "200"


def test_without_the_packages_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError) as told:
        telemetry(Settings(data=tmp_path, otlp_endpoint="http://127.0.0.1:4318"))
    assert told.value.cause_code == "opentelemetry_missing" and "xinnong[opentelemetry]" in str(
        told.value
    )
    with pytest.raises(SettingsError):
        Settings(data=tmp_path, otlp_endpoint="127.0.0.1:4318")
