"""Deliveries of events to subscriptions: each event once acknowledged, those of a subject in order.

    waiting -> acknowledged      the receiver took it
       |    -> dead              tried as often as it is tried; sent again only by somebody
       `    -> beyond            its owner may not see what it is about: nothing was sent

A delivery is entered together with how far the events were looked through (`spread`), so that whoever
is killed between two steps enters each once.  Its outcome is entered when the answer is there: who is
killed before that sends the same message again, under the same name, and the receiver knows it by that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Integer, Select, String, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.event import Event, EventRow, drop_events, event_of
from graph.operations.hook import Hook, HookRow, hook_of, note_hook_act
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["GIVEN_UP", "Delivery", "DeliveryRow", "HookDeliveries"]

#: How long a receiver may take nothing before nothing is sent any more until somebody resumes it.
GIVEN_UP = timedelta(days=3)
#: Events that are looked at in one transaction.
_AT_ONCE = 1_000
_MOST_TEXT = 500


class DeliveryRow(Row):
    """One event to one subscription."""

    __tablename__ = "hook_deliveries"

    hook: Mapped[str] = mapped_column(ForeignKey("hooks.id"), primary_key=True)
    event: Mapped[int] = mapped_column(ForeignKey("events.number"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(128), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    tries: Mapped[int] = mapped_column(Integer)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[int | None] = mapped_column(Integer)
    problem: Mapped[str | None] = mapped_column(String(500))


@dataclass(frozen=True)
class Delivery:
    """One event to one subscription.

    Attributes:
        state: as above.
        tries: how often it was sent; next_at: not before then is it sent again.
        status: of the last answer; problem: what was wrong with the last try.
    """

    hook: str
    event: Event
    state: str
    tries: int
    next_at: time.Instant | None
    changed_at: time.Instant
    status: int | None
    problem: str | None


class HookDeliveries:
    """Enter, find what is due, enter what became of it; one sender of one hook at a time."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def spread(self, name: str, *, at: datetime) -> int:
        """Enter deliveries of the events behind a hook's position; returns how many events were
        looked at: 0 when it is at their end."""
        with self._store.transaction() as session:
            row = session.get_one(HookRow, name)
            query = select(EventRow).where(EventRow.number > row.position)
            events = session.scalars(query.order_by(EventRow.number).limit(_AT_ONCE)).all()
            if not events:
                return 0
            hook = hook_of(row)
            entered = [
                {"hook": name, "event": each.number, "subject": each.subject, "state": "waiting",
                 "tries": 0, "changed_at": at}
                for each in events if hook.wants(each.kind, each.subject)
            ]  # fmt: skip
            if entered:
                session.execute(insert(DeliveryRow), entered)
            row.position = events[-1].number
            return len(events)

    def due(self, name: str, *, at: datetime, most: int) -> list[Delivery]:
        """What is to be sent now, in order: of each subject the first that waits, and only if its
        time has come."""
        earlier = aliased(DeliveryRow)
        before = select(earlier.event).where(
            earlier.hook == DeliveryRow.hook,
            earlier.subject == DeliveryRow.subject,
            earlier.state == "waiting",
            earlier.event < DeliveryRow.event,
        )
        query = (
            _joined(name)
            .where(DeliveryRow.state == "waiting", ~before.exists())
            .where((DeliveryRow.next_at.is_(None)) | (DeliveryRow.next_at <= at))
            .order_by(DeliveryRow.event)
            .limit(most)
        )
        with self._store.reading() as session:
            return [_value(row, event) for row, event in session.execute(query)]

    def taken(self, name: str, event: int, *, status: int, at: datetime) -> None:
        """The receiver acknowledged it."""
        with self._store.transaction() as session:
            if self._end(session, name, event, "acknowledged", at, status=status):
                hook = session.get_one(HookRow, name)
                hook.failures, hook.failing_since, hook.next_at = 0, None, None

    def beyond(self, name: str, event: int, *, at: datetime) -> None:
        """Its owner may not see what it is about."""
        with self._store.transaction() as session:
            self._end(session, name, event, "beyond", at)

    def failed(
        self, name: str, event: int, problem: str, *, again_at: datetime | None,
        hook_again_at: datetime | None, status: int | None = None, at: datetime,
    ) -> None:  # fmt: skip
        """A try that was not acknowledged.

        Args:
            again_at: when this one is tried again; None: it is dead.
            hook_again_at: before which nothing is sent to the receiver.
        """
        with self._store.transaction() as session:
            state = "dead" if again_at is None else "waiting"
            if not self._end(session, name, event, state, at, status=status, problem=problem):
                return
            session.get_one(DeliveryRow, (name, event)).next_at = again_at
            hook = session.get_one(HookRow, name)
            hook.failures, hook.next_at = hook.failures + 1, hook_again_at
            hook.failing_since = hook.failing_since or at
            if hook.state == "active" and at - hook.failing_since >= GIVEN_UP:
                hook.state = "paused"
                hook.problem = (
                    "接收方三天没有收下任何事件，已暂停。修复后请恢复，等待的事件会继续发送。"
                )

    def refused_for_good(self, name: str, problem: str) -> None:
        """The receiver said that it is gone, or its owner is: nothing is sent any more."""
        with self._store.transaction() as session:
            hook = session.get_one(HookRow, name)
            if hook.state == "active":
                hook.state, hook.problem = "paused", redacted(problem)[:_MOST_TEXT]

    def send_again(self, name: str, event: int, *, by: str, at: datetime) -> Delivery:
        """Have a dead delivery sent once more, with all its tries.

        Raises `NotFoundError` (`delivery_unknown`), `InputError` (`user_missing`,
        `delivery_not_dead`).
        """
        who = responsible(by, "重发")
        with self._store.transaction() as session:
            row = session.get(DeliveryRow, (name, event))
            if row is None:
                raise NotFoundError(
                    "没有这条发送记录。请核对编号。",
                    "There is no such delivery.",
                    code="delivery_unknown",
                )
            if row.state != "dead":
                raise InputError(
                    "只有停止重试的才能重发。",
                    "Only a dead delivery is sent again.",
                    code="delivery_not_dead",
                )
            row.state, row.tries, row.next_at, row.changed_at = "waiting", 0, None, at
            note_hook_act(session, name, "send_again", who, at, str(event))
            return _value(row, session.get_one(EventRow, event))

    def replay(self, name: str, after: int, *, by: str, at: datetime) -> Hook:
        """Have every event behind a cursor sent again, in order, what was acknowledged as well.

        Raises `NotFoundError` (`hook_unknown`), `InputError`: `user_missing`, `hook_ended`,
        `replay_ahead` for a cursor to which it has not come yet.
        """
        who = responsible(by, "重放")
        with self._store.transaction() as session:
            row = session.get(HookRow, name)
            if row is None:
                raise NotFoundError(
                    "没有这项订阅。请核对编号。",
                    "There is no such subscription.",
                    code="hook_unknown",
                )
            if row.state == "ended":
                raise InputError(
                    "这项订阅已经停用。", "The subscription has ended.", code="hook_ended"
                )
            if after > row.position:
                raise InputError(
                    f"这项订阅现在到第 {row.position} 号，不能从更后面重放。",
                    f"The subscription is at {row.position}.",
                    code="replay_ahead",
                )
            again = delete(DeliveryRow).where(DeliveryRow.hook == name, DeliveryRow.event > after)
            session.execute(again)
            row.position = after
            row.failures, row.failing_since, row.next_at = 0, None, None
            note_hook_act(session, name, "replay", who, at, str(after))
            return hook_of(row)

    def of(self, name: str, *, states: Collection[str] = (), most: int = 50) -> list[Delivery]:
        """Deliveries of a subscription, the last changed first."""
        query = _joined(name)
        if states:
            query = query.where(DeliveryRow.state.in_(states))
        query = query.order_by(DeliveryRow.changed_at.desc(), DeliveryRow.event.desc()).limit(most)
        with self._store.reading() as session:
            return [_value(row, event) for row, event in session.execute(query)]

    def counts(self) -> dict[tuple[str, str], int]:
        """How many deliveries, by hook and state."""
        query = select(DeliveryRow.hook, DeliveryRow.state, func.count()).group_by(
            DeliveryRow.hook, DeliveryRow.state
        )
        with self._store.reading() as session:
            return {(hook, state): count for hook, state, count in session.execute(query)}

    def drop_before(self, instant: datetime) -> int:
        """Drop what was noted before an instant, events and their deliveries; returns how many."""
        with self._store.transaction() as session:
            last = session.scalar(select(func.max(EventRow.number)).where(EventRow.at < instant))
            if last is None:
                return 0
            session.execute(delete(DeliveryRow).where(DeliveryRow.event <= last))
            return drop_events(session, last)

    @staticmethod
    def _end(
        session: Session, name: str, event: int, state: str, at: datetime, *,
        status: int | None = None, problem: str | None = None,
    ) -> bool:  # fmt: skip
        """Enter what became of a try; False where it does not wait any more."""
        row = session.get(DeliveryRow, (name, event))
        if row is None or row.state != "waiting":
            return False
        row.state, row.changed_at, row.status = state, at, status
        row.problem = problem and redacted(problem)[:_MOST_TEXT]
        row.tries += state != "beyond"
        row.next_at = None
        return True


def _joined(name: str) -> Select[DeliveryRow, EventRow]:
    return (
        select(DeliveryRow, EventRow)
        .join(EventRow, EventRow.number == DeliveryRow.event)
        .where(DeliveryRow.hook == name)
    )


def _value(row: DeliveryRow, event: EventRow) -> Delivery:
    return Delivery(
        row.hook, event_of(event), row.state, row.tries, row.next_at, row.changed_at, row.status,
        row.problem,
    )  # fmt: skip
