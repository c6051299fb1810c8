"""Concealed decisions (瞒报): what an inspector found, with a name to it, and what was taken back.

Nothing computes one: a decision that is in no ledger and was not reported is seen only by who looks
into the files of the department.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Concealment", "Concealments"]


class _Concealment(Row):
    __tablename__ = "concealments"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    department: Mapped[str] = mapped_column(String(128), index=True)
    act_class: Mapped[str] = mapped_column(String(32))
    document_no: Mapped[str] = mapped_column(String(256))
    decided_on: Mapped[date] = mapped_column(Date)
    evidence: Mapped[str] = mapped_column(String(500))
    found_by: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_by: Mapped[str | None] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_why: Mapped[str | None] = mapped_column(String(500))


@dataclass(frozen=True)
class Concealment:
    """One finding.

    Attributes:
        department: key of the body that kept the decision back.
        evidence: where it was seen: which file, in which inspection.
        withdrawn_by, withdrawn_at, withdrawn_why: None while it stands.
    """

    number: int
    department: str
    act_class: str
    document_no: str
    decided_on: date
    evidence: str
    found_by: str
    found_at: time.Instant
    withdrawn_by: str | None
    withdrawn_at: time.Instant | None
    withdrawn_why: str | None


class Concealments:
    """Enter, take back, read; nothing is deleted."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def enter(
        self,
        department: str,
        act_class: str,
        document_no: str,
        decided_on: date,
        *,
        evidence: str,
        by: str,
        at: datetime,
    ) -> Concealment:
        """Add a finding; raises `InputError` (`user_missing`, `evidence_missing`)."""
        with self._store.transaction() as session:
            row = _Concealment(
                department=department,
                act_class=act_class,
                document_no=redacted(document_no.strip()),
                decided_on=decided_on,
                evidence=_said(evidence),
                found_by=responsible(by, "认定"),
                found_at=at,
            )
            session.add(row)
            session.flush()
            return _value(row)

    def take_back(self, number: int, *, why: str, by: str, at: datetime) -> Concealment:
        """Take a finding back; a second time changes nothing.  Raises as `enter`, and
        `NotFoundError`."""
        with self._store.transaction() as session:
            row = session.get(_Concealment, number)
            if row is None:
                raise NotFoundError(
                    "没有这条瞒报认定。请核对编号。",
                    "There is no such finding.",
                    code="concealment_unknown",
                )
            if row.withdrawn_at is None:
                row.withdrawn_why, row.withdrawn_by = _said(why), responsible(by, "撤销认定")
                row.withdrawn_at = at
            return _value(row)

    def all(self) -> list[Concealment]:
        """Every finding, in order."""
        query: Any = select(_Concealment).order_by(_Concealment.number)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]


def _said(text: str) -> str:
    said = redacted(text.strip())
    if not said:
        raise InputError(
            "请写明在何处查到（案卷、检查记录）或为何撤销。",
            "Say where it was found, or why it is taken back.",
            code="evidence_missing",
        )
    return said


def _value(row: _Concealment) -> Concealment:
    return Concealment(**{name: getattr(row, name) for name in Concealment.__dataclass_fields__})
