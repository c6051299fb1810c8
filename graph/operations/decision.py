"""The archive of decisions: the record of each, byte for byte, as it was made.

The store does not know what a decision is: a record is bytes with a few columns to find it by, and
its identifier is the hash of the bytes, so that an altered one no longer answers to its name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import NotFoundError, OperationsError
from graph.operations.event import EventKind, note_event
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["DecisionArchive", "KeptDecision"]

_LONGEST_NAME = 64


class _Decision(Row):
    __tablename__ = "decisions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    party: Mapped[str] = mapped_column(String(128), index=True)
    product: Mapped[str] = mapped_column(String(64), index=True)
    verdict: Mapped[str] = mapped_column(String(16))
    decided_at: Mapped[datetime] = mapped_column(Instant, index=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    kept_by: Mapped[str | None] = mapped_column(String(64), index=True)


@dataclass(frozen=True)
class KeptDecision:
    """One decision as it was kept; `record` is its canonical form.

    Attributes:
        kept_by: who kept it, as they were called then; empty where nobody wrote it down.
    """

    id: str
    party: str
    product: str
    verdict: str
    decided_at: time.Instant
    record: bytes
    kept_by: str = ""


class _Text(Row):
    __tablename__ = "rule_texts"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)


class DecisionArchive:
    """Keep and find decisions; nothing is ever changed or removed.

    The rules that a decision applied are kept once, under the hash of their text, and before the
    records that name them.
    """

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def keep(
        self, record: bytes, *, party: str, product: str, verdict: str, decided_at: datetime,
        institution: str | None = None, by: str = "",
    ) -> str:  # fmt: skip
        """Keep a record; returns its identifier.  The same record again changes nothing.

        Args:
            by: who keeps it; the first who did stays the one.
            institution: for which it was made; that it is there is told to those alone who ask for
                that institution.
        """
        name = hashlib.sha256(record).hexdigest()
        with self._store.transaction() as session:
            if session.get(_Decision, name) is None:
                session.add(
                    _Decision(
                        id=name,
                        party=party,
                        product=product,
                        verdict=verdict,
                        decided_at=decided_at,
                        record=record,
                        kept_by=by[:_LONGEST_NAME] or None,
                    )
                )
                note_event(
                    session, EventKind.DECISION_KEPT, party, about=name, institution=institution,
                    at=decided_at,
                )  # fmt: skip
        return name

    def keep_text(self, text: bytes) -> str:
        """Keep the rules that records will name; returns their identifier."""
        name = hashlib.sha256(text).hexdigest()
        with self._store.transaction() as session:
            if session.get(_Text, name) is None:
                session.add(_Text(id=name, text=text))
        return name

    def text(self, name: str) -> bytes:
        """Rules by identifier; raises as `find` does."""
        with self._store.reading() as session:
            row = session.get(_Text, name)
            found = None if row is None else row.text
        return _unaltered(name, found)

    def find(self, name: str) -> KeptDecision:
        """One decision; raises `NotFoundError`, and `OperationsError` when it was altered."""
        with self._store.reading() as session:
            row = session.get(_Decision, name)
            found = None if row is None else _value(row)
        _unaltered(name, None if found is None else found.record)
        assert found is not None
        return found

    def of(
        self, *, party: str | None = None, product: str | None = None, verdict: str | None = None,
        kept_by: str | None = None, since: datetime | None = None, before: datetime | None = None,
    ) -> list[KeptDecision]:  # fmt: skip
        """Decisions on a party, on a product, of a verdict, by who kept them, of a period, or all;
        oldest first.

        Args:
            kept_by: a part of the name.
            since, before: the first instant that counts, and the first that no longer does.
        """
        query = select(_Decision).order_by(_Decision.decided_at, _Decision.id)
        if party is not None:
            query = query.where(_Decision.party == party)
        if product is not None:
            query = query.where(_Decision.product == product)
        if verdict is not None:
            query = query.where(_Decision.verdict == verdict)
        if kept_by is not None:
            query = query.where(_Decision.kept_by.contains(kept_by, autoescape=True))
        if since is not None:
            query = query.where(_Decision.decided_at >= since)
        if before is not None:
            query = query.where(_Decision.decided_at < before)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]


def _unaltered(name: str, kept: bytes | None) -> bytes:
    if kept is None:
        raise NotFoundError(
            "没有这份判定记录。请核对编号。",
            "There is no decision of that identifier.",
            code="decision_unknown",
        )
    if hashlib.sha256(kept).hexdigest() != name:
        raise OperationsError(
            "这份判定记录的内容与编号不符，可能被改动过。请从备份恢复运行库。",
            "The record does not match its identifier: it was altered; restore the store.",
            code="decision_altered",
        )
    return kept


def _value(row: _Decision) -> KeptDecision:
    return KeptDecision(
        row.id, row.party, row.product, row.verdict, row.decided_at, row.record, row.kept_by or ""
    )
