"""A file from outside is read in a process apart: what kills the reading refuses the file.

The reading process is started once and serves every file (`ingest.reading.reader`); here is what
asks it and takes its answer in.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

from ingest.catalogue.source import Source
from ingest.memory import let_the_system_allocate
from ingest.reading.handing import taken
from ingest.reading.limits import End, Limits, refused
from ingest.reading.reader import NO_MEMORY, UNFORESEEN, Request
from ingest.reading.table import Table
from ingest.spill import full_disk_told

__all__ = ["begin_reading", "read_apart"]

_MOST_TOLD = 4 << 20  # bytes of an answer

#: A native library that starts threads would have the reader fork with them.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


class _Readers:
    """The reading process of this process; one that was forked off ours has its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of = 0
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._inherited: list[object] = []
        atexit.register(self.end)

    def begin(self) -> None:
        """Start the reading process where there is none yet."""
        with self._lock:
            self._begin()

    def end(self) -> None:
        """End the reading process; what it reads is given up."""
        with self._lock:
            if self._of == os.getpid():
                self._end()

    def ask(self, request: bytes, file: IO[bytes]) -> socket.socket:
        """Hand in a request; on what is returned the answer comes."""
        with self._lock:
            try:
                return self._ask(request, file)
            except OSError:  # idle for long, it went
                self._end()
                return self._ask(request, file)

    def _ask(self, request: bytes, file: IO[bytes]) -> socket.socket:
        line = self._begin()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                head = len(request).to_bytes(8)
                socket.send_fds(line, [head], [theirs.fileno(), file.fileno()])
                line.sendall(request)
            except BaseException:
                ours.close()
                raise
        return ours

    def _begin(self) -> socket.socket:
        if self._of != os.getpid():  # forked: that of the other process is none of ours
            self._inherited += [self._line, self._process]
        elif self._line is not None and self._process is not None:
            if self._process.poll() is None:
                return self._line
            self._end()
        self._line, theirs = socket.socketpair()
        self._of = os.getpid()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ingest.reading.reader", str(theirs.fileno())],
                # what can be imported here can be there, and nothing from where a clerk stands
                env=os.environ | _ONE_THREAD | {"PYTHONPATH": os.pathsep.join(_import_path())},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us; we hang up
                pass_fds=[theirs.fileno()],
            )
        return self._line

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._line = self._process = None


_READERS = _Readers()


def begin_reading() -> None:
    """Start the reading process already, so that it is there when the first file is to be read."""
    _READERS.begin()


def read_apart(path: Path, source: Source, limits: Limits | None = None) -> Table:
    """Read one file of a source, as `read_table` does, in a process apart.

    Raises:
        InputError: as `read_table`; `reading_memory`, `reading_time` and `reading_died` where it
            takes too much or kills its reader.
    """
    let_the_system_allocate()
    path = path.absolute()
    bounds = limits or (Limits.of(path) if path.is_file() else Limits())
    request = pickle.dumps(Request(path, source, bounds))
    with full_disk_told():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - given back with the table
    try:
        said, code = _answer(_READERS.ask(request, file), bounds)
        if code is None:  # the reading process itself was ended: once more
            said, code = _answer(_READERS.ask(request, file), bounds)
        if code == 0:
            return taken(said, file)
        raise refused(path.name, *_end_of(code, said), bounds)
    except BaseException as error:
        file.close()
        if isinstance(error, (ValueError, KeyError, TypeError)):
            why = f"{type(error).__name__} in its answer"
            raise refused(path.name, "died", why, bounds) from error
        raise


def _answer(line: socket.socket, limits: Limits) -> tuple[bytes, int | None]:
    """What the reading said, and how it ended: 0 as it should, minus a signal, None unknown."""
    until = time.monotonic() + limits.wall_s
    said = bytearray()
    with line:
        while len(said) <= _MOST_TOLD:
            line.settimeout(max(until - time.monotonic(), 0.001))
            try:
                piece = line.recv(1 << 16)
            except TimeoutError:
                return b"", -signal.SIGXCPU
            except OSError:
                return b"", None
            if not piece:
                before, _, code = bytes(said).rstrip(b"\n").rpartition(b"\n")
                return before.strip(b"\n"), int(code) if code else None
            said += piece
    return b"a long answer", UNFORESEEN


def _end_of(code: int | None, said: bytes) -> tuple[End, str]:
    # the system ends with SIGKILL what takes the memory of the whole machine
    if code in (NO_MEMORY, -signal.SIGKILL):
        return "memory", ""
    if code == -signal.SIGXCPU:
        return "time", ""
    if code is not None and code < 0:
        return "died", signal.Signals(-code).name
    return "died", said.decode("ascii", "replace")[:200]


def _import_path() -> list[str]:
    return [os.path.abspath(part) for part in sys.path]
