"""The operations store as one SQLite file, out of whichever database keeps it, and back into any.

The rows go table by table through what this version declares of them, in one state of the database:
so a backup of PostgreSQL needs no program of its, may be read on any machine, and may be restored
into SQLite, as one of SQLite may into PostgreSQL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from graph.backup.parts import STORE
from graph.backup.refusals import store_not_empty
from graph.errors import OperationsError
from graph.operations import OperationsStore
from graph.operations.store import Row
from graph.operations.upgrade import version_of
from graph.sealed import sync
from graph.settings import Settings

__all__ = ["copy_in", "copy_out", "forget_restore"]

_AT_ONCE = 500
#: Says, while a restore is under way, of which backup the rows are: in their own transaction.
_MARK = "restored_from"


def copy_out(settings: Settings, folder: Path) -> str:
    """Write the store into a folder as `operations.sqlite3`; returns the version of its tables.

    Empty where there is no store, or one from before its tables had a version.  Nobody is held up: who writes meanwhile is not in it.
    Raises `OperationsError`.
    """
    if settings.operations_url is None and not settings.operations_file.exists():
        return ""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.operations_url is None:
        _copy_file(settings.operations_file, folder / STORE)
    else:
        with OperationsStore(settings) as store, store.reading() as read:
            with _in(folder) as target, target.transaction() as write:
                _copy(read, write)
    file = folder / STORE
    with closing(sqlite3.connect(file)) as raw:
        # one file: no log of it lies beside
        raw.execute("PRAGMA journal_mode=DELETE")
        found = raw.execute(
            "SELECT name FROM sqlite_master WHERE name='alembic_version'"
        ).fetchone()
        schema = found and raw.execute("SELECT version_num FROM alembic_version").fetchone()
    file.chmod(0o600)
    for beside in folder.glob(f"{STORE}-*"):
        beside.unlink()
    (folder / "operations.lock").unlink(missing_ok=True)
    sync(file)
    return str(schema[0]) if schema else ""


def copy_in(settings: Settings, folder: Path, digest: str) -> None:
    """Write the file of a folder into the database of the settings, all of it or nothing.

    A second call for the same backup finds its rows there, and changes nothing.

    Raises `OperationsError` (`restore_not_empty`) where others are there.
    """
    with OperationsStore(settings) as target, target.transaction() as write:
        connection = write.connection()
        if _mark(connection) == digest:
            return
        if any(write.scalar(select(func.count()).select_from(table)) for table in _tables()):
            raise store_not_empty()
        with _in(folder) as source, source.reading() as read:
            _copy(read, write)
        if connection.dialect.name == "postgresql":
            _count_on(connection)
        connection.execute(text(f"CREATE TABLE {_MARK} (digest VARCHAR(64))"))
        connection.execute(text(f"INSERT INTO {_MARK} VALUES (:digest)"), {"digest": digest})


def forget_restore(settings: Settings) -> None:
    """The restore is done: its rows are the database's own."""
    with OperationsStore(settings) as store, store.transaction() as session:
        session.execute(text(f"DROP TABLE IF EXISTS {_MARK}"))


def _in(folder: Path) -> OperationsStore:
    return OperationsStore(Settings(data=folder, operations_url=None))


def _tables() -> list[Table]:
    """Every table, those that others refer to first."""
    return list(Row.metadata.sorted_tables)


def _copy(read: Session, write: Session) -> None:
    assert version_of(read.connection()) == version_of(write.connection())
    for table in _tables():
        for rows in _rows(read, table):
            write.execute(insert(table), rows)


def _rows(session: Session, table: Table) -> Iterator[list[dict[str, Any]]]:
    # by key: a row that refers to one of its own table comes after it
    query = select(table).order_by(*table.primary_key)
    found = session.execute(query, execution_options={"yield_per": _AT_ONCE})
    for part in found.mappings().partitions():
        yield [dict(row) for row in part]


def _count_on(connection: Connection) -> None:
    """PostgreSQL counts numbers apart from the rows: the next one is after the last restored."""
    for table in _tables():
        column = table.autoincrement_column
        if column is None:
            continue
        named = {"table": table.name, "column": column.name}
        sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), named)
        last = connection.scalar(select(func.max(column)))
        if sequence and last is not None:
            connection.execute(
                text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last}
            )


def _mark(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_MARK):
        return None
    return str(connection.scalar(text(f"SELECT digest FROM {_MARK}")))


def _copy_file(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as write:
            read.execute("PRAGMA busy_timeout=30000")
            # in one step, so that no writer begins it anew; in WAL mode none is held up either
            read.backup(write, pages=-1)
            [told] = write.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as error:
        told = str(error)
    if told != "ok":
        raise OperationsError(
            "运行库文件已损坏，没有备份。请先从上一份完整的备份恢复运行库，再做新的备份。",
            "The operations store is damaged; no backup was made: restore it from the last whole one.",
            code="operations_damaged",
        )
