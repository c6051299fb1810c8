"""What is PostgreSQL's own: stores of older versions, a server that goes, two upgrades at once."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres import ABSENT, Server, programs, started
from pydantic import SecretStr
from sqlalchemy import create_engine, inspect, text

from graph.errors import OperationsError, SettingsError
from graph.operations import (
    DecisionArchive,
    Jobs,
    Ledger,
    OperationsStore,
    operations_problems,
    read_only_store,
)
from graph.operations.tables import every_table
from graph.settings import Settings

DDL = Path(__file__).parent / "operations_ddl"
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
#: SQLite's words of a table, as SQLAlchemy gave them to PostgreSQL at the same time.
_WORDS = {
    r"\bDATETIME\b": "TIMESTAMP WITH TIME ZONE",
    r"\bBLOB\b": "BYTEA",
    r"\bDOUBLE\b": "DOUBLE PRECISION",
    r"^  user ": '  "user" ',
    r"^  number INTEGER NOT NULL(?=,\n  one)": "  number SERIAL NOT NULL",
}
_ROWS = """
INSERT INTO ledger (source, content_sha256, file_name, state, batch, position, known_at)
VALUES ('loan', 'c', '贷款.csv', 'committed', 'loan-1', 1, '2026-11-23 08:00:00.123456+00');
INSERT INTO decisions VALUES ('70ce871f8a3d3fb449bc3c3ace6547cef02dfc74ffe48d912532a724bfdbe5b9',
'person:1', 'small', '符合', '2026-11-23 16:00:00+08', 'record');
"""


def older(url: str, version: str) -> None:
    """A database as that version left it."""
    made = (DDL / f"{version}.sql").read_text(encoding="utf-8")
    for word, other in _WORDS.items():
        made = re.sub(word, other, made, flags=re.MULTILINE)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(made + _ROWS)
    engine.dispose()


@pytest.mark.parametrize("version", sorted(path.stem for path in DDL.glob("*.sql")))
def test_an_older_store_is_brought_up_with_what_it_holds(
    postgres: Server, tmp_path: Path, version: str
) -> None:
    with postgres.database() as url:
        older(url, version)
        settings = Settings(data=tmp_path, operations_url=SecretStr(url))
        for _ in range(2):
            with OperationsStore(settings) as store:
                [delivery] = Ledger(store).deliveries()
                assert delivery.known_at == datetime(2026, 11, 23, 8, 0, 0, 123456, UTC)
                [decision] = DecisionArchive(store).of(party="person:1")
                assert decision.record == b"record"
                assert decision.decided_at == datetime(2026, 11, 23, 8, tzinfo=UTC)
                assert Jobs(store).in_state("waiting") == []
        assert operations_problems(settings, []) != []  # the batch is in no log here
        engine = create_engine(url)
        with engine.connect() as connection:
            found = compare_metadata(MigrationContext.configure(connection), every_table())
        engine.dispose()
        assert found == []


def test_an_upgrade_that_fails_leaves_nothing(postgres: Server, tmp_path: Path) -> None:
    with postgres.database() as url:
        settings = Settings(data=tmp_path, operations_url=SecretStr(url))
        engine = create_engine(url)
        run = [sys.executable, "-c", _FAILING, url, str(tmp_path)]
        ended = subprocess.run(run, capture_output=True, text=True, check=False)
        assert "ZeroDivisionError" in ended.stderr
        # tables that were made before the step that failed are not there either
        assert inspect(engine).get_table_names() == []
        OperationsStore(settings).close()
        assert set(every_table().tables) <= set(inspect(engine).get_table_names())
        engine.dispose()


_FAILING = """
import sys
from pathlib import Path
from pydantic import SecretStr
from sqlalchemy import Engine, event
from graph.operations import OperationsStore
from graph.settings import Settings

@event.listens_for(Engine, "before_cursor_execute")
def fail(connection, cursor, statement, *_):
    if "CREATE TABLE points" in statement:
        raise ZeroDivisionError

OperationsStore(Settings(data=Path(sys.argv[2]), operations_url=SecretStr(sys.argv[1])))
"""


def test_a_store_that_only_reads_is_the_database_itself(postgres: Server, tmp_path: Path) -> None:
    with postgres.database() as url:
        settings = Settings(data=tmp_path, operations_url=SecretStr(url))
        with OperationsStore(settings) as store:
            DecisionArchive(store).keep(
                b"x", party="p", product="x", verdict="符合", decided_at=MOMENT
            )
        with read_only_store(settings) as found:
            assert found is not None
            assert [item.record for item in DecisionArchive(found).of()] == [b"x"]
        assert list(tmp_path.glob("operations.sqlite3*")) == []


def test_connections_that_were_ended_are_made_anew(tmp_path: Path) -> None:
    if programs() is None:
        pytest.skip(ABSENT)
    with started() as server, server.database() as url:
        settings = Settings(data=tmp_path, operations_url=SecretStr(url))
        with OperationsStore(settings) as store:
            archive = DecisionArchive(store)
            kept = archive.keep(b"x", party="p", product="x", verdict="符合", decided_at=MOMENT)
            # an administrator ends every connection: the next one is a new one, and no error
            engine = create_engine(server.url("postgres"))
            with engine.begin() as connection:
                connection.execute(text(_ENDED))
            engine.dispose()
            assert archive.find(kept).record == b"x"


_ENDED = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname LIKE 'of_a_test%' AND pid <> pg_backend_pid()"
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda url: url.replace("/of_a_test", "/nowhere"), "operations_unavailable"),
        (lambda url: re.sub(r":[^:@]+@", ":wrong@", url), "operations_unavailable"),
    ],
    ids=["database", "password"],
)
def test_what_cannot_be_reached_is_said_without_the_password(
    postgres: Server, tmp_path: Path, change: Callable[[str], str], code: str
) -> None:
    with postgres.database() as url, pytest.raises(OperationsError) as caught:
        OperationsStore(Settings(data=tmp_path, operations_url=SecretStr(change(url))))
    assert caught.value.cause_code == code
    told = f"{caught.value.message_zh} {caught.value.message_en}"
    assert "XINNONG_OPERATIONS_URL" in told and "wrong" not in told and "xinnong:" not in told


def test_a_driver_that_is_not_there_is_said(tmp_path: Path) -> None:
    url = SecretStr("postgresql+absent://xinnong@127.0.0.1/x")
    with pytest.raises(SettingsError) as caught:
        OperationsStore(Settings(data=tmp_path, operations_url=url))
    assert caught.value.cause_code == "setting_wrong"
