"""What became of the rows of a file: counted, and explained where they were refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.finding import Finding

__all__ = ["BatchReport", "Report"]


@dataclass(frozen=True)
class BatchReport:
    """The fate of one file: `rows_in = accepted + unchanged + quarantined`.

    Attributes:
        position: of its batch in the log; None when the file was already there.
        asserted, closed: facts written, by kind, and facts no longer held as they were.
        ended: facts that a complete list no longer names, by kind: true until its day.
        succeeded: ties of which there is one at a time that end sooner, by kind, since the file names
            another one, or says that there is none any more.
        stale_suspected: facts of its table that stay although a list did not name them.
        missing_parts: parts of the list still to come.
    """

    source: str
    file_name: str
    batch: str
    position: int | None
    known_at: datetime
    rows_in: int
    accepted: int
    unchanged: int
    quarantined: int
    asserted: dict[str, int] = field(default_factory=dict)
    closed: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    succeeded: dict[str, int] = field(default_factory=dict)
    stale_suspected: int = 0
    missing_parts: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_in != self.accepted + self.unchanged + self.quarantined:
            raise AssertionError(f"rows lost: {self}")

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "source": self.source,
            "file_name": self.file_name,
            "batch": self.batch,
            "position": self.position,
            "known_at": self.known_at.isoformat(),
            "rows_in": self.rows_in,
            "accepted": self.accepted,
            "unchanged": self.unchanged,
            "quarantined": self.quarantined,
            "asserted": self.asserted,
            "closed": self.closed,
            "ended": self.ended,
            "succeeded": self.succeeded,
            "stale_suspected": self.stale_suspected,
            "missing_parts": self.missing_parts,
            "findings": [item.as_dict() for item in self.findings],
        }


@dataclass(frozen=True)
class Report:
    """The fate of all files of one call.

    Attributes:
        batches: one report a file, in order.
        projected: batches written to the graph; None when the graph was not asked.
    """

    batches: tuple[BatchReport, ...]
    projected: int | None

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "batches": [item.as_dict() for item in self.batches],
            "projected": self.projected,
        }
