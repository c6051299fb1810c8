"""Bring the graph of a data folder up to its log, whichever way is faster.

An empty store of our own engine that has much to hold is filled by an import while the engine is
stopped (100,000 elements a second and more); everything else goes in batches over Bolt
(`graph.projection`).  Both end in the same graph.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable

from filelock import FileLock

from graph.connection import STORE_RENEWED, connect
from graph.engine import importing_engine, renew_store, store_exists, was_filled
from graph.errors import GraphUnavailableError, InputError
from graph.import_files import write_import_files
from graph.log import FactLog
from graph.private import private_folder
from graph.progress import Progress, silent
from graph.projection import project, projected_to
from graph.settings import Settings

__all__ = ["IMPORT_FROM_FACTS", "catch_up"]

#: Below this many facts the engine's stop, import and start cost more than the batches.
IMPORT_FROM_FACTS = 20_000


def catch_up(
    settings: Settings,
    *,
    owned: bool = False,
    progress: Progress | None = None,
    import_from: int = IMPORT_FROM_FACTS,
    meanwhile: Callable[[], object] | None = None,
) -> int:
    """Write into the graph what it lacks of the log; returns the number of batches written.

    Args:
        owned: an engine started by this call ends with this process.
        import_from: from how many facts on an empty store is filled by import.
        meanwhile: done while an import is waited for, where there is one: may be done twice.

    A store of our own that turns out to be damaged is set aside, and filled from the log.

    Raises:
        LogError: the graph holds another log.  GraphUnavailableError, EngineError: as `connect`.
    """
    say = progress or silent
    log = FactLog(settings.log_dir)

    def fill() -> int:
        return _fill(log, settings, say, owned=owned, import_from=import_from, meanwhile=meanwhile)

    private_folder(settings.data)
    with FileLock(settings.data / "projection.lock", is_singleton=True):
        try:
            written = fill()
        except (GraphUnavailableError, InputError) as error:
            if not _is_of_the_store(error, settings):
                raise
            if error.cause_code != STORE_RENEWED:
                renew_store(settings, error.message_en)
            written = fill()
        if settings.neo4j_uri is None:
            was_filled(settings)
        return written


def _is_of_the_store(error: GraphUnavailableError | InputError, settings: Settings) -> bool:
    """Whether another store would do: what we write is right, so what is refused is the store's."""
    return settings.neo4j_uri is None and error.cause_code in {STORE_RENEWED, "query_refused"}


def _fill(
    log: FactLog,
    settings: Settings,
    say: Progress,
    *,
    owned: bool,
    import_from: int,
    meanwhile: Callable[[], object] | None,
) -> int:
    batches = log.batches()
    much = sum(batch.fact_count for batch in batches) >= import_from
    imported = 0
    if much and settings.neo4j_uri is None and _is_empty(settings, owned=owned):
        _import(log, settings, say, owned=owned, meanwhile=meanwhile)
        imported = len(batches)
    with connect(settings, owned=owned, fills=False) as graph:
        return imported + project(log, graph, progress=say)


def _is_empty(settings: Settings, *, owned: bool) -> bool:
    # before the first start there is no need to start in order to ask
    if not store_exists(settings):
        return True
    with connect(settings, owned=owned, fills=False) as graph:
        return projected_to(graph) is None


def _import(
    log: FactLog,
    settings: Settings,
    say: Progress,
    *,
    owned: bool,
    meanwhile: Callable[[], object] | None,
) -> None:
    folder = settings.engine_dir / "import"
    try:
        # Java comes up while the files are written
        with importing_engine(settings, owned=owned, meanwhile=meanwhile) as fill:
            files = write_import_files(log, folder, progress=say)
            say("导入图数据库", 0, None)
            fill(files.nodes, files.relationships)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
