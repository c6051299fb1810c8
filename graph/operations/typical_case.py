"""Typical cases (典型案例): put forward by one person, let pass by another, taken back by anybody.

Nothing is changed or deleted: each act adds who did it and when.  That a case is over (its last day
has passed, its record is published no more) is no act and is worked out when it is read
(`queries.typical_cases`): no timer can forget it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["TypicalCase", "TypicalCases"]


class _Case(Row):
    __tablename__ = "typical_cases"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    record_kind: Mapped[str] = mapped_column(String(32))
    record: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(100))
    story: Mapped[str] = mapped_column(String(2000))
    until: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_because: Mapped[str | None] = mapped_column(String(500))


@dataclass(frozen=True)
class TypicalCase:
    """One.

    Attributes:
        kind: `good` or `bad` faith.
        subject, record_kind, record: whose case, and the record that it tells of.
        until: last day on which it is shown.
        reason: why it is told to everybody.
        approved_by, ended_by: None while it waits, while nobody took it back.
    """

    number: int
    kind: str
    subject: str
    record_kind: str
    record: str
    title: str
    story: str
    until: date
    reason: str
    proposed_by: str
    proposed_at: time.Instant
    approved_by: str | None
    approved_at: time.Instant | None
    ended_by: str | None
    ended_at: time.Instant | None
    ended_because: str | None


class TypicalCases:
    """Put forward, let pass, take back, list."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def put(
        self, kind: str, subject: str, record_kind: str, record: str, *, title: str, story: str,
        until: date, reason: str, by: str, at: datetime,
    ) -> TypicalCase:  # fmt: skip
        """Put one forward; raises `InputError` (`user_missing`, `reason_missing`)."""
        who, why = responsible(by, "提出"), _reason(reason, "提出")
        with self._store.transaction() as session:
            row = _Case(
                kind=kind, subject=subject, record_kind=record_kind, record=record, title=title,
                story=story, until=until, reason=why, proposed_by=who, proposed_at=at,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return _value(row)

    def approve(self, number: int, *, by: str, at: datetime) -> TypicalCase:
        """Let one pass, by another person; a second approval changes nothing.

        Raises `NotFoundError`, and `InputError` (`two_persons`, `case_ended`, `user_missing`).
        """
        who = responsible(by, "批准")
        with self._store.transaction() as session:
            row = _found(session, number)
            if row.proposed_by.strip().casefold() == who.strip().casefold():
                raise InputError(
                    "提出人不能批准自己提出的案例，请另一位有权人员批准。",
                    "The proposer cannot approve: another person must.",
                    code="two_persons",
                )
            if row.ended_at is not None:
                raise InputError(
                    "这个案例已经撤下，不能再批准。请重新提出。",
                    "The case was taken back: put it forward anew.",
                    code="case_ended",
                )
            if row.approved_at is None:
                row.approved_by, row.approved_at = who, at
            return _value(row)

    def end(self, number: int, *, by: str, because: str, at: datetime) -> TypicalCase:
        """Take one back; one person is enough.

        Raises `NotFoundError`, and `InputError` (`user_missing`, `reason_missing`).
        """
        who, why = responsible(by, "撤下"), _reason(because, "撤下")
        with self._store.transaction() as session:
            row = _found(session, number)
            if row.ended_at is None:
                row.ended_by, row.ended_at, row.ended_because = who, at, why
            return _value(row)

    def find(self, number: int) -> TypicalCase:
        """One; raises `NotFoundError`."""
        with self._store.reading() as session:
            return _value(_found(session, number))

    def all(self) -> list[TypicalCase]:
        """Every one ever put forward, oldest first."""
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(select(_Case).order_by(_Case.number))]


def _reason(text: str, act: str) -> str:
    why = redacted(text.strip())[:500]
    if not why:
        raise InputError(f"请写明{act}的理由。", "Say why.", code="reason_missing")
    return why


def _found(session: Session, number: int) -> _Case:
    row = session.get(_Case, number)
    if row is None:
        raise NotFoundError(
            "没有这个案例。请核对编号。", "There is no such typical case.", code="case_unknown"
        )
    return row


def _value(row: _Case) -> TypicalCase:
    return TypicalCase(**{name: getattr(row, name) for name in TypicalCase.__dataclass_fields__})
