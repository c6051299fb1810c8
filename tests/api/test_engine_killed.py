"""The engine dies under a running service: readers are told to come again, and then are answered."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient
from world import World

from api.app import create_app
from graph.catch_up import catch_up
from graph.engine import engine_status, ensure_engine, stop_engine
from graph.log import FactLog
from graph.settings import Settings

PRODUCT = "farmer_small_credit_loan"
PARTIES = [f"person:{number}" for number in range(30)]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = Settings(data=tmp_path_factory.mktemp("office"), engine_heap_mb=512)
    world = World(FactLog(settings.log_dir))
    for key in PARTIES:
        world.node("Person", key, name="样本", birth_on=date(1985, 3, 16))
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    ensure_engine(settings, owned=True)
    catch_up(settings)
    yield settings
    stop_engine(settings)


def test_readers_come_again_and_a_job_goes_on(office: Settings) -> None:
    with TestClient(create_app(office), "http://127.0.0.1") as client:
        body = {"product": PRODUCT, "parties": PARTIES}
        job = client.post("/v1/decisions/jobs", json=body).headers["location"]
        os.kill(engine_status(office).pid or 0, signal.SIGKILL)
        seen: list[Any] = []
        paths = ["/v1/parties/person:1", "/v1/parties/person:1/neighbourhood", "/parties/person:1"]
        while not seen or {answer.status_code for answer in seen[-3:]} != {200}:
            seen += [client.get(path) for path in paths]
        told = {answer.status_code for answer in seen}
        # a page may say that it is being reckoned (202); nobody is told that the question is wrong
        assert 503 in told and told <= {200, 202, 503}, told
        for answer in seen:
            if answer.status_code == 503:
                assert answer.headers["retry-after"] and "跳数" not in answer.text
        while (state := client.get(job).json()["state"]) not in ("done", "failed"):
            pass
        assert state == "done"
        lines = [json.loads(line) for line in client.get(f"{job}/result").text.splitlines()]
        assert [line["party"] for line in lines if "verdict" in line] == PARTIES
