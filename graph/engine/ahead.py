"""What the engine needs next is made by another process while this one has something else to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from graph.errors import XinnongError
from graph.settings import Settings

__all__ = ["archiving_beside", "fetching_beside", "main"]

_END_S = 10
_FETCH, _ARCHIVE = "fetch", "archive"
#: Whoever else wants a processor has it.
_LAST_IN_TURN = 19


@contextmanager
def fetching_beside(settings: Settings) -> Iterator[None]:
    """Fetch what is missing of the engine while the block runs.

    What it fetched by the end is kept; what it could not fetch is for `provision.jars`, which says why,
    and fetches the rest.
    """
    with _beside(settings, _FETCH):
        yield


@contextmanager
def archiving_beside(settings: Settings) -> Iterator[None]:
    """Archive the engine's classes while the block runs, where that was not done yet: it starts in a
    third of the time from then on.

    It takes what nobody else wants of the processors, and some two minutes of it; what is not done by the end
    is begun anew the next time.
    """
    with _beside(settings, _ARCHIVE):
        yield


@contextmanager
def _beside(settings: Settings, what: str) -> Iterator[None]:
    """A process and no thread: it is ended with the block, and with it all that it started, whatever it
    waits for."""
    if settings.neo4j_uri or settings.engine_jars is not None:
        yield
        return
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, what],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        _end(child, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(_END_S)
        # what it started may have more to do than it
        _end(child, signal.SIGKILL)
        child.wait()


def _end(child: subprocess.Popen[bytes], how: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, how)


def main(what: str) -> None:
    """Do it for the engine that is set; says nothing."""
    from graph.engine.archiving import archive_classes
    from graph.engine.provision import jars
    from graph.engine.room import refuse_too_little_memory

    settings = Settings()
    with suppress(XinnongError):
        if what == _FETCH:
            jars(settings)
            return
        os.nice(_LAST_IN_TURN)
        # beside the engine that runs there is another while classes are recorded
        refuse_too_little_memory(settings)
        archive_classes(settings)


if __name__ == "__main__":
    main(sys.argv[1])
