"""The process that reads files for another one, each in a child of its own.

    python -P -m ingest.reading.reader FD

What a file is read with can abort, run out of memory or never end, and a file from outside may be
made for it.  So this process, which has all imports behind it and no thread, forks a child for each
file; the child holds itself to limits, reads, and hands over.  However it ends, its end is told.
Whoever hangs up ends the reading; when the other process is gone, or has had nothing to read for
some minutes, this one goes too.
"""

from __future__ import annotations

import errno
import gc
import os
import pickle
import selectors
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NoReturn

import pyarrow as pa

from graph.errors import XinnongError, where_raised
from ingest.catalogue.source import Source, load_source
from ingest.memory import let_the_system_allocate
from ingest.reading.handing import given, told_error
from ingest.reading.limits import Limits, refused
from ingest.reading.table import read_table
from ingest.spill import SpilledTables

__all__ = ["NO_MEMORY", "UNFORESEEN", "Request", "main", "read"]

#: How a child ends that ran out of memory, or into what nobody thought of.
NO_MEMORY, UNFORESEEN = 3, 4

_IDLE_S = 300.0
_LENGTH = 8  # bytes that say how long a request is


@dataclass(frozen=True)
class Request:
    """One file to be read."""

    path: Path
    source: Source
    limits: Limits


class _Reader:
    """Starts a child for each request and tells how it ended.

    With each request come a socket, on which the end is told, and the file that takes the rows.
    """

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._at_work: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(requests, selectors.EVENT_READ)
        self._ended, wake = os.pipe()
        for end in (self._ended, wake):
            os.set_blocking(end, False)
        self._selector.register(self._ended, selectors.EVENT_READ)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Read until the other process is gone, or idle."""
        try:
            while events := self._selector.select(None if self._at_work else _IDLE_S):
                for key, _ in events:
                    if key.fileobj is self._requests:
                        if not self._begin():
                            return
                    elif key.fd == self._ended:
                        os.read(self._ended, 512)
                    else:  # its reader hung up
                        self._selector.unregister(key.fileobj)
                        os.kill(key.data, signal.SIGKILL)
                self._tell_ends()
        finally:
            for child in self._at_work:
                os.kill(child, signal.SIGKILL)

    def _begin(self) -> bool:
        """Start on a request; False when there is nobody any more."""
        head, handles, _, _ = socket.recv_fds(self._requests, _LENGTH, 2)
        if not head:
            return False
        head += _exactly(self._requests, _LENGTH - len(head))
        content = _exactly(self._requests, int.from_bytes(head))
        if len(content) < int.from_bytes(head):
            return False
        told = socket.socket(fileno=handles[0])
        child = os.fork()
        if child == 0:
            for other in (self._requests, *self._at_work.values()):
                other.close()  # whoever hangs up there must be heard
            _read(content, told, handles[1])
        os.close(handles[1])
        self._at_work[child] = told
        self._selector.register(told, selectors.EVENT_READ, child)
        return True

    def _tell_ends(self) -> None:
        while self._at_work:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            with self._at_work.pop(child) as told, suppress(KeyError, OSError):
                self._selector.unregister(told)
                told.sendall(b"\n%d\n" % os.waitstatus_to_exitcode(status))


def _read(content: bytes, told: socket.socket, handle: int) -> NoReturn:
    """The child's whole life."""
    code = UNFORESEEN
    try:
        signal.set_wakeup_fd(-1)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)  # a native reader that dies says so there, with words of the file
        request: Request = pickle.loads(content)  # noqa: S301 - of the process that started ours
        request.limits.hold()
        # never closed: what could not be written would be tried once more
        line, ending = read(request, os.fdopen(handle, "r+b"))
        told.sendall(line.encode("ascii", "replace") + b"\n")
        code = ending
    finally:
        os._exit(code)


def read(request: Request, file: IO[bytes]) -> tuple[str, int]:
    """Read a file into another: the line that tells of it, and the code to end with."""
    try:
        return given(read_table(request.path, request.source, SpilledTables(file=file))), 0
    except XinnongError as error:
        cause, limits = error.__cause__, request.limits
        if isinstance(cause, OSError) and cause.errno == errno.EFBIG and limits.are_of_files():
            error = refused(request.path.name, "size", "", request.limits)
        return told_error(error), 0
    except MemoryError:
        return "", NO_MEMORY
    except BaseException as error:  # noqa: BLE001 - a panic of a native reader is no Exception
        return where_raised(error), UNFORESEEN


def _exactly(stream: socket.socket, count: int) -> bytes:
    content = bytearray()
    while len(content) < count:
        piece = stream.recv(count - len(content))
        if not piece:
            break
        content += piece
    return bytes(content)


def _rehearse() -> None:
    """Read a small file: what is made at the first time is made here, and not in every child."""
    source = load_source("regions")
    titles = [field.title for field in source.tables["regions"].fields]
    with suppress(OSError, XinnongError), TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(
            "\n".join([",".join(titles), ",".join("陕" * len(titles))]).encode("gb18030")
        )
        with path.with_name("b").open("w+b") as file:
            given(read_table(path, source, SpilledTables(file=file)))


def main() -> None:
    """Serve on the socket of the handle that is named."""
    let_the_system_allocate()
    pa.set_cpu_count(1)  # a thread has a stack and a heap, which count as memory
    _rehearse()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        _Reader(requests).serve()


if __name__ == "__main__":
    main()
