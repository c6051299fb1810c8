"""Rows that were refused for a code which is confirmed since: they come in as they were sent.

Nobody has to send them again: what the quarantine kept of them goes the way of a corrected error
workbook, so that each row is checked anew, and counted where it stood.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from graph.effective_batches import effective_batches
from graph.identifiers.spelling import compact
from graph.log import FactLog
from graph.operations import OperationsStore
from graph.progress import Progress
from graph.settings import Settings
from ingest.catalogue.source import load_source, source_names
from ingest.correction.quarantine import Quarantine
from ingest.correction.workbook import Line, refused_lines, write_error_workbook
from ingest.pipeline import ingest
from ingest.reading.cell import shown
from ingest.report import Report

__all__ = ["readmit", "waiting_for"]


def waiting_for(settings: Settings, code: str) -> dict[tuple[str, str], list[Line]]:
    """Open refused rows that have a code in a cell and are still kept, by source and table."""
    log, quarantine = FactLog(settings.log_dir), Quarantine(settings.quarantine_dir)
    code = compact(code)
    refused = {
        batch.source for batch in effective_batches(log.batches()) if batch.counts["quarantined"]
    }
    found: dict[tuple[str, str], list[Line]] = {}
    for name in sorted(refused & {*source_names()}):
        for table, lines in refused_lines(log, quarantine, load_source(name)).items():
            if own := [line for line in lines if _has(line, code)]:
                found[(name, table)] = own
    return found


def readmit(
    code: str,
    *,
    settings: Settings,
    store: OperationsStore | None = None,
    into_graph: bool = True,
    wait_s: float = 600.0,
    progress: Progress | None = None,
) -> tuple[Report, ...]:
    """Take in the rows that wait for a code; one report a table.

    A row in which something else is wrong is refused again, for that.  Raises as `ingest`.
    """
    reports = []
    for (source, table), lines in waiting_for(settings, code).items():
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"确认例外-{source}-{table}.xlsx"
            write_error_workbook(path, load_source(source), table, lines)
            reports.append(
                ingest(
                    source,
                    [path],
                    settings=settings,
                    store=store,
                    into_graph=into_graph,
                    wait_s=wait_s,
                    progress=progress,
                )
            )
    return tuple(reports)


def _has(line: Line, code: str) -> bool:
    return any(text is not None and compact(shown(text)) == code for text in line[1].values())
