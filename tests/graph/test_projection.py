"""The graph is the log, whichever way and after whichever accident it got there."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import psutil
import pytest
from graph_dump import dump, wipe
from waiting import until
from world import World

from graph.catch_up import catch_up
from graph.connection import Graph, connect
from graph.engine import bulk_import, importing_engine, stop_engine
from graph.engine.home import import_marker
from graph.errors import LogError
from graph.log import FactLog
from graph.projection import project, projected_to
from graph.settings import Settings
from graph.statement import Statement

PROJECT = """
import sys
from pathlib import Path
from graph.catch_up import catch_up
from graph.settings import Settings
catch_up(Settings(data=Path(sys.argv[1]), engine_heap_mb=512), import_from=int(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    made = Settings(data=tmp_path_factory.mktemp("projected"), engine_heap_mb=512)
    _write_log(FactLog(made.log_dir))
    yield made
    stop_engine(made)


def _write_log(log: FactLog) -> None:
    """Roles, awkward texts, a tie to somebody undescribed, closures, a person judged another."""
    world = World(log)
    changed = [
        world.node("Person", f"p{number}", name=f'样"本,{number}\n二', valid_from=date(2026, 1, 1))
        for number in range(40)
    ]
    for number in range(40):
        world.node("Farmer", f"p{number}", label="Person")
        world.tie("BELONGS_TO", (f"p{number}", "Person"), (f"h{number // 4}", "Household"))
    # one faulty cell, longer than any index holds
    world.node("Household", "h0", name="")
    world.node("Household", "h1", name="长" * 20_000)
    world.commit(datetime(2026, 2, 1, 8, 30, 0, 123456, tzinfo=UTC))
    world.node("Enterprise", "e1", name="样本果业有限公司", valid_to=date(2027, 1, 1))
    ended = world.tie("HOLDS_SHARES_IN", ("p1", "Person"), ("e1", "Enterprise"), share_ratio=0.25)
    world.tie("LEGAL_REPRESENTATIVE_OF", ("p2", "Person"), ("e1", "Enterprise"))
    world.close("Person", changed[0])
    whole = {"table": "person", "list": "名单", "part": 1, "of": 1}
    world.commit(datetime(2026, 2, 2, tzinfo=UTC), notes=whole)
    world.node("Person", "p0", name="样本改", valid_from=date(2026, 1, 1))
    world.close("HOLDS_SHARES_IN", ended)
    world.tie("SAME_AS", ("p39", "Person"), ("p35", "Person"), judged_by="样本")
    world.commit(datetime(2026, 2, 3, 9, 15, 0, 500000, tzinfo=UTC), source="identity")


@pytest.fixture(scope="module")
def in_batches(settings: Settings) -> tuple[list[str], list[str]]:
    with connect(settings, owned=True) as graph:
        assert project(FactLog(settings.log_dir), graph) == 3
        return dump(graph)


def test_every_fact_is_there_once(
    settings: Settings, in_batches: tuple[list[str], list[str]]
) -> None:
    nodes, ties = in_batches
    log = FactLog(settings.log_dir)
    versions = sum(
        len(log.history(kind)) for kind in ("Person", "Farmer", "Household", "Enterprise")
    )
    # 40 persons, 10 households of which nine are known by their ties alone, 1 enterprise; every
    # name that is or was held, to be searched by (an empty one is none); how far it is
    assert len(nodes) == versions + 40 + 10 + 1 + (40 + 1 + 1 + 1) + 1
    # the tie of p39 to its household stands twice: before and after p39 was judged to be p35
    assert len(ties) == versions + 41 + 1 + 1 + 1
    assert sum("'BELONGS_TO', 'p35'" in tie for tie in ties) == 2
    assert sum("'Household'" in node and "'h9'" in node for node in nodes) == 1
    assert sum("LegalRepresentative" in node for node in nodes) == 1


def test_an_import_makes_the_same_graph(
    settings: Settings, in_batches: tuple[list[str], list[str]]
) -> None:
    with connect(settings, owned=True) as graph:
        wipe(graph)
    assert catch_up(settings, owned=True, import_from=1) == 3
    with connect(settings, owned=True) as graph:
        assert dump(graph) == in_batches
        for typed in ('written:"果 业"', 'sounds:"guo ye"', 'initials:"y b g y"'):
            found = graph.read("CALL db.index.fulltext.queryNodes('searched_names', $typed) "
                               "YIELD node RETURN node.name AS name", {"typed": typed}).rows  # fmt: skip
            assert [row["name"] for row in found] == ["样本果业有限公司"]
    assert catch_up(settings, owned=True, import_from=1) == 0


def test_what_had_come_is_said_anew_where_the_graph_says_it_otherwise(
    settings: Settings, in_batches: tuple[list[str], list[str]]
) -> None:
    with connect(settings, owned=True) as graph:
        graph.write("MATCH (p:Projection) SET p.sources = ['world']")
        assert project(FactLog(settings.log_dir), graph) == 0
        assert dump(graph) == in_batches


def test_a_graph_of_before_gets_the_names_that_it_lacks(
    settings: Settings, in_batches: tuple[list[str], list[str]]
) -> None:
    with connect(settings, owned=True) as graph:
        graph.write("MATCH (n:PartyName) WITH n LIMIT 7 DETACH DELETE n")
        graph.write("MATCH (p:Projection) SET p.schema_hash = 'of before'")
        assert project(FactLog(settings.log_dir), graph) == 0
        assert dump(graph) == in_batches


def test_a_graph_of_before_shows_no_end_of_an_id_any_more(
    settings: Settings, in_batches: tuple[list[str], list[str]]
) -> None:
    """Masks of before (610322********1046) are mended in every text, keys and ties among them."""
    older = (
        "CREATE (l:Loan {key: 'loan:JD610322********104X#1f'}), (p:Party {key: 'before'}) "
        "CREATE (p)-[:BORROWED {fact_id: 'b1', source: 'before', discriminator: 'x610322********1046'}]->(l) "
        "CREATE (v:Version:PersonVersion:PartyVersion {fact_id: 'b2', birth_on: date('1990-05-10'), "
        "resident_id_masked: '610322********1046', name: '610322********1046和610322*******46', "
        "address: '610322************', certainty: 1.0})-[:DESCRIBES]->(p)"
    )
    with connect(settings, owned=True) as graph:
        graph.write(older)
        graph.write("MATCH (p:Projection) SET p.schema_hash = 'of before'")
        assert project(FactLog(settings.log_dir), graph) == 0
        [told] = graph.read(
            "MATCH (v:PersonVersion {fact_id: 'b2'})-[:DESCRIBES]->(:Party)-[b:BORROWED]->(l:Loan) "
            "RETURN l.key AS loan, b.discriminator AS apart, v.resident_id_masked AS masked, "
            "v.name AS name, v.address AS address"
        ).rows
        assert told == {
            "loan": "loan:JD610322************#1f", "apart": "x610322************",
            "masked": "61032219900510****", "address": "610322************",
            "name": "610322************和610322*********",
        }  # fmt: skip
        graph.write("MATCH (v:Version {fact_id: 'b2'}) DETACH DELETE v")
        graph.write("MATCH (p:Party {key: 'before'}) DETACH DELETE p")
        graph.write("MATCH (l:Loan {key: 'loan:JD610322************#1f'}) DETACH DELETE l")
        assert dump(graph) == in_batches


@pytest.mark.sweep
def test_a_killed_import_is_made_again(
    settings: Settings, in_batches: tuple[list[str], list[str]]
) -> None:
    chance = random.Random(7)
    for _ in range(2):
        with connect(settings, owned=True) as graph:
            wipe(graph)
        child = subprocess.Popen([sys.executable, "-c", PROJECT, str(settings.data), "1"])
        begun = import_marker(settings).exists
        until(lambda begun=begun, done=child: begun() or done.poll() is not None, pause=0.01)
        time.sleep(chance.uniform(0.0, 1.5))
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert catch_up(settings, owned=True) in (0, 3)
        assert len(_engines(settings)) == 1
        with connect(settings, owned=True) as graph:
            assert dump(graph) == in_batches


def test_who_imports_is_noted_before_it_is_told_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed right after that, whoever comes next ends it, though it has not begun to read."""
    settings = Settings(data=tmp_path / "data", engine_heap_mb=512)
    home = settings.engine_dir.resolve()

    def tell(child: subprocess.Popen[bytes], _: list[str]) -> None:
        [pid, created] = import_marker(settings).read_text(encoding="utf-8").split()
        noted = psutil.Process(int(pid))
        assert noted.pid == child.pid and abs(noted.create_time() - float(created)) < 1
        # by where it stands it is known as this folder's, before Java is there
        until(lambda: Path(noted.cwd()) == home)
        raise RuntimeError("killed")

    monkeypatch.setattr(bulk_import, "_tell", tell)
    with pytest.raises(RuntimeError, match="killed"):
        with importing_engine(settings, owned=True) as fill:
            fill([], [])
    assert import_marker(settings).exists() and not _engines(settings)


def _engines(settings: Settings) -> list[int]:
    """Engines of this data folder that run, those that still import among them."""
    handed = str((settings.engine_dir / "host.json").resolve())
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if handed in (process.info["cmdline"] or ())
    ]


def test_half_a_batch_is_written_again_and_not_seen(
    settings: Settings, in_batches: tuple[list[str], list[str]]
) -> None:
    class Dying:
        """A graph that dies after so many writes."""

        def __init__(self, graph: Graph, lives: int) -> None:
            self.graph, self.lives = graph, lives
            self.read = graph.read

        def write(
            self, text: str, parameters: dict[str, object] | None = None, **limits: float
        ) -> None:
            self.die_by_and_by()
            self.graph.write(text, parameters, **limits)

        def write_many(self, statements: Sequence[Statement], **limits: float) -> None:
            self.die_by_and_by()
            self.graph.write_many(statements, **limits)

        def die_by_and_by(self) -> None:
            if not self.lives:
                raise ConnectionError
            self.lives -= 1

    log = FactLog(settings.log_dir)
    with connect(settings, owned=True) as graph:
        for lives in range(0, 60, 5):
            wipe(graph)
            try:
                project(log, Dying(graph, lives))
            except ConnectionError:
                held = projected_to(graph)
                # what an unfinished batch wrote is known later than what the graph claims to know
                claimed = held.known_at if held else datetime.min.replace(tzinfo=UTC)
                assert held is None or held.known_at == log.batches()[held.position - 1].known_at
                late = graph.read(
                    "MATCH (v:Version) WHERE v.known_from > $at RETURN count(v) AS n",
                    {"at": claimed},
                ).rows[0]["n"]
                of_later = sum(
                    int(batch.files[kind]["rows"])
                    for batch in log.batches()[held.position if held else 0 :]
                    for kind in batch.kinds
                    if kind in ("Person", "Farmer", "Household", "Enterprise")
                )
                assert late <= of_later
                project(log, graph)
            assert dump(graph) == in_batches


def test_a_graph_of_another_log_is_refused(settings: Settings, tmp_path: Path) -> None:
    other = World(FactLog(tmp_path / "log"))
    other.node("Person", "x", name="样本")
    other.commit(datetime(2026, 2, 1, tzinfo=UTC))
    with connect(settings, owned=True) as graph:
        before = dump(graph)
        with pytest.raises(LogError) as caught:
            project(FactLog(tmp_path / "log"), graph)
        assert caught.value.cause_code == "graph_of_another_log"
        assert dump(graph) == before
    shutil.rmtree(tmp_path / "log")
