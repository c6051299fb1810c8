"""Two services on one data folder: what one takes in or decides, the other answers at once."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from waiting import PATIENCE, until
from world import World

from api.app import create_app
from api.security import local_asker
from bench.api.attack import served
from graph.catch_up import catch_up
from graph.engine import ensure_engine, stop_engine
from graph.log import FactLog
from graph.operations import runner
from graph.settings import Settings

pytestmark = pytest.mark.sweep

PRODUCT = "farmer_small_credit_loan"
PARTIES = [f"person:{number}" for number in range(60)]
REGIONS = Path(__file__).parents[1] / "samples" / "regions"

#: The other one; it is told whether to be killed as it writes its second lot of lines.
_OTHER = """
import os, signal, sys
from pathlib import Path
from api.app import create_app
from api.security import local_asker
from bench.api.attack import served
from graph.operations import Jobs
from graph.settings import Settings

write = Jobs.write
def killed(self, name, after, lines, *, refused):
    if after and len(sys.argv) > 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(self, name, after, lines, refused=refused)
Jobs.write = killed
app = create_app(Settings(data=Path(sys.argv[1]), engine_heap_mb=512), answers_for=local_asker())
with served(app) as address:
    print(address, flush=True)
    sys.stdin.read()
"""


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


@pytest.fixture
def here(office: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """The one in this process; it looks every moment for what nobody works on."""
    monkeypatch.setattr(runner.Runner.__init__, "__kwdefaults__", {"sweep_s": 0.2})
    with served(create_app(office, answers_for=local_asker())) as address:
        with httpx.Client(base_url=address, timeout=PATIENCE) as client:
            yield client


@contextmanager
def other(office: Settings, *more: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """The one in a process of its own, until it is told to end."""
    child = subprocess.Popen(
        [sys.executable, "-c", _OTHER, str(office.data), *more],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert child.stdout is not None
    address = child.stdout.readline().strip()
    try:
        with httpx.Client(base_url=address, timeout=PATIENCE) as client:
            yield child, client
    finally:
        child.communicate()


def finished(client: httpx.Client, place: str) -> dict[str, Any]:
    return dict(
        until(
            lambda: (
                told if (told := client.get(place).json())["state"] in ("done", "failed") else None
            )
        )
    )


def decide(client: httpx.Client, party: str) -> dict[str, Any]:
    return dict(client.post("/v1/decisions", json={"product": PRODUCT, "party": party}).json())


def test_each_answers_what_the_other_did(office: Settings, here: httpx.Client) -> None:
    with other(office) as (_, there):
        # a file in two pieces, one to each: it becomes one batch
        path = next(REGIONS.glob("clean*.csv"))
        content = path.read_bytes()
        half = len(content) // 2
        pieces = {1: (here, content[:half]), 2: (there, content[half:])}
        for number, (to, piece) in pieces.items():
            sent = to.post(
                "/v1/batches",
                data={
                    "source": "regions", "sha256": hashlib.sha256(content).hexdigest(),
                    "chunk": number, "chunks": 2,
                },
                files={"content": (path.name, piece)},
            )  # fmt: skip
            assert sent.status_code == 202, sent.text
        name = sent.json()["id"]
        for client in (here, there):
            told = finished(client, f"/v1/batches/{name}")
            assert told["state"] == "done", told
            ready = client.get("/readyz").json()
            assert (ready["log_position"], ready["graph_position"]) == (2, 2)
            assert decide(client, PARTIES[0])["basis"]["position"] == 2
        # both decide and keep at once; each finds what the other kept
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(decide, [here, there] * 6, PARTIES[:12]))
        for answer in made:
            place = f"/v1/decisions/{answer['decision_id']}"
            kept = [client.get(place).json() for client in (here, there)]
            assert kept[0] == kept[1] and kept[0]["record"]["party"] == answer["party"]
        # a day of the calendar that one changed counts with the other
        edit = {"days": {"2026-06-15": "holiday"}, "user": "张三", "reason": "县政府通知"}
        assert here.post("/v1/calendar/edits", json=edit).status_code == 200
        years = [client.get("/v1/calendar/2026") for client in (here, there)]
        assert years[0].text == years[1].text and "2026-06-15" in years[0].text
        # a job that one was asked for is found, waited for and read with the other
        body = {"product": PRODUCT, "parties": PARTIES[:30]}
        job = there.post("/v1/decisions/jobs", json=body).headers["location"]
        assert finished(here, job)["state"] == "done"
        lines = here.get(f"{job}/result").text.splitlines()
        assert [json.loads(line)["party"] for line in lines] == PARTIES[:30]
        assert there.get(f"{job}/result").text.splitlines() == lines
    # one that ends leaves engine and folder to the other
    assert here.get("/readyz").json()["status"] == "ok"
    assert decide(here, PARTIES[1])["verdict"]


def test_jobs_of_a_killed_service_are_carried_on(office: Settings, here: httpx.Client) -> None:
    asked: list[str] = []
    with other(office, "to be killed") as (child, there):
        body = {"product": PRODUCT, "parties": PARTIES}
        with pytest.raises(httpx.HTTPError):
            # either of the two may take one: the first that the other one takes is its end
            while True:
                asked.append(there.post("/v1/decisions/jobs", json=body).headers["location"])
                finished(there, asked[-1])
    assert child.returncode == -signal.SIGKILL
    for job in asked:
        assert finished(here, job)["state"] == "done"
        lines = [json.loads(line) for line in here.get(f"{job}/result").text.splitlines()]
        assert [line["party"] for line in lines] == PARTIES
        assert all("decision_id" in line for line in lines)
