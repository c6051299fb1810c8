"""Numbers about the service: true, out of few labels, about nobody, on a port of their own."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.events.stream import Streams
from api.figures import figures
from api.metrics import Measured, Metrics, exposed
from api.services import Services
from graph.errors import OperationsError, SettingsError
from graph.operations import HookDeliveries, Hooks, note_event
from graph.settings import Settings
from graph.time import utc_now

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped(port: int) -> Samples:
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_answers_are_counted_by_template_and_never_by_path(free_port: int) -> None:
    metrics, app = Metrics(), FastAPI()

    @app.get("/v1/parties/{key}")
    def party(key: str) -> str:
        if key == "x":
            raise ValueError
        return key

    app.add_middleware(Measured, metrics=metrics)
    with TestClient(app, raise_server_exceptions=False) as client, exposed(metrics, free_port):
        for path in ("person:1", "person:2", "x"):
            client.get(f"/v1/parties/{path}")
        client.get("/nobody/610322199001011234")
        client.request("PROPFIND", "/static/a")
        found = scraped(free_port)
        text = httpx.get(f"http://127.0.0.1:{free_port}/metrics", timeout=30).text
    route = ("route", "/v1/parties/{key}")
    assert found["xinnong_requests_total", (("method", "GET"), route, ("status", "200"))] == 2
    assert found["xinnong_requests_total", (("method", "GET"), route, ("status", "500"))] == 1
    assert found["xinnong_request_seconds_count", (("method", "GET"), route)] == 3
    assert found["xinnong_requests_running", ()] == 0
    assert not re.search(r"person|6103|nobody|PROPFIND", text)


def test_what_waits_is_counted_when_somebody_asks(tmp_path: Path, free_port: int) -> None:
    with Services(Settings(data=tmp_path), reads_graph=False) as services:
        metrics, office = Metrics(), services.office
        metrics.read_from(lambda: figures(office, Streams(lambda: office)))
        hook = Hooks(office.store).add(
            "https://bank.example/", title="核心系统", owner="local", by="张三", at=utc_now()
        )
        with exposed(metrics, free_port):
            assert scraped(free_port)["xinnong_hook_deliveries", (("state", "waiting"),)] == 0
            with office.store.transaction() as session:
                note_event(session, "subject.changed", "person:1", at=utc_now())
            HookDeliveries(office.store).spread(hook.id, at=utc_now())
            found = scraped(free_port)
            text = httpx.get(f"http://127.0.0.1:{free_port}/metrics", timeout=30).text
    assert found["xinnong_hook_deliveries", (("state", "waiting"),)] == 1
    assert found["xinnong_events_last", ()] == 1
    assert found["xinnong_hooks", (("state", "active"),)] == 1
    assert "person:1" not in text and "bank" not in text and "核心系统" not in text


def test_a_store_that_cannot_be_read_takes_the_others_no_number(free_port: int) -> None:
    metrics = Metrics()

    def broken() -> object:
        raise OperationsError("坏了。", "broken")
        yield

    metrics.read_from(broken)  # type: ignore[arg-type]
    metrics.requests.labels("GET", "/", "200").inc()
    with exposed(metrics, free_port):
        labels = (("method", "GET"), ("route", "/"), ("status", "200"))
        assert scraped(free_port)["xinnong_requests_total", labels] == 1


def test_the_port_is_this_machines_alone_and_off_by_default(free_port: int) -> None:
    assert Settings().metrics_port is None
    with exposed(Metrics(), None):
        pass
    with exposed(Metrics(), free_port):
        with socket.socket() as probe, pytest.raises(OSError, match="in use"):
            probe.bind(("127.0.0.1", free_port))
        with pytest.raises(SettingsError) as raised, exposed(Metrics(), free_port):
            pass
    assert raised.value.cause_code == "port_taken"
