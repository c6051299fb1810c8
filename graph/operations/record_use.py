"""What was let out: which records stood in a bulletin, an export, a case file.

Who freezes a bulletin or writes an export notes the keys of its records here, so that it can be
found when one of them is repaired or annulled afterwards.  The records themselves are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["RecordUse", "RecordUses", "note_use"]


class _Use(Row):
    __tablename__ = "record_uses"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(128))
    title: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(Instant)


class _Used(Row):
    __tablename__ = "record_used"

    use: Mapped[int] = mapped_column(ForeignKey("record_uses.number"), primary_key=True)
    record: Mapped[str] = mapped_column(String(255), primary_key=True, index=True)


@dataclass(frozen=True)
class RecordUse:
    """One thing that was let out: `bulletin`, `export`, `case_file`, `exchange`; its name and its title."""

    kind: str
    name: str
    title: str
    at: time.Instant


def note_use(
    session: Session, kind: str, name: str, *, title: str, at: datetime, records: Iterable[str]
) -> None:
    """Note which records stood in something, in the transaction in which it is let out."""
    row = _Use(kind=kind, name=name, title=title, at=at)
    session.add(row)
    session.flush()
    session.add_all(_Used(use=row.number, record=key) for key in sorted({*records}))


class RecordUses:
    """Note and find."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def note(
        self, kind: str, name: str, *, title: str, at: datetime, records: Iterable[str]
    ) -> None:
        """Note which records stood in something."""
        with self._store.transaction() as session:
            note_use(session, kind, name, title=title, at=at, records=records)

    def of(self, record: str) -> list[RecordUse]:
        """In what a record stood, the oldest first."""
        query = (
            select(_Use).join(_Used, _Used.use == _Use.number).where(_Used.record == record)
            .order_by(_Use.number)
        )  # fmt: skip
        with self._store.reading() as session:
            return [
                RecordUse(row.kind, row.name, row.title, row.at) for row in session.scalars(query)
            ]
