"""A store that does not open, or is not whole, is set aside and made again from the log."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from graph_dump import dump
from world import World

from api.examination import examine, give_up
from graph.catch_up import catch_up
from graph.connection import connect
from graph.cypher import migrations
from graph.engine import (
    awaits_filling,
    engine_status,
    ensure_engine,
    last_set_aside,
    leave_engine,
    stop_engine,
)
from graph.engine.users import note_use
from graph.errors import EngineError
from graph.log import FactLog
from graph.settings import Settings

pytestmark = pytest.mark.sweep
VILLAGE = "division:6103051012{:02d}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A data folder whose graph is up to date and whose engine is stopped."""
    settings = Settings(data=tmp_path_factory.mktemp("whole"), engine_heap_mb=512)
    world = World(FactLog(settings.log_dir))
    for month in (1, 2):
        for number in range(20):
            village = VILLAGE.format(number)
            world.node("Village", village, name=f"样{number}村")
            world.tie("LOCATED_IN", (f"person:{month}{number}", "Person"), (village, "Village"))
        world.commit(datetime(2026, month, 1, tzinfo=UTC))
    catch_up(settings, owned=True)
    stop_engine(settings)
    yield settings


@pytest.fixture
def settings(whole: Settings, tmp_path: Path) -> Iterator[Settings]:
    """A copy of it, to be damaged."""
    data = Path(shutil.copytree(whole.data, tmp_path / "data"))
    own = whole.model_copy(update={"data": data})
    yield own
    stop_engine(own)


def empty_the_server_id(store: Path) -> None:
    (store / "server_id").write_bytes(b"")


def lose_the_nodes(store: Path) -> None:
    for path in (store / "databases" / "neo4j").glob("neostore.nodestore.db*"):
        path.unlink()


def lose_the_logs(store: Path) -> None:
    shutil.rmtree(store / "transactions" / "neo4j")


def lose_the_store(store: Path) -> None:
    shutil.rmtree(store / "databases" / "neo4j")


def lose_half_the_system_database(store: Path) -> None:
    shutil.rmtree(store / "databases" / "system")


def lose_the_system_database(store: Path) -> None:
    for part in ("databases", "transactions"):
        shutil.rmtree(store / part / "system")


def lose_everything(store: Path) -> None:
    shutil.rmtree(store)


#: The first two run with every suite, all of them by `--harms 7`.
HARMS = (
    empty_the_server_id,
    lose_the_nodes,
    lose_half_the_system_database,
    lose_the_logs,
    lose_the_store,
    lose_the_system_database,
    lose_everything,
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "harm" in metafunc.fixturenames:
        metafunc.parametrize("harm", HARMS[: metafunc.config.getoption("harms")])


def test_a_store_that_does_not_open_is_made_again(
    settings: Settings, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    harm(settings.engine_dir / "data")
    with caplog.at_level(logging.WARNING, "xinnong"), connect(settings, owned=True) as graph:
        nodes, ties = dump(graph)
        assert graph.read("MATCH (p:Projection) RETURN p.position AS n").rows == [{"n": 2}]
    assert sum("LOCATED_IN" in tie for tie in ties) == 40
    assert sum("VillageVersion" in node for node in nodes) == 40
    assert awaits_filling(settings) is None
    # of some losses Neo4j makes a whole store by itself
    aside = last_set_aside(settings)
    assert (aside is not None) == ("由事实日志重建" in caplog.text)
    assert harm not in HARMS[:2] or (aside is not None and (aside.folder / "data").exists())


def test_what_is_not_the_stores_fault_leaves_it_where_it_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise EngineError("引擎启动失败", "The engine did not start.", code="start_failed")

    monkeypatch.setattr("graph.engine.supervisor._launch", broken)
    with pytest.raises(EngineError, match="did not start"):
        ensure_engine(settings)
    assert (settings.engine_dir / "data" / "databases" / "neo4j").exists()
    assert last_set_aside(settings) is None and awaits_filling(settings) is None


@pytest.mark.sweep
def test_check_finds_random_bytes_and_a_constraint_is_made_again(settings: Settings) -> None:
    store = settings.engine_dir / "data" / "databases" / "neo4j" / "neostore.relationshipstore.db"
    content = bytearray(store.read_bytes())
    content[200:900] = bytes(place * 37 % 251 for place in range(700))
    store.write_bytes(content)
    found = examine(settings)
    assert found.problems == [] and (found.batches, found.graph_position) == (2, 2)
    assert ["被搁置" in note for note in found.notes] == [True]
    assert last_set_aside(settings) is not None
    # half made: an index stands where the constraint should
    with connect(settings, owned=True) as graph:
        assert len(dump(graph)[1]) >= 40
        graph.write("DROP CONSTRAINT version_fact_id")
        graph.write("CREATE INDEX version_fact_id FOR (v:Version) ON (v.fact_id)")
        graph.write("MATCH (p:Projection) SET p.schema_hash = 'of before'")
    catch_up(settings)
    with connect(settings) as graph:
        shown = graph.read("SHOW CONSTRAINTS YIELD name RETURN name").rows
        made = {row["name"] for row in shown}
        wanted = {text.split()[2] for text in migrations() if text.startswith("CREATE CONSTRAINT")}
        assert wanted <= made
    # a batch that is lost for good, and said to be
    shutil.rmtree(FactLog(settings.log_dir).batches()[1].folder)
    assert [told.split("：")[0] for told in examine(settings).problems] == [
        "事实日志最后的批次丢失"
    ]
    assert give_up(settings) == 1
    with connect(settings) as graph:
        assert graph.read("MATCH (p:Projection) RETURN p.position AS n").rows == [{"n": 1}]
        assert sum("LOCATED_IN" in tie for tie in dump(graph)[1]) == 20


def test_who_goes_last_stops_the_engine(settings: Settings) -> None:
    """Another process that lives uses it: it stays; that one is gone: it is stopped."""
    note = settings.engine_dir / "users" / "1"
    ensure_engine(settings)
    note_use(settings)
    note.write_text(str(psutil.Process(1).create_time()), encoding="utf-8")
    assert not leave_engine(settings) and engine_status(settings).running
    # the number of a process that is gone is another's by now
    note.write_text("1.0", encoding="utf-8")
    assert leave_engine(settings) and not engine_status(settings).running
    assert not note.exists()
