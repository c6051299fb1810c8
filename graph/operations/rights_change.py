"""Changes that give somebody rights: put forward by one, in force when a second person confirms.

What is to be done is kept as data; doing it is the caller's, in the same transaction
(`OperationsStore.together`).  That the second person is another than the first the store sees to
itself, whatever a caller forgot.  Nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["WAITS", "RightsActor", "RightsChange", "RightsChanges"]

#: How long a change waits for its second person.
WAITS = timedelta(days=7)
CONFIRMED, REFUSED, ALONE = "confirmed", "refused", "alone"


class _Change(Row):
    __tablename__ = "rights_changes"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(32))
    about: Mapped[str] = mapped_column(String(64), index=True)
    said: Mapped[str] = mapped_column(String(1_000))
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_of_client: Mapped[bool] = mapped_column(Boolean)
    by: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(String(16))
    outcome_by: Mapped[str | None] = mapped_column(String(64))
    outcome_by_id: Mapped[str | None] = mapped_column(String(128))
    outcome_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome_why: Mapped[str | None] = mapped_column(String(500))


@dataclass(frozen=True)
class RightsActor:
    """Who acts: `id` as the audit knows them, `name` as papers do."""

    id: str
    name: str


@dataclass(frozen=True)
class RightsChange:
    """One change.

    Attributes:
        kind: code of what is done; `about`: name of the user, or identifier of the client.
        said: in words, for whoever is to confirm; told: what is done it with.
        is_of_client: about a client, and not a user.
        ends_at: from when on nobody can confirm it.
        outcome: None while nobody said; `confirmed`, `refused`, or `alone`: it was in force at once,
            since there was nobody to confirm it.
    """

    number: int
    kind: str
    about: str
    said: str
    told: Mapping[str, Any]
    is_of_client: bool
    by: str
    by_id: str
    at: time.Instant
    ends_at: time.Instant
    outcome: str | None
    outcome_by: str | None
    outcome_by_id: str | None
    outcome_at: time.Instant | None
    outcome_why: str | None

    def is_waiting(self, at: datetime) -> bool:
        """Whether it can be confirmed at an instant."""
        return self.outcome is None and at < self.ends_at


class RightsChanges:
    """Put forward, confirm, refuse, list."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def put(
        self,
        kind: str,
        about: str,
        told: Mapping[str, Any],
        *,
        said: str,
        is_of_client: bool,
        actor: RightsActor,
        at: datetime,
        alone: bool = False,
    ) -> RightsChange:
        """Put a change forward, or note that it was made `alone`.

        Raises `InputError` (`user_missing`; `change_waits`: the same is put forward already).
        """
        who = responsible(actor.name, "提出")
        same = select(_Change).where(
            _Change.kind == kind, _Change.about == about, _Change.outcome.is_(None), _Change.ends_at > at
        )  # fmt: skip
        with self._store.transaction() as session:
            waiting = session.scalar(same)
            if waiting is not None and not alone:
                raise InputError(
                    f"同样的变更已经提出（编号 {waiting.number}），请先确认或者退回它。",
                    f"That is put forward already, as number {waiting.number}.",
                    code="change_waits",
                )
            row = _Change(
                kind=kind, about=about, told=dict(told), said=said[:1_000], is_of_client=is_of_client,
                by=who[:64], by_id=actor.id, at=at, ends_at=at + WAITS,
            )  # fmt: skip
            if alone:
                row.outcome, row.outcome_at = ALONE, at
            session.add(row)
            session.flush()
            return _value(row)

    def confirm(self, number: int, *, actor: RightsActor, at: datetime) -> RightsChange:
        """Let a change pass, once.

        Raises `NotFoundError` (`change_unknown`), and `InputError` (`user_missing`, `second_person`,
        `change_decided`, `change_lapsed`).
        """
        return self._decide(number, CONFIRMED, "", actor, at)

    def refuse(self, number: int, *, why: str, actor: RightsActor, at: datetime) -> RightsChange:
        """Let a change not pass; who put it forward may take it back so.  Raises as `confirm`, but
        not `second_person`."""
        return self._decide(number, REFUSED, why, actor, at)

    def get(self, number: int) -> RightsChange:
        """One; raises `NotFoundError` (`change_unknown`)."""
        with self._store.reading() as session:
            row = session.get(_Change, number)
            if row is None:
                raise _unknown()
            return _value(row)

    def latest(self, *, is_of_client: bool, most: int = 50) -> list[RightsChange]:
        """The newest about users, or about clients, the newest first."""
        query = select(_Change).where(_Change.is_of_client == is_of_client)
        with self._store.reading() as session:
            rows = session.scalars(query.order_by(_Change.number.desc()).limit(most))
            return [_value(row) for row in rows]

    def _decide(
        self, number: int, outcome: str, why: str, actor: RightsActor, at: datetime
    ) -> RightsChange:
        who = responsible(actor.name, "确认")
        with self._store.transaction() as session:
            # of two at once the second waits, and is told that it is decided
            row = session.get(_Change, number)
            if row is None:
                raise _unknown()
            held = _value(row)
            if held.outcome is not None:
                raise InputError(
                    "这项变更已经办结，不能再确认或者退回。",
                    "That change is decided already.",
                    code="change_decided",
                )
            if not held.is_waiting(at):
                raise InputError(
                    f"这项变更提出已满 {WAITS.days} 天，自动失效。仍需要的，请重新提出。",
                    "It waited too long: put it forward again.",
                    code="change_lapsed",
                )
            if outcome == CONFIRMED and _is_same(actor, held):
                raise InputError(
                    "提出人不能确认自己提出的变更，请另一位管理员确认。",
                    "Who put it forward cannot confirm it: another administrator must.",
                    code="second_person",
                )
            row.outcome, row.outcome_at = outcome, at
            row.outcome_by, row.outcome_by_id = who[:64], actor.id
            row.outcome_why = redacted(why.strip())[:500] or None
            session.flush()
            return _value(row)


def _is_same(actor: RightsActor, change: RightsChange) -> bool:
    """Whether somebody put a change forward: by their identifier, or by the name that papers say."""
    said = actor.name.strip().casefold() == change.by.strip().casefold()
    return said or actor.id == change.by_id


def _unknown() -> NotFoundError:
    return NotFoundError(
        "没有这项变更。请核对编号。", "There is no such change.", code="change_unknown"
    )


def _value(row: _Change) -> RightsChange:
    return RightsChange(**{name: getattr(row, name) for name in RightsChange.__dataclass_fields__})
