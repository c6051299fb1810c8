"""The door to the operations database: where it is, its tables, its transactions."""

from __future__ import annotations

import copy
import logging
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from filelock import FileLock
from sqlalchemy import DateTime, Engine, TypeDecorator, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session

from graph.closing import Closing
from graph.errors import OperationsError, SettingsError
from graph.operations.upgrade import NEWEST, bring_up_to_date, version_of
from graph.private import private_folder
from graph.settings import Settings

__all__ = ["Instant", "OperationsStore", "Row", "read_only_store", "store_for"]

_BUSY_S = 30
# a command that is stopped while it gives a connection back tells so itself: the library's own word
# of it goes to whoever keeps a log, and not to the terminal of a clerk
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())
#: Marks a transaction that only reads, in words of ours for SQLite and of its own for PostgreSQL.
_READS = "xinnong_reads"
_READING: dict[str, dict[str, Any]] = {
    "postgresql": {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"},
}
#: Any number, the same in every process: PostgreSQL lets one of them write at a time.
_WRITERS = 0x6E6F6E67
#: What SQLite says of a file that is not what it wrote.
_DAMAGED = ("malformed", "not a database")


class Row(DeclarativeBase):
    """Base of all tables of the store."""


class Instant(TypeDecorator[datetime]):
    """An instant in UTC, also where the database keeps no zone (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse what has no zone: it would mean another instant on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@contextmanager
def store_for(
    settings: Settings, handed: OperationsStore | None = None
) -> Iterator[OperationsStore]:
    """The store that was handed down, which stays open; else one that is opened for the block."""
    if handed is not None:
        yield handed
    else:
        with OperationsStore(settings) as store:
            yield store


@contextmanager
def read_only_store(
    settings: Settings, handed: OperationsStore | None = None
) -> Iterator[OperationsStore | None]:
    """The store to look something up in; None where there is none yet.  Nothing is written.

    To open SQLite's file in WAL mode writes beside it, so a copy is opened instead, unless an open
    store is handed down.
    """
    if handed is not None:
        yield handed
    elif settings.operations_url is not None:
        with OperationsStore(settings) as store:
            yield store
    elif not settings.operations_file.exists():
        yield None
    else:
        with TemporaryDirectory() as folder:
            # the log that SQLite keeps beside its file holds what was written last
            for path in settings.data.glob(f"{settings.operations_file.name}*"):
                if not path.name.endswith("-shm"):
                    shutil.copy(path, folder)
            with OperationsStore(Settings(data=Path(folder), operations_url=None)) as store:
                yield store


class OperationsStore(Closing):
    """The store of one installation; its tables are brought to this version at the opening.

    Raises `OperationsError` when the database cannot be reached or written, or a newer version of
    the program has changed it (`operations_newer`).
    """

    def __init__(self, settings: Settings) -> None:
        #: Of the installation that it belongs to.
        self.settings = settings
        self._joined: Session | None = None
        self._engine = _engine(settings)
        self._reading = self._engine.execution_options(
            **{_READS: True, **_READING.get(self._engine.dialect.name, {})}
        )
        try:
            with _translated(), _opened_alone(settings):
                with self._reading.begin() as connection:
                    held = version_of(connection)
                if held != NEWEST:
                    _upgrade(settings)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All of the block's writes, or none of them; one block at a time, whichever process it is in.

        What the block reads is so until its end: to read, to decide and to write needs no more care.
        """
        if self._joined is not None:
            yield self._joined
            return
        with _translated(), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One state of the store for the whole block; waits for no writer, and can write nothing."""
        if self._joined is not None:
            yield self._joined
            return
        with _translated(), Session(self._reading) as session, session.begin():
            yield session

    @contextmanager
    def together(self) -> Iterator[Self]:
        """This store for a block in which all transactions are one: everything done with what is
        handed out holds, or nothing does, whichever books did it.  Within another it is part of that.
        """
        if self._joined is not None:
            yield self
            return
        with self.transaction() as session:
            one = copy.copy(self)
            one._joined = session
            yield one

    def shrink(self) -> None:
        """Write the database anew without what was deleted from it; PostgreSQL does so by itself."""
        if self._engine.dialect.name != "sqlite":
            return
        with _translated():
            raw = self._engine.raw_connection()
            try:
                # outside of any transaction: the file first, then the log that is kept beside it
                for step in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    raw.driver_connection.execute(step).fetchall()  # type: ignore[union-attr]
            finally:
                raw.close()

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _upgrade(settings: Settings) -> None:
    engine = _engine(settings, upgrading=True)
    try:
        bring_up_to_date(engine)
    finally:
        engine.dispose()


def _engine(settings: Settings, *, upgrading: bool = False) -> Engine:
    if settings.operations_url is None:
        private_folder(settings.data)
        engine = create_engine(f"sqlite:///{settings.operations_file}")
    else:
        try:
            engine = create_engine(settings.operations_url.get_secret_value(), pool_pre_ping=True)
        except (ArgumentError, ImportError) as error:
            raise SettingsError(
                "环境变量 XINNONG_OPERATIONS_URL 不能用：应写作 postgresql+psycopg://用户:密码@主机/库"
                "（须另装 psycopg），或 sqlite:////目录/文件。取消它则使用数据目录中的 SQLite。",
                f"XINNONG_OPERATIONS_URL names no database that is there ({type(error).__name__}): "
                "unset it for SQLite in the data folder.",
                code="setting_wrong",
            ) from error
    if engine.dialect.name == "sqlite":
        _teach_sqlite(engine, upgrading=upgrading)
    elif engine.dialect.name == "postgresql":
        _teach_postgresql(engine)
    return engine


def _teach_sqlite(engine: Engine, *, upgrading: bool) -> None:
    """Whole transactions, tables included, and readers who wait for nobody."""

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # the driver's own transactions begin too late and too weak: ours are begun below
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={_BUSY_S * 1_000}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA foreign_keys={'OFF' if upgrading else 'ON'}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reads = connection.get_execution_options().get(_READS, False)
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
        # a writer waits its turn at the beginning, instead of failing at the first write
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _teach_postgresql(engine: Engine) -> None:
    """Writers take turns as they do in SQLite: what one read is still so when it writes (ADR 192)."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if not connection.get_execution_options().get(_READS, False):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_BUSY_S}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def _opened_alone(settings: Settings) -> AbstractContextManager[object]:
    """SQLite does not wait while a file becomes a WAL file: who opens first, opens alone."""
    if settings.operations_url is not None:
        return nullcontext()
    return FileLock(settings.data / "operations.lock")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if any(words in str(error.orig) for words in _DAMAGED):
            raise OperationsError(
                "运行库文件已损坏，没有读出或写入任何内容。请从备份恢复 operations.sqlite3；没有备份的，"
                "把它移走后重新运行，台账会由日志补齐，判定记录和核对结论须从备份找回。",
                "The file of the operations store is damaged: restore operations.sqlite3 from "
                "backup, or move it away; the ledger follows from the log, decisions do not.",
                code="operations_damaged",
            ) from error
        if not isinstance(error, OperationalError):
            raise _refused(error) from error
        raise OperationsError(
            "运行库无法读写。请检查磁盘空间、目录权限或 XINNONG_OPERATIONS_URL，然后重试。",
            "The operations store cannot be read or written: check disk space, permissions or "
            "XINNONG_OPERATIONS_URL.",
            code="operations_unavailable",
        ) from error
    except SQLAlchemyError as error:
        raise _refused(error) from error


def _refused(error: SQLAlchemyError) -> OperationsError:
    return OperationsError(
        "运行库拒绝了这次写入，未作任何改动。",
        f"The operations store refused ({type(error).__name__}); nothing was changed.",
        code="operations_refused",
    )
