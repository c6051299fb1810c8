"""What partners told of applications, and which applications were handed to them.

A message is kept before anything is made of it, once under its partner's number, and stays until it
was applied, came too late, or was refused for good: one that came too early waits for what comes
before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import JSON, ForeignKey, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.operations.financing_rows import CaseRow
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["FinancingMessages", "Handover", "Handovers", "Marks", "Message", "MessageState"]

MessageState: TypeAlias = Literal["waiting", "applied", "late", "refused"]
_MOST = 300


class _Message(Row):
    __tablename__ = "financing_messages"
    __table_args__ = (UniqueConstraint("contract", "reference"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    contract: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(String(96))
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), index=True)
    problem: Mapped[str | None] = mapped_column(String(_MOST))
    at: Mapped[datetime] = mapped_column(Instant)


class _Handover(Row):
    __tablename__ = "financing_handovers"
    __table_args__ = (UniqueConstraint("contract", "case_number"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    contract: Mapped[str] = mapped_column(String(64))
    case_number: Mapped[int] = mapped_column(ForeignKey(CaseRow.number))
    state: Mapped[str] = mapped_column(String(16), index=True)
    their_number: Mapped[str | None] = mapped_column(String(96))
    tries: Mapped[int] = mapped_column(Integer)
    problem: Mapped[str | None] = mapped_column(String(_MOST))
    at: Mapped[datetime] = mapped_column(Instant)


class _Mark(Row):
    __tablename__ = "financing_marks"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[str] = mapped_column(String(128))


@dataclass(frozen=True)
class Message:
    """One message of a partner, in our words; `problem`: why it waits or was refused."""

    number: int
    contract: str
    reference: str
    body: Mapping[str, Any]
    state: str
    problem: str | None
    at: time.Instant


@dataclass(frozen=True)
class Handover:
    """That an application goes to a partner.

    Attributes:
        state: `waiting`, `taken`, or `refused` for good.
        their_number: under which the partner has it; None until it took it.
    """

    number: int
    contract: str
    case_number: int
    state: str
    their_number: str | None
    tries: int
    problem: str | None
    at: time.Instant


class FinancingMessages:
    """Keep what partners said."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def keep(
        self, contract: str, reference: str, body: Mapping[str, Any], *, at: datetime
    ) -> Literal["new", "known", "contradicts"]:
        """Keep a message; one that came before is known, with another content it contradicts."""
        stated = json.dumps(dict(body), ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(stated.encode()).hexdigest()
        query = select(_Message).where(
            _Message.contract == contract, _Message.reference == reference
        )
        with self._store.transaction() as session:
            held = session.scalars(query).first()
            if held is not None:
                return "known" if held.digest == digest else "contradicts"
            session.add(
                _Message(
                    contract=contract,
                    reference=reference,
                    digest=digest,
                    body=dict(body),
                    state="waiting",
                    at=at,
                )
            )
            return "new"

    def waiting(self, contract: str) -> list[Message]:
        """What is still to be made something of, in the order in which it came."""
        return self._of(contract, "waiting")

    def refused(self, contract: str) -> list[Message]:
        """What somebody has to look at."""
        return self._of(contract, "refused")

    def _of(self, contract: str, state: str) -> list[Message]:
        query = select(_Message).where(_Message.contract == contract, _Message.state == state)
        with self._store.reading() as session:
            rows = session.scalars(query.order_by(_Message.number))
            names = Message.__dataclass_fields__
            return [Message(**{name: getattr(row, name) for name in names}) for row in rows]

    def settle(self, number: int, state: MessageState, problem: str | None = None) -> None:
        """Say what became of a message."""
        with self._store.transaction() as session:
            row = session.get_one(_Message, number)
            row.state, row.problem = state, problem and problem[:_MOST]


class Handovers:
    """Keep which applications go to whom."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def add(self, contract: str, case_number: int, *, at: datetime) -> Handover:
        """Have an application handed over; one that is, stays as it is."""
        query = select(_Handover).where(
            _Handover.contract == contract, _Handover.case_number == case_number
        )
        with self._store.transaction() as session:
            row = session.scalars(query).first()
            if row is None:
                row = _Handover(
                    contract=contract, case_number=case_number, state="waiting", tries=0, at=at
                )
                session.add(row)
                session.flush()
            return _handover(row)

    def waiting(self, contract: str) -> list[Handover]:
        """What is still to be taken, in order."""
        query = select(_Handover).where(
            _Handover.contract == contract, _Handover.state == "waiting"
        )
        with self._store.reading() as session:
            return [_handover(row) for row in session.scalars(query.order_by(_Handover.number))]

    def of_number(self, contract: str, their_number: str) -> Handover | None:
        """The application that a partner knows by a number."""
        query = select(_Handover).where(
            _Handover.contract == contract, _Handover.their_number == their_number
        )
        with self._store.reading() as session:
            row = session.scalars(query).first()
            return None if row is None else _handover(row)

    def taken(self, number: int, their_number: str) -> None:
        """The partner has it."""
        with self._store.transaction() as session:
            row = session.get_one(_Handover, number)
            row.state, row.their_number, row.problem = "taken", their_number, None

    def not_taken(self, number: int, problem: str, *, is_final: bool) -> None:
        """The partner did not take it, or nobody knows."""
        with self._store.transaction() as session:
            row = session.get_one(_Handover, number)
            row.tries, row.problem = row.tries + 1, problem[:_MOST]
            row.state = "refused" if is_final else "waiting"


class Marks:
    """How far something was carried, by name."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def at(self, name: str, default: str = "") -> str:
        """How far."""
        with self._store.reading() as session:
            row = session.get(_Mark, name)
            return default if row is None else row.position

    def move(self, name: str, position: str) -> None:
        """So far now."""
        with self._store.transaction() as session:
            row = session.get(_Mark, name)
            if row is None:
                session.add(_Mark(name=name, position=position))
            else:
                row.position = position


def _handover(row: _Handover) -> Handover:
    return Handover(**{name: getattr(row, name) for name in Handover.__dataclass_fields__})
