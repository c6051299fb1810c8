"""Case files that left the office: number, about whom, for what, for whom, when, and their hash.

Nothing of what a file says is kept, so that what law ends later leaves no trace here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import InputError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["CaseFile", "CaseFiles"]


class _CaseFile(Row):
    __tablename__ = "case_files"

    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    subject: Mapped[str] = mapped_column(String(128), index=True)
    purpose: Mapped[str] = mapped_column(String(200))
    reader: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    head: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class CaseFile:
    """One; `head` is the hash of the last batch that it stands on."""

    year: int
    number: int
    subject: str
    purpose: str
    reader: str
    made_at: time.Instant
    head: str

    @property
    def name(self) -> str:
        """The number as it is written: no name and no key stands in it."""
        return f"关联〔{self.year}〕{self.number}号"


class CaseFiles:
    """Number them and list them."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def open(self, subject: str, *, purpose: str, reader: str, head: str, at: datetime) -> CaseFile:
        """Give the next number of the year.

        Raises `InputError` (`user_missing`, `purpose_missing`): who reads it, and for what, is stated.
        """
        who, why = responsible(reader, "查阅"), redacted(purpose.strip())[:200]
        if not why:
            raise InputError(
                "请写明查阅目的。", "Say for what purpose it is read.", code="purpose_missing"
            )  # fmt: skip
        year = time.day_of(at).year
        with self._store.transaction() as session:
            last = session.scalar(select(func.max(_CaseFile.number)).where(_CaseFile.year == year))
            row = _CaseFile(
                year=year,
                number=(last or 0) + 1,
                subject=subject,
                purpose=why,
                reader=who,
                made_at=at,
                head=head,
            )
            session.add(row)
            session.flush()
            return _value(row)

    def all(self) -> list[CaseFile]:
        """Every one, oldest first."""
        query = select(_CaseFile).order_by(_CaseFile.year, _CaseFile.number)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]


def _value(row: _CaseFile) -> CaseFile:
    return CaseFile(**{name: getattr(row, name) for name in CaseFile.__dataclass_fields__})
