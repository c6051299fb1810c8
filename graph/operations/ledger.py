"""The ledger: every file ever delivered, and what became of it.

    received 收到 -> checking 校验 -> committed 入图 -> done 完成 -> withdrawn 撤销
                 \\-> failed 失败

`committed` means in the log, which is the truth, and on its way into the graph.  The log's
manifests say the same where they can; the ledger repeats them where they can be searched, and
adds what the log cannot know: files on their way, and files that were refused as a whole.  A
crash between the log's commit and the ledger's row is healed by `reconcile`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.effective_batches import effective_batches, withdrawals
from graph.log import Batch
from graph.log_damage import ledger_ahead
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Delivery", "Ledger"]

#: States of a delivery whose batch stands.
_STANDS = ("committed", "done")


class _Delivery(Row):
    __tablename__ = "ledger"

    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime | None] = mapped_column(Instant)
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
        state: `received`, `checking`, `committed`, `done`, `withdrawn` or `failed`.
        received_at: when it last came; None for one known from the log alone.
        batch, position, known_at: of the last batch that stands, else of the last one withdrawn;
            None until it is committed.
        refused_code, refused_at: of the last refusal, also of one that a later try overcame.
    """

    source: str
    content_sha256: str
    file_name: str
    state: str
    received_at: time.Instant | None
    batch: str | None
    position: int | None
    known_at: time.Instant | None
    rows_in: int | None
    accepted: int | None
    unchanged: int | None
    quarantined: int | None
    refused_code: str | None
    refused_at: time.Instant | None


class Ledger:
    """Read and write the ledger; every write may be repeated."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def reconcile(self, batches: Iterable[Batch]) -> int:
        """Enter every committed batch that lacks its row, and what was withdrawn of them.

        Returns how many batches lacked their row.  A withdrawal has none: it is no file.
        """
        entered = 0
        told = list(batches)
        gone = withdrawals(told)
        with self._store.transaction() as session:
            known = set(
                session.scalars(select(_Delivery.batch).where(_Delivery.batch.is_not(None)))
            )
            taken_back = {item.batch for item in gone.values()}
            for batch in told:
                if batch.batch not in known and batch.batch not in taken_back:
                    _enter(session, batch)
                    entered += 1
            # the same content may have come before, as another list
            stands = {(item.source, item.content_sha256): item for item in effective_batches(told)}
            for row in session.scalars(select(_Delivery).where(_Delivery.state.in_(_STANDS))):
                if row.batch in gone:
                    before = stands.get((row.source, row.content_sha256))
                    if before is None:
                        row.state = "withdrawn"
                    else:
                        _fill(row, before)
        return entered

    def lost(self, batches: Iterable[Batch]) -> list[Delivery]:
        """Deliveries that were committed once, and whose batch the log does not have any more."""
        there = {batch.batch for batch in batches}
        return [
            item for item in self.deliveries() if item.batch is not None and item.batch not in there
        ]

    def refuse_lost(self, batches: Iterable[Batch]) -> None:
        """Raise `LogError` (`log_tail_lost`) where the log lacks what was committed.

        Asked before a commit: another batch in the place of a lost one could not be told from it.
        """
        lost = self.lost(batches)
        if lost:
            raise ledger_ahead([f"第 {item.position} 批 {item.file_name}" for item in lost])

    def accept_loss(self, batches: Iterable[Batch]) -> int:
        """Take batches that the log does not have any more for never committed; how many those are.

        Their files may be delivered again.
        """
        lost = {(item.source, item.content_sha256) for item in self.lost(batches)}
        with self._store.transaction() as session:
            for key in lost:
                row = session.get(_Delivery, key)
                if row is not None:
                    row.state, row.batch, row.position, row.known_at = "received", None, None, None
        return len(lost)

    def received(self, source: str, content_sha256: str, *, file_name: str, at: datetime) -> None:
        """Note that a file came; one whose batch stands stays what it is."""
        with self._store.transaction() as session:
            row = _row(session, source, content_sha256, file_name)
            row.received_at = at
            if row.state not in _STANDS:
                row.state, row.file_name = "received", file_name

    def checking(self, source: str, content_sha256: str) -> None:
        """Note that a file was read and is being checked."""
        with self._store.transaction() as session:
            row = session.get(_Delivery, (source, content_sha256))
            if row is not None and row.state not in _STANDS:
                row.state = "checking"

    def failed(
        self, source: str, content_sha256: str, *, file_name: str, code: str, at: datetime
    ) -> None:
        """Note that a file could not be taken in at all; one whose batch stands stays so."""
        with self._store.transaction() as session:
            row = _row(session, source, content_sha256, file_name)
            row.refused_code, row.refused_at = code, at
            if row.state not in _STANDS:
                row.state = "failed"

    def projected(self, position: int) -> None:
        """Note that the graph holds the log up to this position."""
        with self._store.transaction() as session:
            session.execute(
                update(_Delivery)
                .where(_Delivery.state == "committed", _Delivery.position <= position)
                .values(state="done")
            )

    def latest(self, count: int, source: str | None = None) -> list[Delivery]:
        """The last deliveries heard of, newest first."""

        def when(item: Delivery) -> datetime:
            heard = (item.received_at, item.known_at, item.refused_at)
            return max(moment for moment in heard if moment is not None)

        return sorted(self.deliveries(source), key=when, reverse=True)[:count]

    def deliveries(self, source: str | None = None) -> list[Delivery]:
        """All deliveries, in the order of their batches; those without one last."""
        query = select(_Delivery).order_by(
            _Delivery.position.is_(None), _Delivery.position, _Delivery.content_sha256
        )
        if source is not None:
            query = query.where(_Delivery.source == source)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]


def _row(session: Session, source: str, content_sha256: str, file_name: str) -> _Delivery:
    row = session.get(_Delivery, (source, content_sha256))
    if row is None:
        row = _Delivery(
            source=source, content_sha256=content_sha256, file_name=file_name, state="received"
        )
        session.add(row)
    return row


def _enter(session: Session, batch: Batch) -> None:
    row = _row(session, batch.source, batch.content_sha256, batch.file_name)
    if row.position is not None and row.position > batch.position:
        return  # the same content came again later, as a part of another list
    _fill(row, batch)


def _fill(row: _Delivery, batch: Batch) -> None:
    row.file_name, row.state = batch.file_name, "committed"
    row.batch, row.position, row.known_at = batch.batch, batch.position, batch.known_at
    row.rows_in, row.accepted = batch.counts["rows_in"], batch.counts["accepted"]
    row.unchanged, row.quarantined = batch.counts["unchanged"], batch.counts["quarantined"]


def _value(row: _Delivery) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in Delivery.__dataclass_fields__})
