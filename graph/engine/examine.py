"""Whether the files of the store are whole: Neo4j's own checker, on the stopped engine."""

from __future__ import annotations

import shutil

from graph.engine.home import admin, store_exists
from graph.engine.provision import jars
from graph.engine.room import refuse_full_disk
from graph.engine.supervisor import ensure_engine, stopped_engine
from graph.errors import EngineError
from graph.settings import Settings

__all__ = ["store_problem"]

_SHOWN = 300
_OF_THE_MACHINE = ("OutOfMemory", "Could not reserve", "No space left", "Disk quota")


def store_problem(settings: Settings) -> str | None:
    """What is wrong with the store, in the checker's words; None when nothing is.

    The engine is stopped meanwhile.  A store that could not be closed properly cannot be checked:
    of it nothing is said.

    Raises `EngineError` where the machine has no room for the checker: that is no damage.
    """
    if not store_exists(settings):
        return None
    refuse_full_disk(settings)
    # one that was killed replays what it had promised as it starts; only then it can be checked
    ensure_engine(settings)
    reports = settings.engine_dir / "reports"
    with stopped_engine(settings):
        try:
            admin(
                settings,
                jars(settings),
                ["database", "check", "neo4j", f"--report-path={reports.resolve()}"],
            )
        except EngineError as error:
            said = error.message_zh
            if "recover" in said:
                return None
            if any(words in said for words in _OF_THE_MACHINE):
                raise
            return f"存储检查未通过：{_telling_line(said)}"
        finally:
            shutil.rmtree(reports, ignore_errors=True)
    return None


def _telling_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = next((line for line in lines if "nconsisten" in line or "ERROR" in line), lines[-1])
    return told[:_SHOWN]
