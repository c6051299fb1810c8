"""The operations store: nothing lost between log and ledger, no decision altered unseen."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from breadth import some
from pydantic import SecretStr
from sqlalchemy import text
from world import World

from graph.errors import LogError, NotFoundError, OperationsError
from graph.log import FactLog
from graph.operations import (
    DecisionArchive,
    Job,
    Jobs,
    Ledger,
    OperationsStore,
    operations_problems,
)
from graph.settings import Settings

pytestmark = pytest.mark.each_store

MOMENT = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from graph.operations import DecisionArchive, OperationsStore
from graph.settings import Settings
with OperationsStore(Settings(data=Path(sys.argv[1]))) as store:
    for number in range(50):
        DecisionArchive(store).keep(
            f"{sys.argv[2]} {number}".encode(), party="p", product="x", verdict="符合",
            decided_at=datetime(2026, 3, 1, tzinfo=UTC))
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def test_the_ledger_repeats_the_log_once(store: OperationsStore, tmp_path: Path) -> None:
    log, ledger = FactLog(tmp_path / "log"), Ledger(store)
    world = World(log)
    for day in (1, 2):
        world.node("Person", f"p{day}", name="样本")
        world.commit(datetime(2026, 3, day, tzinfo=UTC))
    assert ledger.reconcile(log.batches()) == 2
    assert ledger.reconcile(log.batches()) == 0
    found = ledger.deliveries()
    assert [(item.batch, item.position, item.state) for item in found] == [
        ("world-20260301", 1, "committed"),
        ("world-20260302", 2, "committed"),
    ]
    ledger.projected(1)
    assert [item.state for item in ledger.deliveries()] == ["done", "committed"]
    assert ledger.reconcile(log.batches()) == 0
    assert found[0].known_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert ledger.deliveries("loan") == []


def test_a_refusal_is_kept_and_overcome(store: OperationsStore, tmp_path: Path) -> None:
    log, ledger = FactLog(tmp_path / "log"), Ledger(store)
    World(log).commit(datetime(2026, 3, 1, tzinfo=UTC))
    batch = log.batches()[0]
    for _ in range(2):
        ledger.received("world", batch.content_sha256, file_name="a.csv", at=MOMENT)
        ledger.checking("world", batch.content_sha256)
        assert [item.state for item in ledger.deliveries()] == ["checking"]
        ledger.failed("world", batch.content_sha256, file_name="a.csv", code="encoding", at=MOMENT)
    refused = ledger.deliveries()
    assert [(item.state, item.refused_code, item.refused_at) for item in refused] == [
        ("failed", "encoding", MOMENT)
    ]
    ledger.reconcile([batch])
    # what is in the log stays taken, whatever comes after it
    ledger.failed("world", batch.content_sha256, file_name="a.csv", code="encoding", at=MOMENT)
    ledger.received("world", batch.content_sha256, file_name="b.csv", at=MOMENT)
    assert [(item.state, item.position, item.refused_code) for item in ledger.deliveries()] == [
        ("committed", 1, "encoding")
    ]


def test_a_decision_answers_to_its_content(store: OperationsStore) -> None:
    archive = DecisionArchive(store)
    china = timezone(timedelta(hours=8))
    kept = [
        archive.keep(
            record, party="p1", product="small", verdict="待补充",
            decided_at=MOMENT.astimezone(china),
        )
        for record in (b"first", b"second", b"first")
    ]  # fmt: skip
    assert kept[0] == kept[2] != kept[1]
    assert archive.find(kept[0]).record == b"first"
    assert archive.find(kept[0]).decided_at == MOMENT
    assert len(archive.of(party="p1")) == 2 == len(archive.of(product="small"))
    assert archive.of(party="p2") == []
    with pytest.raises(NotFoundError):
        archive.find("0" * 64)
    altered = text("UPDATE decisions SET record = :record WHERE id = :id")
    with store.transaction() as session:
        session.execute(altered, {"record": b"other", "id": kept[0]})
    with pytest.raises(OperationsError) as caught:
        archive.find(kept[0])
    assert caught.value.cause_code == "decision_altered"


def test_writers_take_turns(store: OperationsStore, tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in "abc"
    ]
    assert [child.wait(120) for child in running] == [0, 0, 0]
    assert len(DecisionArchive(store).of(product="x")) == 150


def test_what_a_writer_read_is_still_so_when_it_writes(store: OperationsStore) -> None:
    """Or of two who read the same state, one undoes what the other wrote: a cancelled job goes on."""
    jobs, at_once = Jobs(store), 4
    jobs.begin(Job("count", "count", "x", "{}", "running", MOMENT), most=1)
    together = threading.Barrier(at_once)

    def count_on() -> None:
        together.wait()
        for _ in range(25):
            with store.together() as one:
                done = Jobs(one).find("count").done
                Jobs(one).note("count", "数", done + 1, None)

    with ThreadPoolExecutor(at_once) as threads:
        for counted in [threads.submit(count_on) for _ in range(at_once)]:
            counted.result()
    assert jobs.find("count").done == 25 * at_once


def test_a_new_store_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    for attempt in some(range(3)):
        folder = tmp_path / str(attempt)
        running = [
            subprocess.Popen([sys.executable, "-c", WRITER, str(folder), name]) for name in "abcd"
        ]
        assert [child.wait(120) for child in running] == [0] * 4


def test_half_a_transaction_is_none(store: OperationsStore) -> None:
    archive = DecisionArchive(store)
    with pytest.raises(RuntimeError), store.transaction():
        archive_id = "unused"
        raise RuntimeError(archive_id)
    assert archive.of() == []


@pytest.mark.sqlite_only("it names its own address")
def test_an_unreachable_store_says_what_to_do(tmp_path: Path) -> None:
    url = SecretStr(f"sqlite:////{tmp_path}/absent/operations.sqlite3")
    with pytest.raises(OperationsError) as caught:
        OperationsStore(Settings(data=tmp_path, operations_url=url))
    assert caught.value.cause_code == "operations_unavailable"
    assert "XINNONG_OPERATIONS_URL" in caught.value.message_zh


def test_an_instant_without_a_zone_is_refused(store: OperationsStore) -> None:
    with pytest.raises(OperationsError):
        DecisionArchive(store).keep(
            b"x", party="p", product="x", verdict="符合", decided_at=datetime(2026, 3, 1)
        )


def test_a_reader_sees_one_state_waits_for_nobody_and_writes_nothing(
    store: OperationsStore,
) -> None:
    archive = DecisionArchive(store)

    def keep(record: bytes) -> str:
        return archive.keep(record, party="p", product="x", verdict="符合", decided_at=MOMENT)

    keep(b"first")
    count = text("SELECT count(*) FROM decisions")
    with store.reading() as session:
        assert session.scalar(count) == 1
        # a writer is not held up by who reads, and the reader's world stays what it was
        keep(b"second")
        assert session.scalar(count) == 1
    assert len(archive.of()) == 2
    with store.transaction() as session:
        session.execute(text("UPDATE decisions SET product = 'y'"))
        # nor is a reader by who writes
        assert [item.product for item in archive.of()] == ["x", "x"]
    with pytest.raises(OperationsError), store.reading() as session:
        session.execute(text("DELETE FROM decisions"))
    assert len(archive.of(product="y")) == 2


@pytest.mark.sqlite_only("its file is what is harmed")
def test_harm_to_the_store_is_named(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert operations_problems(settings, []) == []
    with OperationsStore(settings) as store:
        for number in range(200):
            kept = DecisionArchive(store).keep(
                f"{number} ".encode() * 50, party="p", product="x", verdict="符合",
                decided_at=MOMENT,
            )  # fmt: skip
    assert operations_problems(settings, []) == []
    file = settings.operations_file
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.execute("UPDATE decisions SET record = ? WHERE id = ?", (b"other", kept))
    raw.close()
    assert [kept[:12] in told for told in operations_problems(settings, [])] == [True]
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    content = file.read_bytes()
    for harmed in (content[: len(content) // 2], b"\x07" * len(content)):
        file.write_bytes(harmed)
        for beside in tmp_path.glob("operations.sqlite3-*"):
            beside.unlink()
        [told] = operations_problems(settings, [])
        assert "已损坏" in told and "备份" in told
        with pytest.raises(OperationsError) as caught, OperationsStore(settings) as store:
            DecisionArchive(store).of()
        assert caught.value.cause_code == "operations_damaged"


def test_a_batch_that_the_ledger_knows_and_the_log_lost(
    store: OperationsStore, tmp_path: Path
) -> None:
    """A log restored from an older backup knows nothing of what it lost; the ledger does."""
    log, ledger = FactLog(tmp_path / "log"), Ledger(store)
    world = World(log)
    for day in (1, 2):
        world.node("Person", f"p{day}", name="样本")
        world.commit(datetime(2026, 3, day, tzinfo=UTC))
        if day == 1:
            shutil.copytree(tmp_path / "log", tmp_path / "older")
    ledger.reconcile(log.batches())
    ledger.refuse_lost(log.batches())
    older = FactLog(tmp_path / "older").batches()
    with pytest.raises(LogError, match="accept-loss") as caught:
        ledger.refuse_lost(older)
    assert caught.value.cause_code == "log_tail_lost" and "第 2 批" in caught.value.message_zh
    assert len(operations_problems(Settings(data=tmp_path), older)) == 1
    assert ledger.accept_loss(older) == 1
    ledger.refuse_lost(older)
    assert [item.state for item in ledger.deliveries()] == ["committed", "received"]


@pytest.mark.sqlite_only("the driver is taught to fail")
def test_what_goes_wrong_in_giving_a_connection_back_is_not_printed(tmp_path: Path) -> None:
    """Stopped just then, a command said it with a traceback of the library's."""
    told = subprocess.run(
        [sys.executable, "-c", _CLOSED_BADLY], env={**os.environ, "XINNONG_DATA": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (told.stdout, told.stderr) == ("closed\n", "")


_CLOSED_BADLY = """
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from graph.operations import OperationsStore
from graph.settings import Settings

def do_close(self, connection):
    connection.close()
    raise OSError

store = OperationsStore(Settings())
with store.reading():
    pass
SQLiteDialect_pysqlite.do_close = do_close
store.close()
print("closed")
"""
