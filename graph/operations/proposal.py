"""Proposals that take two persons: who put which text forward, and who else let it pass.

The store does not know what a text says; that the second person is another than the first it sees
to itself, whatever a caller forgot.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Proposal", "Proposals"]


class _Proposal(Row):
    __tablename__ = "proposals"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    proof: Mapped[bytes] = mapped_column(LargeBinary)
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None] = mapped_column(Instant, index=True)


#: The order in which they were let pass.
_IN_TURN = (_Proposal.approved_at, _Proposal.id)


@dataclass(frozen=True)
class Proposal:
    """One proposal.

    Attributes:
        subject: what it is about (a product's name).
        text, proof: what is to hold, and the cases that show that it does.
        approved_by, approved_at: None while it waits.
    """

    id: str
    subject: str
    text: bytes
    proof: bytes
    proposed_by: str
    proposed_at: time.Instant
    approved_by: str | None
    approved_at: time.Instant | None


class Proposals:
    """Put forward, let pass, find; nothing is ever taken back, a later one takes its place."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def put(self, subject: str, text: bytes, proof: bytes, *, by: str, at: datetime) -> Proposal:
        """Put a text forward; the same text again is the same proposal, by its first proposer.

        Raises `InputError` when nobody's name stands to it.
        """
        _named(by)
        name = hashlib.sha256(b"\0".join([subject.encode(), text, proof])).hexdigest()
        with self._store.transaction() as session:
            row = session.get(_Proposal, name)
            if row is None:
                row = _Proposal(
                    id=name, subject=subject, text=text, proof=proof, proposed_by=by, proposed_at=at
                )
                session.add(row)
            return _value(row)

    def approve(self, name: str, *, by: str, at: datetime) -> Proposal:
        """Let a proposal pass; a second approval changes nothing.

        Raises `NotFoundError`, and `InputError` (`two_persons`) for its own proposer.
        """
        _named(by)
        with self._store.transaction() as session:
            row = session.get(_Proposal, name)
            if row is None:
                raise _unknown()
            if row.proposed_by.strip().casefold() == by.strip().casefold():
                raise InputError(
                    "提出人不能批准自己提出的版本，请另一位有权人员批准。",
                    "The proposer cannot approve: another person must.",
                    code="two_persons",
                )
            if row.approved_at is None:
                row.approved_by, row.approved_at = by, at
            return _value(row)

    def find(self, name: str) -> Proposal:
        """One proposal; raises `NotFoundError`."""
        with self._store.reading() as session:
            row = session.get(_Proposal, name)
            if row is None:
                raise _unknown()
            return _value(row)

    def all(self) -> list[Proposal]:
        """Every proposal, oldest first."""
        query = select(_Proposal).order_by(_Proposal.proposed_at, _Proposal.id)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]

    def passed(self) -> dict[str, Proposal]:
        """The last one approved of each subject."""
        query = select(_Proposal).where(_Proposal.approved_at.is_not(None)).order_by(*_IN_TURN)
        with self._store.reading() as session:
            return {row.subject: _value(row) for row in session.scalars(query)}

    def last_passed(self, subject: str) -> Proposal | None:
        """The last one approved of a subject."""
        query = (
            select(_Proposal)
            .where(_Proposal.subject == subject, _Proposal.approved_at.is_not(None))
            .order_by(*(each.desc() for each in _IN_TURN))
            .limit(1)
        )
        with self._store.reading() as session:
            row = session.scalar(query)
            return None if row is None else _value(row)


def _named(by: str) -> None:
    if not by.strip():
        raise InputError(
            "请写明办理人姓名或工号。", "Say who acts: a name or a number.", code="person_missing"
        )


def _unknown() -> NotFoundError:
    return NotFoundError(
        "没有这份提案。请核对编号。", "There is no such proposal.", code="proposal_unknown"
    )


def _value(row: _Proposal) -> Proposal:
    return Proposal(**{name: getattr(row, name) for name in Proposal.__dataclass_fields__})
