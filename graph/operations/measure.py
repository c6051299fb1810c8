"""Measures and incentives that were applied here: put forward, let pass by another person, lifted.

Nothing is changed or deleted: each act adds to the row who did it and when.  That a measure has
ended (its last day has passed, its record may be used no more) is no act and is worked out when it
is read (`queries.measures.register`): no timer can forget it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["AppliedMeasure", "MeasureBook"]


class _Measure(Row):
    __tablename__ = "measures"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    measure: Mapped[str] = mapped_column(String(64), index=True)
    rules: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    said: Mapped[dict[str, Any]] = mapped_column(JSON)
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_by: Mapped[str | None] = mapped_column(String(64))
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_why: Mapped[str | None] = mapped_column(String(500))


@dataclass(frozen=True)
class AppliedMeasure:
    """One.

    Attributes:
        kind: punishment or incentive.  measure: its line in the catalogue, `rules` names which.
        subject: key of the party.
        said: how it is applied, as plain data; this store does not know what it says.
        approved_by, lifted_by: None while it waits, while nobody lifted it.
    """

    id: str
    kind: str
    measure: str
    rules: str
    subject: str
    said: Mapping[str, Any]
    proposed_by: str
    proposed_at: time.Instant
    approved_by: str | None
    approved_at: time.Instant | None
    lifted_by: str | None
    lifted_at: time.Instant | None
    lifted_why: str | None


class MeasureBook:
    """Put forward, let pass, lift, list."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def put(
        self,
        kind: str,
        measure: str,
        rules: str,
        subject: str,
        said: Mapping[str, Any],
        *,
        by: str,
        at: datetime,
    ) -> AppliedMeasure:
        """Put one forward; the same again is the same one, by its first proposer.

        Raises `InputError` (`user_missing`) when nobody's name stands to it.
        """
        who = responsible(by, "提出")
        stated = [kind, measure, subject, dict(sorted(said.items()))]
        text = json.dumps(stated, ensure_ascii=False, sort_keys=True)
        name = hashlib.sha256(text.encode()).hexdigest()
        with self._store.transaction() as session:
            row = session.get(_Measure, name)
            if row is None:
                row = _Measure(
                    id=name,
                    kind=kind,
                    measure=measure,
                    rules=rules,
                    subject=subject,
                    said=dict(said),
                    proposed_by=who,
                    proposed_at=at,
                )
                session.add(row)
            return _value(row)

    def approve(self, name: str, *, by: str, at: datetime) -> AppliedMeasure:
        """Let one pass, by another person; a second approval changes nothing.

        Raises `NotFoundError`, and `InputError` (`two_persons`, `measure_lifted`).
        """
        who = responsible(by, "批准")
        with self._store.transaction() as session:
            row = _found(session, name)
            if row.proposed_by.strip().casefold() == who.strip().casefold():
                raise InputError(
                    "提出人不能批准自己提出的措施，请另一位有权人员批准。",
                    "The proposer cannot approve: another person must.",
                    code="two_persons",
                )
            if row.lifted_at is not None:
                raise InputError(
                    "这项措施已经撤回或者解除，不能再批准。请重新提出。",
                    "The measure was lifted: put it forward anew.",
                    code="measure_lifted",
                )
            if row.approved_at is None:
                row.approved_by, row.approved_at = who, at
            return _value(row)

    def lift(self, name: str, *, by: str, why: str, at: datetime) -> AppliedMeasure:
        """Lift one, or withdraw what waits; one person is enough, as it takes nothing from anybody.

        Raises `NotFoundError`, and `InputError` (`user_missing`, `reason_missing`).
        """
        who, reason = responsible(by, "解除"), redacted(why.strip())
        if not reason:
            raise InputError(
                "请写明解除的理由。", "Say why it is lifted.", code="reason_missing"
            )  # fmt: skip
        with self._store.transaction() as session:
            row = _found(session, name)
            if row.lifted_at is None:
                row.lifted_by, row.lifted_at, row.lifted_why = who, at, reason[:500]
            return _value(row)

    def find(self, name: str) -> AppliedMeasure:
        """One; raises `NotFoundError`."""
        with self._store.reading() as session:
            return _value(_found(session, name))

    def all(self) -> list[AppliedMeasure]:
        """Every one ever put forward, oldest first."""
        query = select(_Measure).order_by(_Measure.proposed_at, _Measure.id)
        with self._store.reading() as session:
            return [_value(row) for row in session.scalars(query)]


def _found(session: Session, name: str) -> _Measure:
    row = session.get(_Measure, name)
    if row is None:
        raise NotFoundError(
            "没有这项措施。请核对编号。", "There is no such measure.", code="measure_unknown"
        )
    return row


def _value(row: _Measure) -> AppliedMeasure:
    return AppliedMeasure(
        **{name: getattr(row, name) for name in AppliedMeasure.__dataclass_fields__}
    )
