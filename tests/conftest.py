"""Shared fixtures: one engine for the whole run, real and owned, so that it ends with the tests."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from breadth import at_landing, examples, look_everywhere
from engine_need import is_quick
from graph_dump import wipe
from hypothesis import settings as hypothesis_settings
from leftovers import left_over, shared_folder
from new_stores import new_stores_copied
from postgres import ABSENT, Server, programs, started
from waiting import PATIENCE

from bench.light_engine import LASTING_ENGINE, LIGHT_ENGINE
from graph.connection import Graph
from graph.engine import ensure_engine, home, stop_engine
from graph.private import private_folder
from graph.settings import Settings

# what is collected stays (`pytest_collection_modifyitems`): a seventh of the time that it takes is not
# spent on looking through it for garbage
gc.disable()

# a runner started in the background ignores Ctrl-C, and every command that it starts would too
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED = Path(__file__).parents[2] / "shared" / "data"
#: Data folders, in what processes of tests share, whose engine the last of them stops.
SHARED_ENGINES = ("worlds", "district")
CASES = Path(__file__).parents[2] / "shared" / "cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="only what needs no engine or process")
    parser.addoption("--sweeps", action="store_true", help="everything, everywhere: some hours")
    parser.addoption("--kills", type=int, help="how often ingest is killed")
    parser.addoption("--lives", type=int, default=1, help="districts lived through to be fitted")
    parser.addoption("--harms", type=int, help="in how many ways a store is damaged")


#: What takes longest goes first.
LONG = (
    "api/test_life.py",
    "api/test_matrix.py",
    "api/test_injection.py",
    "api/test_desks.py",
    "queries/test_questions.py",
    "queries/eligibility/test_gather.py",
    "graph/test_engine.py",
    "api/test_decision_jobs.py",
    "ingest/test_kills.py",
    "api/test_store_aside.py",
    "api/pages/test_pages.py",
    "api/pages/test_browser.py",
    "api/pages/test_visits_in_browser.py",
    "api/pages/test_decision_pages.py",
    "api/test_one_moment.py",
    "api/test_consent_channels.py",
    "api/pages/test_jobs_in_browser.py",
    "api/test_identity.py",
    "api/test_service.py",
    "ingest/test_withdrawal.py",
    "ingest/test_ties_end.py",
    "ingest/test_memory.py",
    "ingest/test_withdrawal_kills.py",
    "graph/backup/test_backup.py",
    # of the quick ones
    "queries/eligibility/test_record.py",
    "queries/eligibility/test_applicants.py",
    "queries/risk/calibration/test_calibrate.py",
    "queries/risk/test_explain.py",
    "queries/test_scope_tables.py",
    "ingest/comparing/test_difference.py",
    "ingest/test_planted.py",
)
#: A process of tests, its engine, and what its tests start.
WORKER_BYTES = 5 << 30


#: Where files are in memory: whoever waits for them to be on the disk waits for nothing.
_IN_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 2 << 30


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= _ROOM_BYTES


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process of tests a core, as far as memory goes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, psutil.virtual_memory().available // WORKER_BYTES))


def pytest_configure(config: pytest.Config) -> None:
    """What is the same for every test of this run."""
    config.addinivalue_line(
        "markers", "each_store: run with the operations store in SQLite, and in a real PostgreSQL"
    )
    config.addinivalue_line("markers", "sqlite_only(why): of such a module's tests, not this one")
    config.addinivalue_line(
        "markers", "sweep: more of what other tests look at in some places; run with --sweeps"
    )
    quick, sweeps = config.getoption("--quick"), config.getoption("--sweeps")
    look_everywhere(sweeps)
    for name, few, many in (("kills", 10, 50), ("harms", 1, 2)):
        if config.getoption(name) is None:
            setattr(config.option, name, many if sweeps else few)
    # how long an example takes belongs to the machine and the hour: no test asserts it
    hypothesis_settings.register_profile("xinnong", deadline=None, max_examples=examples(100))
    hypothesis_settings.load_profile("xinnong")
    if quick and _has_room(_IN_MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(_IN_MEMORY)
    # what an engine planned for one folder it keeps for the next, however much that holds: at the
    # counts of a test no other plan would be worth the seconds
    home._CONFIGURATION += "dbms.cypher.min_replan_interval=1d\n"
    # most engines of tests live for seconds: what is compiled thoroughly is hardly used any more
    os.environ.setdefault("JAVA_TOOL_OPTIONS", LIGHT_ENGINE)
    # how long a question may take belongs to them too; tests of the limit give it
    Graph.read.__kwdefaults__["timeout_s"] = PATIENCE


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of what the operations store keeps run once with each database that it may be."""
    marked = metafunc.definition.get_closest_marker
    if marked("each_store") and not marked("sqlite_only"):
        both = ["sqlite", "postgresql"]
        # the store's own tests always run with both
        own = metafunc.definition.path.is_relative_to(Path(__file__).parent / "graph")
        kept = both if own else at_landing(["sqlite"], both)
        metafunc.parametrize("kept_in", kept, indirect=True, scope="function")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first, so that no process is left alone with one at the end."""
    quick, sweeps = config.getoption("--quick"), config.getoption("--sweeps")
    later = {
        item
        for item in items
        if (not sweeps and item.get_closest_marker("sweep")) or (quick and not is_quick(item))
    }
    config.hook.pytest_deselected(items=list(later))
    items[:] = [item for item in items if item not in later]
    # what was imported stays: it is not gone through again whenever a test has made much
    gc.freeze()
    gc.enable()
    rank = {Path(__file__).parent / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(scope="session", autouse=True)
def nothing_left_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """At the end of the run nothing that a test started lives on, here or on its own.

    Set up before all else, so that it is asked when all else is closed.
    """
    yield
    folder = tmp_path_factory.getbasetemp()
    left = left_over(folder, *(shared_folder(folder) / name for name in SHARED_ENGINES))
    assert not left, f"tests left these running: {left}"


@pytest.fixture(scope="session", autouse=True)
def patient_with_plans() -> Iterator[None]:
    """How long a question is planned belongs to the machine and the hour, not to what it answers."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("queries.library", "queries.canonical_keys"):
            # by name: of the package, `library` is the function
            patch.setattr(
                importlib.import_module(module),
                "patience_s",
                lambda _scope, _count: float(PATIENCE),
            )
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL that runs for these tests; a run without one says so."""
    if programs() is None:
        pytest.skip(ABSENT)
    with started() as server:
        yield server


@pytest.fixture(autouse=True)
def kept_in(request: pytest.FixtureRequest) -> Iterator[str]:
    """The database that keeps the operations store; what a test starts inherits it.

    Of itself it does nothing, and is set up first: before whatever opens the store.
    """
    kept = getattr(request, "param", "sqlite")
    if kept == "sqlite":
        yield kept
        return
    server = request.getfixturevalue("postgres")
    with server.database() as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XINNONG_OPERATIONS_URL", url)
        yield kept


@pytest.fixture(scope="session")
def lend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Settings]]:
    """An engine for one data folder after the other: it starts once, and keeps what it planned.

    Called with a new folder it gives the settings of it, its graph empty; who had it before has it no
    more.
    """
    lent = Settings(data=tmp_path_factory.mktemp("lent"), engine_heap_mb=512)

    def to(folder: Path) -> Settings:
        settings = Settings(data=folder, engine_heap_mb=512)
        with pytest.MonkeyPatch.context() as patch:
            if os.environ["JAVA_TOOL_OPTIONS"] == LIGHT_ENGINE:
                patch.setenv("JAVA_TOOL_OPTIONS", LASTING_ENGINE)
            # a test may have stopped it
            ensure_engine(lent, owned=True)
        private_folder(folder)
        settings.engine_dir.symlink_to(lent.engine_dir)
        shutil.copy(lent.secrets_file, settings.secrets_file)
        with Graph(settings) as graph:
            wipe(graph)
        return settings

    yield to
    stop_engine(lent)


@pytest.fixture(scope="session", autouse=True)
def stores_copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests that begin with an empty operations store do not make its tables each anew."""
    with new_stores_copied(tmp_path_factory.mktemp("stores")):
        yield


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
