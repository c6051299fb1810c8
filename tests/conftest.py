"""Shared fixtures: one engine for the whole run, real and owned, so that it ends with the tests."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings as hypothesis_settings

from graph.engine import ensure_engine, stop_engine
from graph.settings import Settings

# a runner started in the background ignores Ctrl-C, and every command that it starts would too
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# how long an example takes belongs to the machine and the hour: no test asserts it
hypothesis_settings.register_profile("xinnong", deadline=None)
hypothesis_settings.load_profile("xinnong")

SHARED = Path(__file__).parents[2] / "shared" / "data"
CASES = Path(__file__).parents[2] / "shared" / "cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=50, help="how often ingest is killed")
    parser.addoption("--lives", type=int, default=1, help="districts lived through to be fitted")
    parser.addoption("--harms", type=int, default=2, help="in how many ways a store is damaged")


#: What is made once and asked by many files: who asks the same, runs in the same process.
SHARED_WORLDS = ("district", "worlds")
#: What takes longest goes first.
LONG = (
    "worlds",
    "district",
    "ingest/test_memory.py",
    "ingest/test_withdrawal_kills.py",
    "ingest/test_kills.py",
)
#: A process of tests, its engine, and what its tests start.
WORKER_BYTES = 5 << 30


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process of tests a core, as far as memory goes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, psutil.virtual_memory().available // WORKER_BYTES))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file, or all that ask one world, go to one process; the longest first, so that none is
    left with them at the end."""
    groups: dict[pytest.Item, str] = {}
    for item in items:
        asked = getattr(item, "fixturenames", ())
        world = next((each for each in SHARED_WORLDS if each in asked), None)
        groups[item] = world or item.path.relative_to(Path(__file__).parent).as_posix()
        item.add_marker(pytest.mark.xdist_group(groups[item]))
    long = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: long.get(groups[item], len(long)))


@pytest.fixture(scope="session")
def neo4j_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a data folder whose engine runs (the version that the environment asks for)."""
    settings = Settings(data=tmp_path_factory.mktemp("data"), engine_heap_mb=512)
    ensure_engine(settings, owned=True)
    yield settings
    stop_engine(settings)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """External data sets; a run without them says so."""
    if not SHARED.exists():
        pytest.skip("SHARED DATA ABSENT: the external data sets are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """Small inputs that once failed, with what they should give; a run without them says so."""
    if not CASES.exists():
        pytest.skip("SHARED CASES ABSENT: the collected small inputs are not beside this checkout")
    return CASES


@pytest.fixture
def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
