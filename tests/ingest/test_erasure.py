"""A lawful deletion: a person leaves every store, and nobody else loses anything."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import ingest
import ingest.erasure.act as act
from graph.connection import connect
from graph.engine import stop_engine
from graph.errors import BusyError, InputError, NotFoundError, SettingsError
from graph.information import InformationClass
from graph.log import FactLog
from graph.operations import DecisionArchive, OperationsStore
from graph.operations.erasure import erasure_rules, named
from graph.operations.tables import every_table
from graph.schema import SCHEMA
from graph.settings import Settings
from graph.tombstones import tombstones
from ingest.erasure import BY_CONSENT, Trace, erase, grounds, verify_erased, would_erase
from ingest.sample import steps, write_district

AT = datetime(2026, 11, 1, tzinfo=UTC)
RIGHT: dict[str, Any] = {"ground": "consent_withdrawn", "reason": "申请书1号", "by": "张三", "second": "李四", "at": AT}  # fmt: skip


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder into which the files of a district were taken; its graph was never made."""
    folder = tmp_path_factory.mktemp("taken_in")
    write_district(folder / "district", persons=1_000)
    made = Settings(data=folder / "data")
    for source, path in steps(folder / "district"):
        ingest.ingest(source, [path], settings=made, into_graph=False)
    return made.data


@pytest.fixture
def settings(taken_in: Path, tmp_path: Path) -> Iterator[Settings]:
    shutil.copytree(taken_in, tmp_path / "data")
    made = Settings(data=tmp_path / "data", engine_heap_mb=512)
    yield made
    stop_engine(made)


def statements(log: FactLog) -> list[tuple[str, dict[str, Any]]]:
    """Every statement ever made: its kind and what it says."""
    return [(item.kind, row) for item in SCHEMA.kinds for row in log.history(item.kind).to_pylist()]


def ids(told: list[tuple[str, dict[str, Any]]]) -> set[str]:
    return {row["fact_id"] for _, row in told}


def borrower(log: FactLog) -> str:
    """Who has a loan of his own, and lives in a household."""
    persons = set(log.read("BELONGS_TO")["from_key"].to_pylist())
    told = log.read("BORROWED").to_pylist()
    return next(row["from_key"] for row in told if row["from_key"] in persons)


def slowly(told: list[tuple[str, dict[str, Any]]], key: str) -> set[str]:
    """What must go, one statement at a time: what is about the person, and about what was his alone."""
    owners: dict[str, set[str]] = {}
    for kind, row in told:
        if kind in SCHEMA.relationships:
            for party, thing in (("from_key", "to_key"), ("to_key", "from_key")):
                tie = SCHEMA.relationships[kind]
                end = "source" if party == "from_key" else "target"
                is_his = SCHEMA.about(tie) == (end,) and end in SCHEMA.party_ends(tie)
                others = tie.targets if end == "source" else tie.sources
                if is_his and SCHEMA.common_label(others) != "Party":
                    owners.setdefault(row[thing], set()).add(row[party])
    whose = {key} | {thing for thing, by in owners.items() if by == {key}}
    return {
        row["fact_id"]
        for kind, row in told
        if not SCHEMA.information(kind).is_public
        and whose & {row.get("key"), row.get("from_key"), row.get("to_key")}
    }


def test_a_person_leaves_every_store_and_everybody_else_stays(settings: Settings) -> None:
    log = FactLog(settings.log_dir)
    key, before = borrower(log), statements(log)
    goes = slowly(before, key)
    look = would_erase(settings, key)
    assert statements(log) == before and look.number is None
    assert {"Person", "BELONGS_TO", "BORROWED", "Loan"} <= look.facts.keys()
    assert sum(look.facts.values()) == len(goes)

    with OperationsStore(settings) as store:
        archive = DecisionArchive(store)
        archive.keep(
            f'{{"party": "{key}"}}'.encode(), party=key, product="p", verdict="v", decided_at=AT
        )
        archive.keep(
            f'{{"near": "{key}"}}'.encode(), party="o", product="p", verdict="v", decided_at=AT
        )
        (settings.data / "uploads").mkdir()
        (settings.data / "uploads" / "piece").write_text(key)
        told = erase(settings, key, store=store, **RIGHT)
        assert [item.party for item in archive.of()] == ["o"]
    assert told.facts == look.facts and told.number == 1
    assert [(item.table, item.rows) for item in told.deleted] == [("events", 1), ("decisions", 1)]
    assert [(item.table, item.column, item.rows) for item in told.kept] == [
        ("decisions", "record", 1)
    ]
    assert [item.place for item in told.traces] == ["operations/decisions.record"]
    assert all(item.why for item in told.traces)

    assert ids(statements(log)) == ids(before) - goes
    assert log.verify() == [] and not [item for item in verify_erased(settings) if not item.why]
    with connect(settings, owned=True) as graph:
        mine = graph.read("MATCH (p {key: $key}) RETURN count(p) AS n", {"key": key}).rows
        everybody = graph.read("MATCH (p:Person) RETURN count(DISTINCT p.key) AS n").rows
    assert mine == [{"n": 0}]
    assert everybody[0]["n"] >= len(set(log.read("Person")["key"].to_pylist()))
    (tombstone,) = tombstones(settings.log_dir)
    assert (tombstone.by, tombstone.second, tombstone.ground) == (
        "张三",
        "李四",
        "consent_withdrawn",
    )
    assert key not in json.dumps(tombstone.subjects)
    assert not (settings.data / "erasing.json").exists()
    with pytest.raises(NotFoundError):
        erase(settings, key, **RIGHT)

    # what comes back is found, wherever it stands
    with OperationsStore(settings) as store:
        archive = DecisionArchive(store)
        archive.keep(b"{}", party=key, product="p", verdict="v", decided_at=AT)
    assert "operations/decisions.party" in {item.place for item in verify_erased(settings)}


@pytest.mark.parametrize("step", ["erase_named", "_refused_rows", "delete_store", "catch_up"])
def test_what_was_begun_is_finished_by_the_next(
    settings: Settings, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FactLog(settings.log_dir)
    one, other = sorted(set(log.read("BORROWED")["from_key"].to_pylist()))[:2]
    before = statements(log)

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(act, step, killed)
        # the graph is made once, at the end: it takes seconds
        patch.setattr(act, "catch_up", killed)
        with pytest.raises(Killed):
            erase(settings, one, **RIGHT)
    assert (settings.data / "erasing.json").stat().st_mode & 0o077 == 0
    monkeypatch.setattr(act, "catch_up", lambda *_, **__: 0)
    with OperationsStore(settings) as store:
        DecisionArchive(store).keep(b"{}", party=one, product="p", verdict="v", decided_at=AT)
        erase(settings, other, store=store, **RIGHT)
        assert named(store, [one, other]) == []
    goes = slowly(before, one)
    goes |= slowly([told for told in before if told[1]["fact_id"] not in goes], other)
    assert ids(statements(log)) == ids(before) - goes
    assert [item.number for item in tombstones(settings.log_dir)] == [1, 2]
    assert not (settings.data / "erasing.json").exists()


def test_refused_rows_that_name_a_person_go_and_others_stay(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(act, "catch_up", lambda *_, **__: 0)
    log = FactLog(settings.log_dir)
    key = borrower(log)
    name = next(row["name"] for row in log.read("Person").to_pylist() if row["key"] == key)
    planted = settings.quarantine_dir / "loan-ab.parquet"
    pq.write_table(
        pa.table({"row": [2, 3], "name": [name, "别的人"], "key": [key, "person:x"]}), planted
    )
    erase(settings, key, **RIGHT)
    assert pq.read_table(planted)["row"].to_pylist() == [3]


def test_who_may_and_who_may_not(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    log = FactLog(settings.log_dir)
    key, before = borrower(log), statements(log)
    for wrong, code in (
        ({"ground": "whim"}, "ground_unknown"),
        ({"reason": " "}, "reason_missing"),
        ({"by": ""}, "user_missing"),
        ({"second": "张三"}, "two_persons"),
    ):
        with pytest.raises(InputError) as refused:
            erase(settings, key, **{**RIGHT, **wrong})
        assert refused.value.cause_code == code
    with pytest.raises(NotFoundError):
        erase(settings, "person:" + "0" * 32, **RIGHT)
    monkeypatch.setattr(act, "used_by_others", lambda _: True)
    with pytest.raises(BusyError):
        erase(settings, key, **RIGHT)
    with pytest.raises(SettingsError):
        erase(Settings(data=settings.data, neo4j_uri="bolt://127.0.0.1:1"), key, **RIGHT)
    assert statements(log) == before and tombstones(settings.log_dir) == ()


def test_every_table_says_what_becomes_of_it() -> None:
    rules, why = erasure_rules()
    assert rules.keys() == every_table().tables.keys()
    assert all(len(text) > 5 for text in why.values())
    assert all(ground.clause for ground in grounds().values())


def test_what_a_law_published_is_not_deleted_with_what_was_consented() -> None:
    assert InformationClass.REGISTER not in BY_CONSENT
    assert InformationClass.PUBLIC_RECORD not in BY_CONSENT
    assert InformationClass.CREDIT in BY_CONSENT


def test_a_trace_says_where_and_never_what() -> None:
    assert Trace.__dataclass_fields__.keys() == {"place", "count", "why"}
