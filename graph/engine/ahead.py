"""The engine's jars are fetched by another process while this one has something else to do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from graph.errors import XinnongError
from graph.settings import Settings

__all__ = ["fetching_beside", "main"]

_END_S = 10


@contextmanager
def fetching_beside(settings: Settings) -> Iterator[None]:
    """Fetch what is missing of the engine while the block runs.

    A process and no thread: it is ended with the block, whatever it waits for.  What it fetched by
    then is kept; what it could not fetch is for `provision.jars`, which says why, and fetches the rest.
    """
    if settings.neo4j_uri or settings.engine_jars is not None:
        yield
        return
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(_END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def main() -> None:
    """Fetch the jars of the engine that is set; says nothing."""
    from graph.engine.provision import jars

    with suppress(XinnongError):
        jars(Settings())


if __name__ == "__main__":
    main()
