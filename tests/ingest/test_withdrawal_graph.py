"""A withdrawal is closures and facts: graph, import, snapshot and resolution see it as such."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from graph_dump import dump, wipe
from world import World

import ingest
from graph.catch_up import catch_up
from graph.connection import connect
from graph.engine import ensure_engine, stop_engine
from graph.errors import InputError
from graph.log import FactLog
from graph.projection import project, projected_to
from graph.resolution import Resolution
from graph.settings import Settings
from graph.snapshot import Snapshot, refresh_snapshot, take_snapshot

TODAY = date(2026, 9, 1)
P, C, FIRM = ("provisional:p", "Person"), ("person:c", "Person"), ("org:f", "Enterprise")


def on(month: int) -> datetime:
    return datetime(2026, month, 1, 8, 0, 0, 125000, tzinfo=UTC)


def _list(name: str) -> dict[str, object]:
    return {"table": "t", "list": name, "part": 1, "of": 1}


def told(world: World, settings: Settings) -> Iterator[int]:
    """Month by month: facts; a judgement; a wrong file; taken back; the judgement undone."""
    world.node("Person", C[0], name="张建国")
    name = world.node("Person", P[0], name="张老三")
    world.node("Enterprise", FIRM[0], name="样本果业有限公司")
    early = world.tie("GUARANTEES", P, FIRM, discriminator="1", amount_fen=1)
    world.tie("GUARANTEES", C, FIRM, discriminator="2", amount_fen=2)
    world.commit(on(1), "guarantee", notes=_list("一月"))
    yield 1
    same = world.tie("SAME_AS", P, C, judged_by="王")
    world.commit(on(2), "identity")
    yield 2
    world.close("GUARANTEES", early)
    world.close("Person", name)
    world.node("Person", P[0], name="李老三")
    world.tie("GUARANTEES", P, FIRM, discriminator="3", amount_fen=3)
    world.tie("LEGAL_REPRESENTATIVE_OF", P, FIRM)
    world.commit(on(3), "guarantee", notes=_list("三月"))
    yield 3
    ingest.withdraw(
        "guarantee-20260301", reason="去年的名单", by="李四", settings=settings, known_at=on(4),
        into_graph=False,
    )  # fmt: skip
    yield 4
    world.close("SAME_AS", same)
    world.commit(on(5), "identity")
    yield 5


#: month -> contract -> who is seen to guarantee
SEEN = {
    1: {"1": P[0], "2": C[0]},
    2: {"1": C[0], "2": C[0]},
    3: {"2": C[0], "3": C[0]},
    4: {"1": C[0], "2": C[0]},
    5: {"1": P[0], "2": C[0]},
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    made = Settings(data=tmp_path_factory.mktemp("withdrawn"), engine_heap_mb=512)
    ensure_engine(made, owned=True)
    yield made
    stop_engine(made)


def guarantors(snapshot: Snapshot) -> dict[str, str]:
    ties = snapshot.ties["GUARANTEES"]
    return {
        fact["discriminator"]: snapshot.keys[int(number)].as_py()
        for fact, number in zip(ties.table.to_pylist(), ties.source, strict=True)
    }


def test_a_graph_that_followed_is_the_graph_made_anew_and_the_imported_one(
    settings: Settings,
) -> None:
    log = FactLog(settings.log_dir)
    with connect(settings) as graph:
        for _ in told(World(log), settings):
            assert project(log, graph) == 1
        followed = dump(graph)
        wipe(graph)
        assert project(log, graph) == 5
        assert dump(graph) == followed
        held = projected_to(graph)
        assert held and held.sources == ["guarantee", "guarantee/t", "identity"]
        # at every known time, the answer of that time
        for month, seen in SEEN.items():
            rows = graph.read(
                "MATCH (a:Party)-[t:GUARANTEES]->(:Party) WHERE t.known_from <= $at "
                "AND $at < t.known_to RETURN a.key AS who, t.discriminator AS contract",
                {"at": on(month)},
            ).rows
            assert {row["contract"]: row["who"] for row in rows} == seen, month
        # what came back says which file said it
        (back,) = graph.read(
            "MATCH (:Party)-[t:GUARANTEES {discriminator: '1'}]->() WHERE t.known_from = $at "
            "RETURN t.batch AS batch, t.fact_id AS fact_id", {"at": on(4)}
        ).rows  # fmt: skip
        assert back["batch"] == "guarantee-20260101" and back["fact_id"].endswith(".3")
        wipe(graph)
    # a run killed before the graph followed is finished by the same words said again
    again = ingest.withdraw("3", reason="去年的名单", by="李四", settings=settings)
    assert again.state == "already"
    with connect(settings) as graph:
        assert dump(graph) == followed
        wipe(graph)
    assert catch_up(settings, import_from=1) == 5
    with connect(settings) as graph:
        assert dump(graph) == followed


def test_a_snapshot_that_followed_is_one_taken_afresh(tmp_path: Path) -> None:
    made = Settings(data=tmp_path)
    log = FactLog(made.log_dir)
    before: Snapshot | None = None
    for month in told(World(log), made):
        fresh = take_snapshot(log, TODAY)
        assert guarantors(fresh) == SEEN[month]
        if before is not None:
            followed = refresh_snapshot(before, log)
            assert guarantors(followed) == SEEN[month]
            assert followed.facts("Person").sort_by("fact_id") == fresh.facts("Person").sort_by(
                "fact_id"
            )
            assert (followed.id, followed.position) == (fresh.id, fresh.position)
        before = fresh
    for month, seen in SEEN.items():
        assert guarantors(take_snapshot(log, TODAY, on(month))) == seen
    names = {
        row["key"]: row["name"] for row in take_snapshot(log, TODAY).facts("Person").to_pylist()
    }
    assert names == {C[0]: "张建国", P[0]: "张老三"}


def of_a_register(world: World, settings: Settings) -> Iterator[int]:
    """A register's word that two keys are one party, with ties of its own, and taken back."""
    world.node("Enterprise", FIRM[0], name="样本果业有限公司")
    world.tie("GUARANTEES", P, FIRM, discriminator="1", amount_fen=1)
    world.commit(on(1), "guarantee")
    yield 1
    world.tie("SAME_AS", P, C, judged_by="登记机关")
    world.tie("LEGAL_REPRESENTATIVE_OF", P, FIRM)
    world.commit(on(2), "register")
    yield 2
    ingest.withdraw("2", reason="送错了", by="李四", settings=settings, known_at=on(3),
                    into_graph=False)  # fmt: skip
    yield 3


def test_a_registers_word_that_goes_leaves_ties_where_they_were(tmp_path: Path) -> None:
    made = Settings(data=tmp_path)
    log = FactLog(made.log_dir)
    seen = [guarantors(take_snapshot(log, TODAY)) for _ in of_a_register(World(log), made)]
    assert seen == [{"1": P[0]}, {"1": C[0]}, {"1": P[0]}]


@pytest.mark.parametrize("months", [told, of_a_register])
def test_what_is_written_batch_by_batch_is_the_history(
    tmp_path: Path, months: Callable[[World, Settings], Iterator[int]]
) -> None:
    made = Settings(data=tmp_path)
    log = FactLog(made.log_dir)
    for _ in months(World(log), made):
        pass
    reading = Resolution(log)
    written: dict[str, datetime] = {}
    for batch in reading.batches:
        for kind in ("GUARANTEES", "LEGAL_REPRESENTATIVE_OF"):
            news = reading.facts(batch, kind).to_pylist()
            moved = reading.moved(batch).get(kind)
            for fact in [*news, *(moved.to_pylist() if moved is not None else ())]:
                assert fact["fact_id"] not in written
                assert fact["known_from"] == batch.known_at
                written[fact["fact_id"]] = batch.known_at
    for kind in ("GUARANTEES", "LEGAL_REPRESENTATIVE_OF"):
        for row in reading.history(kind).to_pylist():
            assert written.pop(row["fact_id"]) == row["known_from"]
    assert written == {}


def test_a_judgement_is_not_withdrawn_here(tmp_path: Path) -> None:
    made = Settings(data=tmp_path)
    log = FactLog(made.log_dir)
    for month in told(World(log), made):
        if month == 2:
            with pytest.raises(InputError) as caught:
                ingest.withdraw("2", reason="送错了", by="李四", settings=made, into_graph=False)
            assert caught.value.cause_code == "withdrawal_of_judgement"
            assert "xinnong identity undo" in caught.value.message_zh
            break
    assert len(log.batches()) == 2


def test_a_batch_older_than_the_schema_is_withdrawn_too(tmp_path: Path) -> None:
    """It stated and closed ties of a kind that there is no more; nobody reads them."""
    made = Settings(data=tmp_path)
    log = FactLog(made.log_dir)
    world = World(log)
    world.node("Enterprise", FIRM[0], name="样本果业有限公司")
    world.commit(on(1), "register")
    before = take_snapshot(log, TODAY)
    with log.append(
        source="register", batch="register-old", file_name="曾用代码.csv", content_sha256="0" * 64,
        known_at=on(2),
    ) as pending:  # fmt: skip
        pending.attach("FORMERLY_CODED", pa.table({"fact_id": ["x"], "batch": ["register-old"]}))
        pending.close_facts({"FORMERLY_CODED": pa.array(["w"])})
        pending.counts.update(rows_in=1, accepted=1, unchanged=0, quarantined=0)
    assert Resolution(log).closures(log.batches()[1]).num_rows == 0
    seen = refresh_snapshot(before, log)
    assert seen.facts("Enterprise") == before.facts("Enterprise")
    found = ingest.withdraw("2", reason="旧表", by="李四", settings=made, into_graph=False)
    assert (found.state, found.leaves, found.returns) == ("withdrawn", {}, {})
    assert ingest.preview_withdrawal("2", settings=made).leaves == {}
    assert len(log.batches()) == 3
