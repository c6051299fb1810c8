"""Runs of ingest that can be killed at any point, and cost no more than the work they do.

One process imports everything once and forks a child for every run, so that a life costs what
its work costs.  A child is given its end beforehand: after so many steps (files opened, renamed,
removed, stores connected: where a half-done thing could be left behind), or after so much time
(anywhere, also while a statement is under way).  Either way the kernel ends it at once: nothing
of Python runs any more.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["Delivery", "Life", "Nursery", "TakingBack"]

_STEPS = ("open", "os.", "shutil.", "socket.", "sqlite3.")


@dataclass(frozen=True)
class Delivery:
    """One file to take in."""

    source: str
    path: Path
    known_at: datetime


@dataclass(frozen=True)
class TakingBack:
    """One batch to withdraw."""

    batch: str
    known_at: datetime


@dataclass(frozen=True)
class Life:
    """How a run ended.

    Attributes:
        killed: whether it was; otherwise it did all of its work.
        steps: how many it took; None when it was killed.
        refused: code of the error that it ended with.
        doing: what it was at when it was killed, in ingest's own words.
    """

    killed: bool
    refused: str | None
    steps: int | None
    doing: str


class Nursery:
    """Start runs over one data folder; use it as a context manager."""

    def __init__(
        self, data: Path, deliveries: Sequence[Delivery | TakingBack], *, into_graph: bool = True
    ) -> None:
        self._noted = data.parent / "doing"
        self._work = {
            "data": str(data),
            "noted": str(self._noted),
            "into_graph": into_graph,
            "deliveries": [
                (item.source, str(item.path), item.known_at.isoformat())
                if isinstance(item, Delivery)
                else (None, item.batch, item.known_at.isoformat())
                for item in deliveries
            ],
        }
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(
        self,
        *,
        after_steps: int | None = None,
        after_s: float | None = None,
        largest_file: int | None = None,
    ) -> Life:
        """Take everything in, or as much as the child lives to; no file may grow over a size."""
        assert self._process.stdin and self._process.stdout
        ends = {"after_steps": after_steps, "after_s": after_s, "largest_file": largest_file}
        print(json.dumps({**self._work, **ends}), file=self._process.stdin, flush=True)
        steps, refused = None, None
        while "status" not in (said := json.loads(self._process.stdout.readline())):
            steps, refused = said["steps"], said["refused"]
        ending = os.waitstatus_to_exitcode(said["status"])
        if ending not in {0, -signal.SIGKILL, -signal.SIGALRM}:
            raise AssertionError(f"a run failed by itself with {ending}")
        return Life(ending != 0, refused, steps, self._noted.read_text(encoding="utf-8"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()


def _serve() -> None:
    # a package loads what is used: what the children use is loaded once, before they are forked
    import ingest.pipeline  # noqa: F401
    import ingest.withdrawal  # noqa: F401
    from graph.operations.tables import every_table

    every_table()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                _live(json.loads(line))
                os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"status": status}), flush=True)


def _live(order: dict[str, Any]) -> None:
    import ingest
    from graph.errors import XinnongError
    from graph.settings import Settings

    taken = 0

    def count(event: str, _: Any) -> None:
        nonlocal taken
        if event.startswith(_STEPS):
            taken += 1
            if taken == order["after_steps"]:
                os.kill(os.getpid(), signal.SIGKILL)

    noted = os.open(order["noted"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

    def note(what: str, _done: int, _total: int | None) -> None:
        os.ftruncate(noted, 0)
        os.pwrite(noted, what.encode(), 0)

    if order["largest_file"]:
        # a write beyond it fails, as on a full disk, at that very byte
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"],) * 2)
    if order["after_s"]:
        signal.setitimer(signal.ITIMER_REAL, order["after_s"])
    sys.addaudithook(count)
    settings = Settings(data=Path(order["data"]), engine_heap_mb=512)
    refused = None
    try:
        for source, path, known_at in order["deliveries"]:
            if source is None:
                ingest.withdraw(
                    path,
                    reason="送错了",
                    by="李四",
                    settings=settings,
                    known_at=datetime.fromisoformat(known_at),
                    into_graph=order["into_graph"],
                    progress=note,
                )
                continue
            ingest.ingest(
                source,
                [Path(path)],
                settings=settings,
                known_at=datetime.fromisoformat(known_at),
                into_graph=order["into_graph"],
                progress=note,
            )
    except XinnongError as error:
        refused = error.cause_code
    print(json.dumps({"steps": taken, "refused": refused}), flush=True)


if __name__ == "__main__":
    _serve()
