"""A lease keeps two runs of one source apart, and says who holds it.

What keeps them apart is a file lock, which the kernel gives back when its holder dies, however it
dies; who holds it is noted in the store, with the start time of the process, so that another one
that got the same number is not taken for it.

A claim is a note alone: for work that the store hands out to several services of one data folder, and
that another takes over when whoever has it is dead.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psutil
from filelock import FileLock, Timeout
from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph.errors import BusyError
from graph.operations.store import Instant, OperationsStore, Row
from graph.progress import Progress, silent
from graph.settings import Settings
from graph.time import utc_now

__all__ = ["Holder", "claim", "claimed_by_others", "holder", "lease", "release"]

_POLL_S = 0.2

#: What this process claims, by database: two services may run in one process as in two.
_CLAIMED: set[tuple[str, str]] = set()


class _Lease(Row):
    __tablename__ = "leases"

    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    pid: Mapped[int]
    started: Mapped[float]
    since: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class Holder:
    """Who holds the lease of a source: a process that lives, since when."""

    pid: int
    since: datetime


@contextmanager
def lease(
    store: OperationsStore,
    settings: Settings,
    source: str,
    *,
    wait_s: float,
    progress: Progress | None = None,
) -> Iterator[None]:
    """Hold a source for the block; while somebody else does, wait and say so.

    Raises `BusyError` (`source_busy`), naming the holder, after `wait_s` seconds.
    """
    settings.lease_dir.mkdir(parents=True, exist_ok=True)
    say = progress or silent
    lock = FileLock(settings.lease_dir / f"{source}.lock")
    began = time.monotonic()
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            waited = time.monotonic() - began
            if waited >= wait_s:
                raise _busy(source, holder(store, source)) from None
            say(f"等待：{_told(source, holder(store, source))}", int(waited), int(wait_s) or None)
            time.sleep(_POLL_S)
    try:
        _note(store, source)
        yield
    finally:
        # who gives it back clears the note first: a note is never about somebody who let go
        _clear(store, source)
        lock.release()


def holder(store: OperationsStore, source: str) -> Holder | None:
    """Who holds a source; None when nobody does, or whoever did is dead."""
    with store.reading() as session:
        row = session.get(_Lease, source)
        found = (row.pid, row.started, row.since) if row else None
    if found is None:
        return None
    pid, started, since = found
    return Holder(pid, since) if _lives(pid, started) else None


def claim(store: OperationsStore, name: str) -> bool:
    """Note that somebody in this process works on something; False while anybody does.

    Args:
        name: at most 64 characters.
    """
    with store.transaction() as session:
        row = session.get(_Lease, name)
        ours = _of_this_process(session, name)
        if row is not None and (
            ours in _CLAIMED if row.pid == os.getpid() else _lives(row.pid, row.started)
        ):
            return False
        row = row or _Lease(source=name)
        row.pid, row.started, row.since = os.getpid(), psutil.Process().create_time(), utc_now()
        session.add(row)
        _CLAIMED.add(ours)
    return True


def release(store: OperationsStore, name: str) -> None:
    """Work on it no longer; what another process claims stays claimed."""
    with store.transaction() as session:
        session.execute(delete(_Lease).where(_Lease.source == name, _Lease.pid == os.getpid()))
        _CLAIMED.discard(_of_this_process(session, name))


def claimed_by_others(store: OperationsStore, begins: str) -> bool:
    """Whether another process that lives claims something whose name begins so."""
    with store.reading() as session:
        query = select(_Lease.pid, _Lease.started).where(_Lease.source.startswith(begins))
        found = list(session.execute(query))
    return any(pid != os.getpid() and _lives(pid, started) for pid, started in found)


def _of_this_process(session: Session, name: str) -> tuple[str, str]:
    return str(session.connection().engine.url), name


def _lives(pid: int, started: float) -> bool:
    try:
        process = psutil.Process(pid)
        is_over = process.status() == psutil.STATUS_ZOMBIE
        return abs(process.create_time() - started) < 1 and not is_over
    except psutil.Error:
        return False


def _note(store: OperationsStore, source: str) -> None:
    with store.transaction() as session:
        row = session.get(_Lease, source) or _Lease(source=source)
        row.pid, row.started = os.getpid(), psutil.Process().create_time()
        row.since = utc_now()
        session.add(row)


def _clear(store: OperationsStore, source: str) -> None:
    with store.transaction() as session:
        row = session.get(_Lease, source)
        if row is not None:
            session.delete(row)


def _told(source: str, held: Holder | None) -> str:
    if held is None:
        return f"来源 {source} 正在由另一个进程导入"
    return f"来源 {source} 正在由进程 {held.pid} 导入（{held.since:%Y-%m-%d %H:%M:%S} UTC 起）"


def _busy(source: str, held: Holder | None) -> BusyError:
    return BusyError(
        f"{_told(source, held)}。请等它结束后再试；本次未作任何改动。",
        f"Source {source} is being taken in by process {held.pid if held else 'unknown'}; nothing "
        "was changed: try again when it is done.",
        code="source_busy",
    )
