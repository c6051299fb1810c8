"""The ledger: every file ever delivered, and what became of it.

The log's manifests are the truth about what was taken in; the ledger repeats them where they can
be searched, and adds what the log cannot know: files that were refused as a whole.  A crash
between the log's commit and the ledger's row is healed by `reconcile`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph.log import Batch
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Delivery", "Ledger"]


class _Delivery(Row):
    __tablename__ = "ledger"

    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16))
    batch: Mapped[str | None] = mapped_column(String(128))
    position: Mapped[int | None]
    known_at: Mapped[datetime | None] = mapped_column(Instant)
    rows_in: Mapped[int | None]
    accepted: Mapped[int | None]
    unchanged: Mapped[int | None]
    quarantined: Mapped[int | None]
    refused_code: Mapped[str | None] = mapped_column(String(64))
    refused_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True)
class Delivery:
    """One file of one source, by content.

    Attributes:
        state: `taken` (committed as a batch) or `refused` (not readable as a whole).
        position, known_at: of the batch; None while refused.
        refused_code, refused_at: of the last refusal, also of one that a later try overcame.
    """

    source: str
    content_sha256: str
    file_name: str
    state: str
    batch: str | None
    position: int | None
    known_at: datetime | None
    rows_in: int | None
    accepted: int | None
    unchanged: int | None
    quarantined: int | None
    refused_code: str | None
    refused_at: datetime | None


class Ledger:
    """Read and write the ledger; every write may be repeated."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def reconcile(self, batches: Iterable[Batch]) -> int:
        """Enter every committed batch that lacks its row; returns how many did."""
        entered = 0
        with self._store.transaction() as session:
            known = set(session.scalars(select(_Delivery.batch)))
            for batch in batches:
                if batch.batch not in known:
                    _enter(session, batch)
                    entered += 1
        return entered

    def refused(
        self, source: str, content_sha256: str, *, file_name: str, code: str, at: datetime
    ) -> None:
        """Note that a file could not be taken in at all; one taken before stays taken."""
        with self._store.transaction() as session:
            row = session.get(_Delivery, (source, content_sha256))
            if row is None:
                row = _Delivery(
                    source=source,
                    content_sha256=content_sha256,
                    file_name=file_name,
                    state="refused",
                )
                session.add(row)
            row.refused_code, row.refused_at = code, at

    def deliveries(self, source: str | None = None) -> list[Delivery]:
        """All deliveries, in the order of their batches; refused ones last."""
        query = select(_Delivery).order_by(
            _Delivery.position.is_(None), _Delivery.position, _Delivery.content_sha256
        )
        if source is not None:
            query = query.where(_Delivery.source == source)
        with self._store.transaction() as session:
            return [_value(row) for row in session.scalars(query)]


def _enter(session: Session, batch: Batch) -> None:
    row = session.get(_Delivery, (batch.source, batch.content_sha256))
    if row is None:
        row = _Delivery(source=batch.source, content_sha256=batch.content_sha256)
        session.add(row)
    row.file_name, row.state = batch.file_name, "taken"
    row.batch, row.position, row.known_at = batch.batch, batch.position, batch.known_at
    row.rows_in, row.accepted = batch.counts["rows_in"], batch.counts["accepted"]
    row.unchanged, row.quarantined = batch.counts["unchanged"], batch.counts["quarantined"]


def _value(row: _Delivery) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in Delivery.__dataclass_fields__})
