"""Fill the store of the default engine at once, from Parquet files, while it is stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.engine.home import admin, import_marker, prepare_home, wipe_unfinished_import
from graph.engine.provision import jars
from graph.engine.supervisor import stopped_engine
from graph.settings import Settings

__all__ = ["import_store"]


def import_store(
    settings: Settings,
    nodes: Sequence[tuple[str, Path]],
    relationships: Sequence[tuple[str, Path]],
) -> None:
    """Replace the whole store by the content of the files; the engine is stopped meanwhile.

    Args:
        nodes: (labels joined by ":", Parquet file) pairs; columns are named as the headers of
            `neo4j-admin database import`, `:ID` being the number that the node gets in the store.
        relationships: (type, Parquet file) pairs between such numbers.

    Raises:
        EngineError: `import_failed`, with what the tool said.  Then, as after a kill in the
            middle, the half-made store is thrown away before the next start.
    """
    paths = jars(settings)
    with stopped_engine(settings):
        wipe_unfinished_import(settings)
        prepare_home(settings, settings.engine_port or 7687)
        import_marker(settings).touch()  # before the tool: a kill in between must show
        admin(
            settings,
            paths,
            [
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
            ],
            note=import_marker(settings),
        )
        import_marker(settings).unlink()
