"""Fill the store of the default engine at once, from Parquet files, before it starts.

The engine's own Java imports and starts afterwards: it comes up while the files are still written, and
what one of the two has loaded and compiled serves the other.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from graph.engine.home import import_marker, wipe_unfinished_import
from graph.engine.outcome import start_failure
from graph.engine.provision import jars
from graph.engine.room import refuse_full_disk, refuse_too_little_memory
from graph.engine.supervisor import (
    await_engine,
    end_host,
    free_port,
    start_host,
    stopped_engine,
)
from graph.errors import EngineError
from graph.settings import Settings

__all__ = ["Fill", "import_arguments", "importing_engine"]

#: Labels joined by ":" (or a type) and the Parquet file, whose columns are named as the headers of
#: `neo4j-admin database import`: `:ID` is the number that the node gets in the store, ties are between
#: such numbers.
Named = Sequence[tuple[str, Path]]

#: Replaces the whole store by nodes and relationships, and returns when the engine answers over it.
Fill = Callable[[Named, Named], None]

_POLL_S = 0.05


@contextmanager
def importing_engine(
    settings: Settings, *, owned: bool = False, meanwhile: Callable[[], object] | None = None
) -> Iterator[Fill]:
    """Stop the engine, and have another come up that imports what the block tells it, once.

    Args:
        owned: it belongs to this process and ends with it.
        meanwhile: done while the import goes on, before it is waited for.

    A block that ends without having told anything leaves the store as it was, and no engine.

    Raises:
        EngineError: as `ensure_engine`; of what is yielded also `import_failed`, with what the tool
            said.  Then, as after a kill in the middle, the half-made store is thrown away before the
            next start.
    """
    paths = jars(settings)
    with stopped_engine(settings):
        refuse_too_little_memory(settings)
        refuse_full_disk(settings)
        wipe_unfinished_import(settings)
        child = start_host(settings, paths, free_port(settings), owned=owned, imports=True)
        filled = False

        def fill(nodes: Named, relationships: Named) -> None:
            nonlocal filled
            # before anything is told: a kill in between must show, and whoever comes next ends this
            # process by the note, also one that has not begun to read
            try:
                created = psutil.Process(child.pid).create_time()
            except psutil.NoSuchProcess:
                raise _failure(settings) from None
            import_marker(settings).write_text(f"{child.pid} {created}", encoding="utf-8")
            _tell(child, import_arguments(settings, nodes, relationships))
            if meanwhile is not None:
                meanwhile()
            _await_import(settings, child)
            filled = True

        try:
            yield fill
        finally:
            if not filled:
                end_host(settings, child)
            if child.stdin is not None:
                child.stdin.close()


def import_arguments(settings: Settings, nodes: Named, relationships: Named) -> list[str]:
    """What Neo4j's administration tool is told, for an engine whose `marker_file` is set."""
    return [
        "database",
        "import",
        "full",
        "neo4j",
        "--overwrite-destination=true",
        "--input-type=parquet",
        "--id-type=actual",
        f"--report-file={(settings.engine_dir / 'import.report').resolve()}",
        *(f"--nodes={labels}={path.resolve()}" for labels, path in nodes),
        *(f"--relationships={kind}={path.resolve()}" for kind, path in relationships),
    ]


def _tell(child: subprocess.Popen[bytes], arguments: list[str]) -> None:
    assert child.stdin is not None
    # one that ended meanwhile is found to have ended, and why
    with suppress(BrokenPipeError):
        child.stdin.write(json.dumps(arguments).encode())
        child.stdin.close()


def _await_import(settings: Settings, child: subprocess.Popen[bytes]) -> None:
    """Wait for the import as long as it takes, and then for the engine."""
    marker = import_marker(settings)
    while marker.exists() and child.poll() is None:
        time.sleep(_POLL_S)
    if marker.exists():
        raise _failure(settings)
    try:
        await_engine(settings, child)
    except EngineError as error:
        # the store is whole: whoever connects starts an engine on another port
        if error.cause_code != "port_taken":
            raise


def _failure(settings: Settings) -> EngineError:
    error = start_failure(settings)
    if error.cause_code != "start_failed":
        return error
    said = error.message_zh.partition("\n")[2]
    return EngineError(
        f"向图数据库引擎导入数据失败：\n{said}",
        f"The import into the engine failed; see {settings.engine_dir / 'host.log'}.",
        code="import_failed",
    )
