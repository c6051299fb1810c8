"""A real PostgreSQL for the tests: started by them on loopback, a database for whoever asks.

It is the machine's own (Debian's packages lie outside the path; `XINNONG_TEST_POSTGRES` names
another folder of programs).  PostgreSQL refuses to run as root: then it runs as `nobody`.
"""

from __future__ import annotations

import itertools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg
from waiting import until

__all__ = ["ABSENT", "Server", "programs", "running"]

ABSENT = "POSTGRESQL ABSENT: this machine has no server programs; the store was not tried on it"
_NAMES = itertools.count(1)
#: What waits for the disk has nothing to protect here.
_HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off")


@cache
def programs() -> Path | None:
    """The folder of `initdb` and `postgres`; None where there are none."""
    named = os.environ.get("XINNONG_TEST_POSTGRES")
    beside = shutil.which("initdb")
    found = [
        *([Path(named)] if named else []),
        *([Path(beside).resolve().parent] if beside else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
    ]
    return next((folder for folder in found if (folder / "postgres").exists()), None)


class Server:
    """One that runs; who is let in is a name with a password over loopback."""

    def __init__(self, port: int, password: str, ended: subprocess.Popen[bytes]) -> None:
        self.port, self._password, self.process = port, password, ended

    def url(self, database: str, *, driver: str = "postgresql+psycopg") -> str:
        """The address of one database."""
        return f"{driver}://xinnong:{quote(self._password)}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a new database, which is dropped after the block."""
        name = f"of_a_test_{next(_NAMES)}"
        self._do(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres", driver="postgresql"), autocommit=True) as asked:
            asked.execute(statement.encode())

    def answers(self) -> bool:
        """Whether it lets somebody in."""
        try:
            self._do("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server in a folder of its own, for the block."""
    found = programs()
    assert found is not None
    data, password = folder / "data", secrets.token_urlsafe(16)
    held = folder / "password"
    held.write_text(password, encoding="utf-8")
    who = _another(folder)
    made = [
        str(found / "initdb"), f"--pgdata={data}", "--username=xinnong", f"--pwfile={held}",
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
    ]  # fmt: skip
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd=folder, **who)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    more = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *_HASTE)
    run = [
        str(found / "postgres"),
        "-D",
        str(data),
        *(word for one in more for word in ("-c", one)),
    ]
    with (folder / "told").open("wb") as told:
        process = subprocess.Popen(run, stdout=told, stderr=told, cwd=folder, **who)
    try:
        server = Server(port, password, process)
        until(server.answers)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _another(folder: Path) -> dict[str, object]:
    """As whom it runs where we are root: as nobody, to whom its folder is given."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.iterdir()):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def started() -> Iterator[Server]:
    """A server in the machine's folder for temporary things: a test's own nobody else may enter."""
    with tempfile.TemporaryDirectory(prefix="xinnong-postgres-") as folder:
        with running(Path(folder)) as server:
            yield server
