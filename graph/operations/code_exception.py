"""Codes that look wrong and are right: confirmed by a person, on evidence, for one kind of fault each.

`91350203M0001QKT19` was printed before the standard was fixed, and a firm uses it.  What is confirmed
is counted apart and never hidden: who, why and on what evidence stand with it.  Taking it back is an
act as well, and the row stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["CodeException", "CodeExceptions"]

_LEAST_EVIDENCE = 4


class _Exception(Row):
    __tablename__ = "code_exceptions"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_because: Mapped[str | None] = mapped_column(String(500))


@dataclass(frozen=True)
class CodeException:
    """One confirmation; it holds until somebody ended it.

    Attributes:
        kind: of code error that it is an exception from.
        reason, evidence: why the code is right, and what was seen.
    """

    number: int
    code: str
    kind: str
    reason: str
    evidence: str
    by: str
    at: time.Instant
    ended_by: str | None
    ended_at: time.Instant | None
    ended_because: str | None


class CodeExceptions:
    """Confirm, end, find; nothing is deleted."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def confirm(
        self, code: str, kind: str, *, by: str, reason: str, evidence: str, at: datetime
    ) -> CodeException:
        """Confirm a code; the same code and kind again is what holds already.

        Raises `InputError`: `user_missing`, `evidence_missing`.
        """
        who, seen = responsible(by, "确认"), redacted(evidence.strip())
        if len(seen) < _LEAST_EVIDENCE:
            raise InputError(
                "请写明依据，例如“营业执照副本原件，2026-04-01 核对”。",
                "Say on what evidence the code is confirmed.",
                code="evidence_missing",
            )
        with self._store.transaction() as session:
            query = select(_Exception).where(
                _Exception.code == code, _Exception.kind == kind, _Exception.ended_at.is_(None)
            )
            row = session.scalars(query).first()
            if row is None:
                row = _Exception(
                    code=code,
                    kind=kind,
                    reason=redacted(reason.strip()),
                    evidence=seen,
                    by=who,
                    at=at,
                )
                session.add(row)
                session.flush()
            return _value(row)

    def end(self, number: int, *, by: str, because: str, at: datetime) -> CodeException:
        """Take a confirmation back; raises `NotFoundError`, and `InputError` without who or why."""
        who, why = responsible(by, "撤回"), redacted(because.strip())
        if len(why) < _LEAST_EVIDENCE:
            raise InputError(
                "请写明为什么撤回。", "Say why it is taken back.", code="reason_missing"
            )
        with self._store.transaction() as session:
            row = session.get(_Exception, number)
            if row is None:
                raise NotFoundError(
                    "没有这条例外。请核对编号。",
                    "There is no such exception.",
                    code="exception_unknown",
                )
            if row.ended_at is None:
                row.ended_by, row.ended_at, row.ended_because = who, at, why
            return _value(row)

    def all(self) -> list[CodeException]:
        """Every confirmation, oldest first, ended ones too."""
        with self._store.reading() as session:
            return [
                _value(row)
                for row in session.scalars(select(_Exception).order_by(_Exception.number))
            ]

    def in_force(self) -> frozenset[tuple[str, str]]:
        """(code, kind) that is confirmed now."""
        return frozenset((item.code, item.kind) for item in self.all() if item.ended_at is None)


def _value(row: _Exception) -> CodeException:
    return CodeException(
        **{name: getattr(row, name) for name in CodeException.__dataclass_fields__}
    )
