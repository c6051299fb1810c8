"""A new operations store: its tables are made by all the steps once, and copied from then on.

Some hundred tests begin with an empty store, and every step since the first makes its tables anew:
a tenth of a second each time, for what is the same each time.  A store that already holds something
goes its whole way, and so does the first new one of every process.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from graph.operations import store
from graph.operations.upgrade import bring_up_to_date

__all__ = ["new_stores_copied"]


@contextmanager
def new_stores_copied(folder: Path) -> Iterator[None]:
    """For a block, new stores in SQLite are copies of the first, which is kept in a folder."""
    kept = folder / "new.sqlite3"
    one_at_a_time = threading.Lock()

    def bring_up(engine: Engine) -> None:
        if engine.dialect.name != "sqlite" or not _is_new(engine):
            bring_up_to_date(engine)
            return
        with one_at_a_time:
            if kept.exists():
                _fill(engine, kept)
            else:
                bring_up_to_date(engine)
                _keep(engine, kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "bring_up_to_date", bring_up)
        yield


def _is_new(engine: Engine) -> bool:
    with closing(engine.raw_connection()) as raw:
        return raw.driver_connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def _keep(engine: Engine, kept: Path) -> None:
    with closing(engine.raw_connection()) as raw, closing(sqlite3.connect(kept)) as copy:
        raw.driver_connection.backup(copy)


def _fill(engine: Engine, kept: Path) -> None:
    with closing(engine.raw_connection()) as raw, closing(sqlite3.connect(kept)) as copy:
        copy.backup(raw.driver_connection)
