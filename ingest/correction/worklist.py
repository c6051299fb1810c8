"""What each department has to put right: refused rows that are open, and what looks doubtful.

It follows from the log alone and holds no value of any cell, so it may be shown and sent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from graph.effective_batches import effective_batches
from graph.log import Batch, FactLog
from graph.time import Instant
from ingest.catalogue.source import load_source, source_names
from ingest.correction.quarantine import open_rows
from ingest.finding import RowFinding

__all__ = ["DepartmentLoad", "Task", "by_department", "worklist"]


@dataclass(frozen=True)
class Task:
    """One thing to look at: one finding on one row of one file."""

    department: str
    source: str
    table: str
    batch: str
    file_name: str
    received_at: Instant
    row: int | None
    column: str | None
    severity: str
    code: str
    message_zh: str
    message_en: str
    value_class: str | None
    platform: str | None = None


@dataclass(frozen=True)
class DepartmentLoad:
    """How much waits for a department.

    Attributes:
        rows: refused rows that are open.
        oldest: when the oldest of them was received.
        causes: findings by code.
        messages: what is wrong and what to do, in Chinese, each once, the most frequent first.
        files: these rows by source and table: one error workbook each.
    """

    department: str
    rows: int
    oldest: Instant
    causes: dict[str, int]
    messages: tuple[str, ...]
    files: dict[str, dict[str, int]]


def worklist(
    log: FactLog,
    *,
    department: str | None = None,
    source: str | None = None,
    warnings: bool = False,
) -> Iterator[Task]:
    """Open findings, oldest batch first.

    Args:
        warnings: also what was taken and looks doubtful, of the newest batch of each source.
    """
    for item in open_rows(log, source):
        for finding in item.findings:
            task = _task(item.batch, item.table, finding)
            if department in (None, task.department):
                yield task
    if not warnings:
        return
    here = effective_batches(log.batches())
    newest = {batch.source: batch for batch in here if source in (None, batch.source)}
    for batch in newest.values():
        told = log.table(batch, "findings")
        for row in told.to_pylist() if told is not None else ():
            table = row.pop("table")
            finding = RowFinding(**row)
            task = _task(batch, table, finding)
            if finding.severity == "warning" and department in (None, task.department):
                yield task


def by_department(tasks: Iterable[Task]) -> list[DepartmentLoad]:
    """The load of each department, the longest list first."""
    rows: dict[str, set[tuple[str, int | None]]] = defaultdict(set)
    causes: dict[str, Counter[str]] = defaultdict(Counter)
    messages: dict[str, Counter[str]] = defaultdict(Counter)
    oldest: dict[str, datetime] = {}
    files: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for task in tasks:
        if task.severity != "error":
            continue
        if (task.batch, task.row) not in rows[task.department]:
            files[task.department][task.source][task.table] += 1
        rows[task.department].add((task.batch, task.row))
        causes[task.department][task.code] += 1
        messages[task.department][task.message_zh] += 1
        known = oldest.get(task.department, task.received_at)
        oldest[task.department] = min(known, task.received_at)
    loads = [
        DepartmentLoad(
            name,
            len(rows[name]),
            oldest[name],
            dict(causes[name]),
            tuple(message for message, _ in messages[name].most_common()),
            {source: dict(counts) for source, counts in sorted(files[name].items())},
        )
        for name in rows
    ]
    return sorted(loads, key=lambda each: (-each.rows, each.department))


def _task(batch: Batch, table: str, finding: RowFinding) -> Task:
    # a log may be older than the sources: what is gone from them still has its findings
    known = batch.source in source_names()
    return Task(
        load_source(batch.source).department if known else batch.source,
        batch.source,
        table,
        batch.batch,
        batch.file_name,
        batch.known_at,
        finding.row,
        finding.column,
        finding.severity,
        finding.code,
        finding.message_zh,
        finding.message_en,
        finding.value_class,
        finding.platform,
    )
