"""The tables of every version that was released become those of this one, and nothing is lost."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import graph.operations.migrations
from graph.errors import OperationsError
from graph.operations import DecisionArchive, Jobs, JudgementBook, Ledger, OperationsStore
from graph.operations.tables import every_table
from graph.operations.upgrade import NEWEST
from graph.settings import Settings

DDL = Path(__file__).parent / "operations_ddl"
VERSIONS = sorted(path.stem for path in DDL.glob("*.sql"))

_AT = "2026-11-23 08:00:00.123456"
_ROWS = {
    "ledger": {
        "source": "loan", "content_sha256": "c" * 64, "file_name": "贷款.csv", "state": "committed",
        "batch": "loan-1", "position": 1, "known_at": _AT,
    },
    "decisions": {
        # SHA-256 of b"record"
        "id": "70ce871f8a3d3fb449bc3c3ace6547cef02dfc74ffe48d912532a724bfdbe5b9", "party": "person:1",
        "product": "small", "verdict": "符合", "decided_at": _AT, "record": b"record",
    },
    "identity_judgements": {
        "number": 7, "one": "a", "other": "b", "verdict": "same", "user": "张三", "at": _AT, "note": "",
    },
    "jobs": {
        "id": "j" * 64, "kind": "decisions", "request_sha256": "r" * 64, "request": "{}",
        "state": "done", "began_at": _AT, "done": 1, "total": 1, "refused": 0,
    },
    "job_lines": {"job": "j" * 64, "number": 0, "text": "line"},
    "uploads": {
        "id": "loan-0123456789abcdef", "source": "loan", "file_name": "贷款.csv",
        "content_sha256": "c" * 64, "chunks": 2, "list_name": "全县", "list_part": 1, "list_of": 3,
        "state": "done", "began_at": _AT, "doing": "", "done": 0, "result": json.dumps({"batches": []}),
    },
}  # fmt: skip


def older(folder: Path, version: str) -> Settings:
    """A store as that version left it, with a row in every table that it had."""
    settings = Settings(data=folder)
    with closing(sqlite3.connect(settings.operations_file)) as raw, raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.executescript((DDL / f"{version}.sql").read_text(encoding="utf-8"))
        tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master")}
        for table, row in _ROWS.items():
            if table in tables:
                names = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join("?" * len(row))
                raw.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
    raw.close()
    return settings


def kept(settings: Settings, version: str) -> None:
    """What the older version wrote is read as it was."""
    with OperationsStore(settings) as store:
        [delivery] = Ledger(store).deliveries()
        assert (delivery.batch, delivery.received_at) == ("loan-1", None)
        assert delivery.known_at == datetime(2026, 11, 23, 8, 0, 0, 123456, UTC)
        [decision] = DecisionArchive(store).of(party="person:1")
        assert decision.record == b"record" and decision.decided_at.tzinfo is not None
        if version == "0.1.0":
            return  # it had these two tables and no more
        assert [item.number for item in JudgementBook(store).judgements()] == [7]
        assert list(Jobs(store).lines("j" * 64)) == ["line"]
        # what was an upload is a job, and says the same
        upload = Jobs(store).find("loan-0123456789abcdef", kind="delivery")
        assert (upload.state, upload.request_sha256, upload.result) == (
            "done",
            "c" * 64,
            '{"batches": []}',
        )
        assert json.loads(upload.request) == {
            "source": "loan", "file_name": "贷款.csv", "chunks": 2, "list_name": "全县",
            "list_part": 1, "list_of": 3, "trial": False,
        }  # fmt: skip


def differences(settings: Settings) -> list[object]:
    """What the tables are other than this version declares them."""
    engine = create_engine(f"sqlite:///{settings.operations_file}")
    with engine.connect() as connection:
        found: list[object] = compare_metadata(
            MigrationContext.configure(connection), every_table()
        )
    engine.dispose()
    return found


def shape(settings: Settings) -> list[tuple[str]]:
    """Every table and index as SQLite keeps it."""
    with closing(sqlite3.connect(settings.operations_file)) as raw, raw:
        told = list(raw.execute("SELECT sql FROM sqlite_master ORDER BY name"))
    raw.close()
    return told


def test_every_version_is_there() -> None:
    assert VERSIONS == ["0.1.0", "0.2.0", "0.3.0", "0.5.0"]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_store_is_brought_up_with_what_it_holds(tmp_path: Path, version: str) -> None:
    settings = older(tmp_path, version)
    kept(settings, version)
    assert differences(settings) == []
    # the second opening finds nothing to do
    kept(settings, version)


def test_a_new_store_is_what_is_declared(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    OperationsStore(settings).close()
    assert differences(settings) == []


def test_the_last_step_is_the_one_that_the_program_names() -> None:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(graph.operations.migrations.__file__).parent)
    )
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


#: An upgrade that the kernel ends after so many statements.
_KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from graph.operations import OperationsStore
from graph.settings import Settings

left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *_):
    global left
    if statement.split()[0].upper() in ("CREATE", "ALTER", "INSERT", "UPDATE", "DROP", "DELETE"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

OperationsStore(Settings(data=Path(sys.argv[1]))).close()
"""


@pytest.mark.parametrize("after", [1, 4, 12])
def test_a_killed_upgrade_runs_again(tmp_path: Path, after: int) -> None:
    settings = older(tmp_path, "0.1.0")
    before = shape(settings)
    run = [sys.executable, "-c", _KILLED, str(tmp_path), str(after)]
    ended = subprocess.run(run, capture_output=True, cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    # half an upgrade is none
    assert shape(settings) == before
    kept(settings, "0.1.0")
    assert differences(settings) == []


def test_a_store_of_a_newer_program_is_refused_in_words(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    OperationsStore(settings).close()
    with closing(sqlite3.connect(settings.operations_file)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(OperationsError) as caught:
        OperationsStore(settings)
    assert caught.value.cause_code == "operations_newer"
    assert "9999" in caught.value.message_zh and "新版本" in caught.value.message_zh
