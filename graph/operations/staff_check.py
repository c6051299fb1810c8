"""Checks whether somebody who is to be recruited is lawfully listed: who asked, for which authority, why.

Kept is that one asked, never what was answered: an answer ends with the record that it stood on.  Of
the person only the keyed hash is kept, so that he can be told who asked about him.
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

__all__ = ["StaffCheck", "StaffChecks"]

_LONGEST = 200


class _StaffCheck(Row):
    __tablename__ = "staff_checks"

    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    subject: Mapped[str] = mapped_column(String(128), index=True)
    authority: Mapped[str] = mapped_column(String(32))
    ground: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(_LONGEST))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    head: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class StaffCheck:
    """One.

    Attributes:
        authority: code of the body that recruits.  ground: id of the legal basis.
        head: hash of the last batch of the log that was looked at.
    """

    year: int
    number: int
    authority: str
    ground: str
    purpose: str
    by: str
    at: time.Instant
    head: str

    @property
    def name(self) -> str:
        """The number as it is written: nothing of the person stands in it."""
        return f"核查〔{self.year}〕{self.number}号"


class StaffChecks:
    """Enter and list; nothing is changed or deleted."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def enter(
        self,
        subject: str,
        *,
        authority: str,
        ground: str,
        purpose: str,
        by: str,
        head: str,
        at: datetime,
    ) -> StaffCheck:
        """Number a check, before anything is answered.

        Raises `InputError` (`user_missing`, `purpose_missing`): who asks, and for what, is stated.
        """
        who, why = responsible(by, "核查"), redacted(purpose.strip())[:_LONGEST]
        if not why:
            raise InputError(
                "请写明核查用途，如“2026年公务员录用，职位某某”。",
                "Say for which recruitment it is.",
                code="purpose_missing",
            )
        year = time.day_of(at).year
        with self._store.transaction() as session:
            last = session.scalar(
                select(func.max(_StaffCheck.number)).where(_StaffCheck.year == year)
            )
            row = _StaffCheck(
                year=year,
                number=(last or 0) + 1,
                subject=subject,
                authority=authority,
                ground=ground,
                purpose=why,
                by=who,
                at=at,
                head=head,
            )
            session.add(row)
            session.flush()
            return _value(row)

    def all(self, *, limit: int = 100, offset: int = 0) -> list[StaffCheck]:
        """Checks, the newest first; about whom is not told."""
        order = (_StaffCheck.year.desc(), _StaffCheck.number.desc())
        query = select(_StaffCheck).order_by(*order).limit(limit).offset(offset)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]

    def about(self, subject: str) -> list[StaffCheck]:
        """Who asked about a person, the oldest first: for that person (个人信息保护法 第四十五条)."""
        query = select(_StaffCheck).where(_StaffCheck.subject == subject)
        query = query.order_by(_StaffCheck.year, _StaffCheck.number)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]

    def count(self) -> int:
        """How many there are."""
        with self._store.reading() as session:
            return session.scalar(select(func.count()).select_from(_StaffCheck)) or 0


def _value(row: _StaffCheck) -> StaffCheck:
    return StaffCheck(**{name: getattr(row, name) for name in StaffCheck.__dataclass_fields__})
