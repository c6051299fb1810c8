"""What was let out: which records stood in a bulletin, an export, a case file.

Whoever lets an export out notes its records here, so that it can be found when one of them is repaired
or annulled afterwards.  Neither the records nor their keys are kept, which say of whom they are: a hash
of each key answers whether it was among them, and leaves nothing to read when law has ended it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["EVERYTHING", "RecordUse", "RecordUses", "note_use"]

#: Noted in place of records where all went out that was published at the time.
EVERYTHING = "*"


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
    """One thing that was let out: its name and its title.

    Attributes:
        kind: `case_file`, `public_download`, `exchange`, or whatever else goes out.
        whole: all went out that was published then: whether a record was, the log knows.
    """

    kind: str
    name: str
    title: str
    at: time.Instant
    whole: bool = False


def note_use(
    session: Session, kind: str, name: str, *, title: str, at: datetime, records: Iterable[str]
) -> None:
    """Note which records stood in something, in the transaction in which it is let out."""
    row = _Use(kind=kind, name=name, title=title, at=at)
    session.add(row)
    session.flush()
    session.add_all(_Used(use=row.number, record=each) for each in sorted(_hashes(records)))


class RecordUses:
    """Note and find."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def note(
        self, kind: str, name: str, *, title: str, at: datetime, records: Iterable[str]
    ) -> None:
        """Note which records stood in something; what is noted under its kind and name already is not
        noted again.

        Args:
            records: their keys, or `EVERYTHING` alone.
        """
        noted = select(_Use.number).where(_Use.kind == kind, _Use.name == name).limit(1)
        with self._store.reading() as session:
            if session.scalar(noted) is not None:
                return
        with self._store.transaction() as session:
            note_use(session, kind, name, title=title, at=at, records=records)

    def of(self, record: str) -> list[RecordUse]:
        """In what a record stood or may have stood (`whole`), the oldest first."""
        # stores of before kept the key itself
        query = (
            select(_Use, _Used.record).join(_Used, _Used.use == _Use.number)
            .where(_Used.record.in_([record, *_hashes([record]), EVERYTHING])).order_by(_Use.number)
        )  # fmt: skip
        with self._store.reading() as session:
            return [
                RecordUse(row.kind, row.name, row.title, row.at, noted == EVERYTHING)
                for row, noted in session.execute(query)
            ]


def _hashes(records: Iterable[str]) -> set[str]:
    return {
        key if key == EVERYTHING else hashlib.sha256(key.encode()).hexdigest() for key in records
    }
