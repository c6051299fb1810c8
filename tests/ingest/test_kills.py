"""Killed at any point and run again, ingest ends in the log, ledger and graph of a calm run.

`--kills 500` takes more of them; ten make a round, and every round ends in a comparison.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest
from graph_dump import dump, wipe
from killing import Delivery, Nursery

from graph.connection import Graph, connect
from graph.engine import ensure_engine, stop_engine
from graph.log import FactLog
from graph.operations import Ledger, OperationsStore
from graph.settings import Settings
from ingest.sample import steps, write_district

pytestmark = pytest.mark.sweep

A_ROUND = 10
TAKEN = ("regions", "farmer_household", "enterprise", "loan", "guarantee")

State: TypeAlias = tuple[object, ...]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        kills = metafunc.config.getoption("kills")
        metafunc.parametrize("seed", range(-(-kills // A_ROUND)))


def few(folder: Path) -> list[Delivery]:
    """A few people of the sample district, and their loans a second time a month later."""
    write_district(folder, persons=1_000)
    files = dict(steps(folder))
    found = []
    for day, source in enumerate(TAKEN, start=1):
        path = files[source]
        if path.suffix == ".csv" and source != "regions":
            path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:61]))
        found.append(Delivery(source, path, datetime(2026, 4, day, tzinfo=UTC)))
    loans = files["loan"]
    later = loans.with_name("贷款借据二.csv")
    later.write_bytes(loans.read_bytes().replace(b",2026-03-31", b",2026-04-30"))
    assert later.read_bytes() != loans.read_bytes()
    return [*found, Delivery("loan", later, datetime(2026, 5, 1, tzinfo=UTC))]


class Office:
    """A data folder with its running engine, as the killed commands of an office share one."""

    def __init__(self, settings: Settings, graph: Graph, nursery: Nursery) -> None:
        self.settings, self.graph, self.nursery = settings, graph, nursery
        self.forget()
        self.nursery.run()
        self.calm = self.state()
        # the second time is what a run takes on a warm engine
        self.forget()
        started = time.monotonic()
        self.steps = self.nursery.run().steps or 0
        self.whole = time.monotonic() - started
        assert self.state() == self.calm

    def forget(self) -> None:
        """Empty log, ledger and graph; the secrets and the engine stay."""
        shutil.rmtree(self.settings.log_dir, ignore_errors=True)
        for path in self.settings.data.glob("operations.sqlite3*"):
            path.unlink()
        wipe(self.graph)

    def state(self) -> State:
        """All that a run leaves behind."""
        files = {
            str(path.relative_to(self.settings.log_dir)): hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
            for path in sorted(self.settings.log_dir.rglob("*"))
            if path.is_file() and path.name != ".lock" and "head.json" not in path.name
        }
        with OperationsStore(self.settings) as store:
            ledger = [replace(item, received_at=None) for item in Ledger(store).deliveries()]
        return files, ledger, dump(self.graph)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("killed")
    deliveries = few(folder / "district")
    settings = Settings(data=folder / "office", engine_heap_mb=512)
    ensure_engine(settings, owned=True)
    with connect(settings) as graph, Nursery(settings.data, deliveries) as nursery:
        yield Office(settings, graph, nursery)
    stop_engine(settings)


def test_killed_and_run_again(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    kills: Counter[str] = Counter()
    fresh = True
    office.forget()
    for _ in range(4 * A_ROUND):
        # the first life ends anywhere in the whole run, the next ones not much further on
        reach = 0.95 if fresh else 0.3
        if chance.random() < 0.5:
            life = office.nursery.run(after_steps=chance.randint(1, int(office.steps * reach)))
        else:
            life = office.nursery.run(after_s=office.whole * reach * chance.random() + 1e-6)
        fresh = not life.killed
        if life.killed:
            kills[life.doing] += 1
            if kills.total() == A_ROUND:
                break
        else:
            assert office.state() == office.calm, kills
            office.forget()
    assert kills.total() == A_ROUND, "runs end before they are killed"
    office.nursery.run()
    assert office.state() == office.calm, kills
    assert FactLog(office.settings.log_dir).verify() == []
