"""What departments sent and what became of it: the one door of `api` to the files, their ledger and
the rows that were refused.

It is about the data itself and who has to put it right, not about parties: no consent opens or
shuts it, and only whoever runs the office comes here.  All of one answer stands on the batches that
were there when the door was opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path

from graph.effective_batches import withdrawals
from graph.log import Batch, FactLog
from graph.log_prefix import LogPrefix
from graph.operations import Delivery, Ledger, OperationsStore
from graph.settings import Settings
from graph.time import utc_now
from ingest.catalogue.source import Source, load_source, source_names
from ingest.correction.quarantine import Quarantine, RefusedRow, open_rows
from ingest.correction.refused_documents import refused_documents
from ingest.correction.workbook import Line, export_refused, refused_lines
from ingest.correction.worklist import Task, worklist
from ingest.delivery.freshness import Freshness, freshness
from ingest.finding import RowFinding, kept_findings
from ingest.withdrawal import Withdrawal, preview_withdrawal, withdraw
from queries.indicators import RefusedDocument

__all__ = ["Deliveries", "Delivery"]


class Deliveries:
    """The deliveries of one office.

    Args:
        known_at: as they were at this instant; by default now.

    Attributes:
        batches: those that were there.
    """

    def __init__(
        self, settings: Settings, store: OperationsStore, *, known_at: datetime | None = None
    ) -> None:
        self._settings, self._store = settings, store
        self._now = known_at or utc_now()
        told = FactLog(settings.log_dir).batches()
        self.batches: Sequence[Batch] = [
            batch for batch in told if known_at is None or batch.known_at <= known_at
        ]
        self._log = LogPrefix(settings.log_dir, self.batches)

    @property
    def known_at(self) -> datetime | None:
        """When the last of the batches came; None where there is none."""
        return self.batches[-1].known_at if self.batches else None

    def preview_withdrawal(self, name: str) -> Withdrawal:
        """What taking a batch back would do; nothing is written (`ingest.withdrawal`)."""
        return preview_withdrawal(name, settings=self._settings, store=self._store)

    def withdraw(self, name: str, *, reason: str, by: str, wait_s: float) -> Withdrawal:
        """Take a batch back; the graph follows."""
        return withdraw(
            name,
            reason=reason,
            by=by,
            settings=self._settings,
            store=self._store,
            wait_s=wait_s,
        )

    def worklist(
        self, *, department: str | None = None, source: str | None = None, warnings: bool = False
    ) -> list[Task]:
        """What is to be put right (`ingest.correction.worklist`)."""
        return list(worklist(self._log, department=department, source=source, warnings=warnings))

    def freshness(self) -> list[Freshness]:
        """When each source was last heard."""
        return freshness(self._log, self.ledger.deliveries(), self._now)

    @cached_property
    def ledger(self) -> Ledger:
        """Every file that came."""
        return Ledger(self._store)

    def find(self, batch: str) -> Delivery | None:
        """The delivery of a batch."""
        return next((item for item in self.ledger.deliveries() if item.batch == batch), None)

    def batch(self, name: str) -> Batch | None:
        """A batch by its name or position."""
        return next((x for x in self.batches if name in (x.batch, str(x.position))), None)

    def findings(self, name: str) -> tuple[RowFinding, ...]:
        """What was found in a batch: what was refused, and what is only told."""
        kept = self.batch(name)
        return () if kept is None else kept_findings(self._log.table(kept, "findings"))

    def withdrawal(self, name: str | None) -> Batch | None:
        """The batch that took a batch back."""
        return withdrawals(self.batches).get(name or "")

    def open_rows(self, source: str) -> list[RefusedRow]:
        """Refused rows of a source that are open."""
        return open_rows(self._log, source)

    def refused_documents(self) -> list[RefusedDocument]:
        """Open refused rows of administrative decisions, as the office counts them."""
        return refused_documents(self._log, self.quarantine)

    @property
    def quarantine(self) -> Quarantine:
        """Where refused rows are kept word for word, for a time."""
        return Quarantine(self._settings.quarantine_dir)

    def refused(self, source: Source) -> dict[str, list[Line]]:
        """Open rows of a source that are still kept word for word, by table."""
        return refused_lines(self._log, self.quarantine, source)

    def still_kept(self, sources: Iterable[str]) -> frozenset[tuple[str, str]]:
        """(source, table) of which open rows are still kept: of the others there is no workbook to
        fetch, and the department sends the rows anew."""
        return frozenset(
            (name, table)
            for name in {*source_names()} & {*sources}
            for table in self.refused(load_source(name))
        )

    def export(self, source: Source, folder: Path) -> dict[Path, int]:
        """Write the error workbooks of a source; returns rows by file."""
        return export_refused(self._log, self.quarantine, source, folder)
