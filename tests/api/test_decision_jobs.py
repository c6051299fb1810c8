"""Batch decisions as jobs: progress, lines, the same request twice, and a service killed in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from world import World

from api.app import create_app
from api.decision_jobs import DecisionJobs
from api.security import local_asker
from api.services import Services
from graph.catch_up import catch_up
from graph.engine import engine_status
from graph.errors import BusyError, GraphUnavailableError
from graph.log import FactLog
from graph.operations import DecisionArchive, Jobs, OperationsStore, Runner
from graph.settings import Settings
from queries.reader import Reader

PRODUCT = "farmer_small_credit_loan"
PARTIES = [f"person:{number}" for number in range(60)]


@pytest.fixture(scope="module")
def office(office: Settings) -> Settings:
    """Sixty farmers."""
    world = World(FactLog(office.log_dir))
    for key in PARTIES:
        world.node("Person", key, name="样本", birth_on=date(1985, 3, 16))
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    catch_up(office)
    return office


@pytest.fixture(scope="module")
def client(office: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(office, answers_for=local_asker()), "http://127.0.0.1") as opened:
        yield opened


def submit(client: TestClient, parties: list[str], key: str | None = None, **more: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    body = {"product": PRODUCT, "parties": parties, **more}
    return client.post("/v1/decisions/jobs", json=body, headers=headers)


def finished(client: TestClient, place: str) -> dict[str, Any]:
    while (told := client.get(place).json())["state"] not in ("done", "failed"):
        time.sleep(0.05)
    return dict(told)


def test_a_job_is_worked_through_and_says_what_it_cannot(client: TestClient) -> None:
    asked = [PARTIES[3], "person:nobody", PARTIES[1], PARTIES[3]]
    answer = submit(client, asked, supplied={"consent": {"value": True, "stated_on": "2026-03-02"}})
    assert answer.status_code == 202
    place = answer.headers["location"]
    told = finished(client, place)
    assert (told["state"], told["done"], told["total"], told["refused"]) == ("done", 4, 4, 1)
    lines = [json.loads(line) for line in client.get(told["result"]).text.splitlines()]
    assert [line["party"] for line in lines] == asked
    assert lines[1]["code"] == "party_unknown" and "verdict" not in lines[1]
    assert lines[0] == lines[3]
    for line in (lines[0], lines[2]):
        kept = client.get(f"/v1/decisions/{line['decision_id']}").json()
        assert kept["record"]["party"] == line["party"]
        assert kept["record"]["consent"]["stated_on"] == "2026-03-02"


def test_the_same_request_twice_is_one_job(client: TestClient) -> None:
    first, second = (submit(client, PARTIES[:3], "k1").json() for _ in range(2))
    assert first["id"] == second["id"]
    other = submit(client, PARTIES[:2], "k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    # without a key, two requests are two jobs
    assert submit(client, PARTIES[:1]).json()["id"] != submit(client, PARTIES[:1]).json()["id"]
    assert finished(client, f"/v1/jobs/{first['id']}")["done"] == 3


def test_a_job_is_cancelled_and_goes_on_when_it_is_asked_for_again(client: TestClient) -> None:
    job = submit(client, PARTIES * 100, "cancelled").json()["id"]
    told = client.post(f"/v1/jobs/{job}/cancellation").json()
    assert (told["state"], told["problem"]["code"]) == ("cancelled", "job_cancelled")
    assert told["done"] < told["total"] and told["result"] is None
    # a job behind it is done, and it is not gone on with
    assert finished(client, submit(client, PARTIES[:1]).headers["location"])["state"] == "done"
    assert client.get(f"/v1/jobs/{job}").json()["state"] == "cancelled"
    assert client.get(f"/v1/jobs/{job}/result").status_code == 409
    assert submit(client, PARTIES * 100, "cancelled").json()["state"] == "waiting"
    assert client.post(f"/v1/jobs/{job}/cancellation").json()["state"] == "cancelled"
    assert client.post(f"/v1/jobs/{'0' * 64}/cancellation").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"product": "none", "parties": ["p"]}, 404, "product_unknown"),
        ({"product": PRODUCT, "parties": []}, 422, "request_malformed"),
        ({"product": PRODUCT, "parties": ["p"] * 10_001}, 422, "request_malformed"),
        ({"product": PRODUCT, "parties": ["p"], "as_of": "2020-01-01"}, 400, "product_not_in_force"),
    ],
)  # fmt: skip
def test_a_job_that_cannot_be_is_refused_at_once(
    client: TestClient, body: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/v1/decisions/jobs", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert client.get(f"/v1/jobs/{'0' * 64}").status_code == 404


#: A service that is killed by the kernel as it writes its second lot of lines.
_KILLED = """
import os, signal, sys, threading
from pathlib import Path
from api.decision_jobs import DecisionJobs
from api.services import Services
from graph.operations import Jobs, Runner
from graph.settings import Settings
from api.security import local_asker

write = Jobs.write
def killed(self, name, after, lines, *, refused):
    if after:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(self, name, after, lines, refused=refused)
Jobs.write = killed
services = Services(Settings(data=Path(sys.argv[1]), engine_heap_mb=512))
runner = Runner(services.store)
jobs = DecisionJobs(services, runner).of(local_asker())
runner.start()
jobs.submit(sys.argv[2], sys.argv[3:], {"supplied": {}, "institution": None,
                                        "first_loan_asof": None}, key="killed")
threading.Event().wait()
"""


def test_a_killed_service_neither_loses_nor_doubles(office: Settings) -> None:
    run = [sys.executable, "-c", _KILLED, str(office.data), PRODUCT, *PARTIES]
    ended = subprocess.run(run, capture_output=True, cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    with OperationsStore(office) as store:
        left = [job for job in Jobs(store).in_state("running") if job.total == len(PARTIES)]
        assert [job.done for job in left] == [20]
        before = list(Jobs(store).lines(left[0].id))
    with TestClient(create_app(office, answers_for=local_asker()), "http://127.0.0.1") as client:
        # the next service goes on by itself, and to submit again is to ask for the same
        again = submit(client, PARTIES, "killed").json()
        assert again["id"] == left[0].id
        told = finished(client, f"/v1/jobs/{again['id']}")
        lines = client.get(told["result"]).text.splitlines()
    assert lines[:20] == before
    decided = [json.loads(line) for line in lines]
    assert [line["party"] for line in decided] == PARTIES
    with OperationsStore(office) as store:
        archive = DecisionArchive(store)
        for line in decided:
            assert archive.find(line["decision_id"]).party == line["party"]


def test_what_is_wrong_with_the_house_fails_the_job_and_it_goes_on(
    office: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = Services(office)
    decide, count = Reader.decide, 0

    def gone(*given: Any, **more: Any) -> Any:
        nonlocal count
        count += 1
        if count == 25:
            raise GraphUnavailableError("图数据库不可用。", "The graph is gone.")
        return decide(*given, **more)

    monkeypatch.setattr(Reader, "decide", gone)
    runner = Runner(services.store)
    jobs = DecisionJobs(services, runner).of(local_asker())
    runner.start()
    asked: dict[str, Any] = dict.fromkeys(("institution", "first_loan_asof")) | {"supplied": {}}  # fmt: skip
    name = jobs.submit(PRODUCT, PARTIES[:30], asked, key="gone").id
    while jobs.find(name).state != "failed":
        time.sleep(0.02)
    failed = jobs.find(name)
    assert failed.done == 20
    assert json.loads(failed.problem or "")["code"] == "graph_unavailable"
    with pytest.raises(BusyError) as caught:
        jobs.result(name)
    assert caught.value.cause_code == "job_not_done"
    assert jobs.submit(PRODUCT, PARTIES[:30], asked, key="gone").id == name
    while jobs.find(name).state != "done":
        time.sleep(0.02)
    assert [json.loads(line)["party"] for line in jobs.result(name)] == PARTIES[:30]
    runner.close()
    services.close()


def test_all_lines_stand_on_the_moment_of_the_submission(
    office: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """News of the very parties comes into the graph between two lots of lines."""
    write, seen = Jobs.write, []

    def with_news(self: Jobs, name: str, after: int, lines: list[str], *, refused: int) -> bool:
        done = write(self, name, after, lines, refused=refused)
        if not seen:
            news = World(FactLog(office.log_dir))
            for key in PARTIES:
                news.node("Person", key, name="样本", birth_on=date(1930, 1, 1))
            news.commit(datetime(2026, 6, 1, tzinfo=UTC), "news")
            catch_up(office)
        seen.append(after)
        return done

    monkeypatch.setattr(Jobs, "write", with_news)
    with TestClient(create_app(office, answers_for=local_asker()), "http://127.0.0.1") as client:
        began = client.post("/v1/decisions", json={"product": PRODUCT, "party": PARTIES[0]}).json()
        told = finished(client, submit(client, PARTIES, "moment").headers["location"])
        lines = [json.loads(line) for line in client.get(told["result"]).text.splitlines()]
        now = client.post("/v1/decisions", json={"product": PRODUCT, "party": PARTIES[0]}).json()
    assert len(seen) == len(PARTIES) // 20
    assert {json.dumps(line["basis"]) for line in lines} == {json.dumps(began["basis"])}
    assert {line["verdict"] for line in lines} == {began["verdict"]}
    assert now["basis"]["position"] == began["basis"]["position"] + 1


@pytest.mark.sweep
def test_readers_of_a_killed_engine_come_again_and_a_job_goes_on(office: Settings) -> None:
    with TestClient(create_app(office, answers_for=local_asker()), "http://127.0.0.1") as client:
        body = {"product": PRODUCT, "parties": PARTIES}
        job = client.post("/v1/decisions/jobs", json=body).headers["location"]
        os.kill(engine_status(office).pid or 0, signal.SIGKILL)
        seen: list[Any] = []
        paths = ["/v1/parties/person:1", "/v1/parties/person:1/neighbourhood", "/parties/person:1"]
        while not seen or {answer.status_code for answer in seen[-3:]} != {200}:
            seen += [client.get(path) for path in paths]
            time.sleep(0.05)
        told = {answer.status_code for answer in seen}
        # a page may say that it is being reckoned (202); nobody is told that the question is wrong
        assert 503 in told and told <= {200, 202, 503}, told
        for answer in seen:
            if answer.status_code == 503:
                assert answer.headers["retry-after"] and "跳数" not in answer.text
        while (state := client.get(job).json()["state"]) not in ("done", "failed"):
            time.sleep(0.05)
        assert state == "done"
        lines = [json.loads(line) for line in client.get(f"{job}/result").text.splitlines()]
        assert [line["party"] for line in lines if "verdict" in line] == PARTIES
