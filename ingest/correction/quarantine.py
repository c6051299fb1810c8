"""Refused rows: which are open, and what stood in them until they are put right.

What was wrong stands in the log for ever, without any value (`findings`, `settled`): which rows
are open follows from the log alone.  What the rows said is personal data that nobody checked.  It
lies apart from the log, one file a batch, readable by the owner only, so that it can be deleted:
when the row is put right, when its sender takes it back, or after `KEEP`.  See ADR 0030.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graph.effective_batches import effective_batches
from graph.log import Batch, FactLog
from ingest.catalogue.field import Unit
from ingest.checking.gate import Gated
from ingest.finding import RowFinding
from ingest.reading.cell import as_kept_now
from ingest.reading.table import Table

__all__ = ["KEEP", "UNITS", "Quarantine", "RefusedRow", "open_rows", "rows_to_keep", "settled_by"]

KEEP = timedelta(days=180)

#: A twin of a row above: nothing was lost with it, so nothing is to be corrected.
_NOTHING_TO_DO = "duplicate_row"
#: Where the file that keeps rows says in which unit each column of money or ratio was sent.
UNITS = "units"
_SETTLED = pa.schema([("batch", pa.string()), ("row", pa.int32()), ("outcome", pa.string())])


@dataclass(frozen=True)
class RefusedRow:
    """A refused row that waits to be put right.

    Attributes:
        findings: why it was refused.
    """

    batch: Batch
    table: str
    row: int
    findings: tuple[RowFinding, ...]


def open_rows(
    log: FactLog, source: str | None = None, *, batches: Sequence[Batch] | None = None
) -> list[RefusedRow]:
    """Every refused row that no later batch has settled, in the order of batches and rows.

    The rows of a withdrawn batch wait for nobody, and what it settled is open again.

    Args:
        batches: instead of those that stand, to see what would be open.
    """
    told = effective_batches(log.batches()) if batches is None else batches
    batches = [item for item in told if source is None or item.source == source]
    settled: set[tuple[str, str, int]] = set()
    for batch in batches:
        done = log.table(batch, "settled")
        if done is not None:
            places = zip(done["batch"].to_pylist(), done["row"].to_pylist(), strict=True)
            # a workbook of one source says nothing about another's rows
            settled |= {(batch.source, *place) for place in places}
    found = []
    for batch in batches:
        for (table, row), findings in _refused(log, batch).items():
            if (batch.source, batch.batch, row) not in settled:
                found.append(RefusedRow(batch, table, row, tuple(findings)))
    return found


def _refused(log: FactLog, batch: Batch) -> dict[tuple[str, int], list[RowFinding]]:
    told = log.table(batch, "findings")
    rows: dict[tuple[str, int], list[RowFinding]] = {}
    for item in told.to_pylist() if told is not None else ():
        table = item.pop("table")
        finding = RowFinding(**item)
        if finding.severity == "error" and finding.row and finding.code != _NOTHING_TO_DO:
            rows.setdefault((table, finding.row), []).append(finding)
    return dict(sorted(rows.items(), key=lambda each: each[0][1]))


def rows_to_keep(gated: Gated) -> list[int]:
    """Numbers of the refused rows in which something is to be put right."""
    twins = {item.row for item in gated.findings if item.code == _NOTHING_TO_DO}
    return sorted(gated.quarantined - twins)


def settled_by(table: Table, gated: Gated) -> pa.Table:
    """Which refused rows a returned error workbook settles, and how.

    A row that is refused again is settled too: it is open under its new place.  An emptied row
    is taken back by its sender.
    """
    kept = set(table.numbers.tolist())
    rows = []
    for row, origin in table.origins.items():
        if row in gated.quarantined:
            outcome = "refused_again"
        else:
            outcome = "corrected" if row in kept else "withdrawn"
        rows.append({"batch": origin.batch, "row": origin.row, "outcome": outcome})
    return pa.Table.from_pylist(rows, schema=_SETTLED)


class Quarantine:
    """What the refused rows said, one file a batch, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, batch: str, rows: pa.Table) -> None:
        """Keep the refused rows of a batch; done before its commit, and again after a crash.

        Args:
            rows: as `ingest.correction.kept` gives them: no number of a person is in them.
        """
        if len(rows):
            self._write(batch, rows)

    def cells(self, batch: str) -> dict[int, dict[str, str | None]]:
        """Row -> field -> kept cell; `unread` is the line of a row that was none."""
        path = self._path(batch)
        if not path.exists():
            return {}
        return {
            item.pop("row"): {name: cell and as_kept_now(cell) for name, cell in item.items()}
            for item in pq.read_table(path).to_pylist()
        }

    def units(self, batch: str) -> dict[str, Unit]:
        """Field -> the unit in which the file of a batch told its numbers."""
        path = self._path(batch)
        told = (pq.read_schema(path).metadata or {}) if path.exists() else {}
        found: dict[str, Unit] = json.loads(told.get(UNITS.encode(), b"{}"))
        return found

    def tidy(self, log: FactLog, source: str, now: datetime) -> None:
        """Delete what is settled, what is older than `KEEP`, and what a killed run left behind.

        Only of one source, since a run of another may be about to commit.
        """
        # a batch is named by its source and digest, with a number where the content came before
        named = re.compile(rf"{re.escape(source)}-[0-9a-f]+(-\d+)?")
        files = self.folder.iterdir() if self.folder.exists() else ()
        own = [path for path in files if named.fullmatch(path.stem)]
        if not own:
            return
        batches = {item.batch: item for item in log.batches()}
        waiting: dict[str, set[int]] = {}
        for item in open_rows(log, source):
            waiting.setdefault(item.batch.batch, set()).add(item.row)
        for path in own:
            batch = batches.get(path.stem) if path.suffix == ".parquet" else None
            if batch is None or now - batch.known_at > KEEP or not waiting.get(batch.batch):
                path.unlink()
                continue
            held = pq.read_table(path)
            keep = [row in waiting[batch.batch] for row in held["row"].to_pylist()]
            if not all(keep):
                self._write(batch.batch, held.filter(pa.array(keep)))

    def _path(self, batch: str) -> Path:
        return self.folder / f"{batch}.parquet"

    def _write(self, batch: str, rows: pa.Table) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = self.folder / f"{batch}.part"
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            pq.write_table(rows, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path(batch))
