"""Who is told of what changes in which sectors, and which warnings each of them has read.

A warning that was read is kept as its name alone, from which nothing of it can be told: what law ends
later leaves no trace here.  Subscriptions are ended and never changed; what was read is read once,
by whichever of them it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Date, ForeignKey, Integer, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["LastRead", "Subscription", "Subscriptions"]


class _Subscriber(Row):
    __tablename__ = "monitoring_subscribers"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)


class _Subscription(Row):
    __tablename__ = "monitoring_subscriptions"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    subscriber: Mapped[int] = mapped_column(ForeignKey("monitoring_subscribers.number"), index=True)
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    begins_at: Mapped[datetime] = mapped_column(Instant)
    ends_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_because: Mapped[str | None] = mapped_column(String(500))


class _Read(Row):
    __tablename__ = "monitoring_read"

    subscriber: Mapped[int] = mapped_column(
        ForeignKey("monitoring_subscribers.number"), primary_key=True
    )
    warning: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    position: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True)
class Subscription:
    """One.

    Attributes:
        subscriber, name: number and name of who is told.
        wanted: of what and when, as plain data; this store does not know what it says.
        begins_at, ends_on: what comes from then through that day, both included; None: no end.
        by, at, reason: who set it up, when, for what.
        ended_by, ended_at, ended_because: None while nobody ended it.
    """

    number: int
    subscriber: int
    name: str
    wanted: Mapping[str, Any]
    begins_at: time.Instant
    ends_on: date | None
    reason: str
    by: str
    at: time.Instant
    ended_by: str | None
    ended_at: time.Instant | None
    ended_because: str | None


@dataclass(frozen=True)
class LastRead:
    """When a subscriber last read something, and how far the log was then."""

    at: time.Instant
    position: int


class Subscriptions:
    """Set up, end, list; and what was read."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def open(
        self,
        name: str,
        wanted: Mapping[str, Any],
        *,
        begins_at: datetime,
        ends_on: date | None,
        reason: str,
        by: str,
        at: datetime,
    ) -> Subscription:
        """Set one up; the same again while it runs is the same one.

        Raises `InputError` (`user_missing`, `reason_missing`).
        """
        told, who, why = responsible(name, "订阅"), responsible(by, "设立订阅"), _why(reason)
        with self._store.transaction() as session:
            reader = session.scalar(select(_Subscriber).where(_Subscriber.name == told))
            if reader is None:
                reader = _Subscriber(name=told)
                session.add(reader)
                session.flush()
            running = select(_Subscription).where(
                _Subscription.subscriber == reader.number, _Subscription.ended_at.is_(None)
            )
            for row in session.scalars(running):
                if row.wanted == dict(wanted) and row.ends_on == ends_on:
                    return _value(row, told)
            row = _Subscription(
                subscriber=reader.number,
                wanted=dict(wanted),
                begins_at=begins_at,
                ends_on=ends_on,
                reason=why,
                by=who,
                at=at,
            )
            session.add(row)
            session.flush()
            return _value(row, told)

    def end(self, number: int, *, by: str, why: str, at: datetime) -> Subscription:
        """End one: what came by then stays to be read; a second end changes nothing.

        Raises `NotFoundError` (`subscription_unknown`), `InputError` (`user_missing`, `reason_missing`).
        """
        who, reason = responsible(by, "结束订阅"), _why(why)
        with self._store.transaction() as session:
            row = session.get(_Subscription, number)
            if row is None:
                raise NotFoundError(
                    "没有这项订阅。请核对编号。", "There is no such subscription.",
                    code="subscription_unknown",
                )  # fmt: skip
            if row.ended_at is None:
                row.ended_by, row.ended_at, row.ended_because = who, at, reason
            return _value(row, _name(session, row.subscriber))

    def all(self) -> list[Subscription]:
        """Every one ever set up, oldest first."""
        return self._those()

    def running(self, name: str) -> list[Subscription]:
        """Those of somebody that nobody ended, oldest first."""
        return self._those(_Subscriber.name == name, _Subscription.ended_at.is_(None))

    def _those(self, *which: ColumnElement[bool]) -> list[Subscription]:
        query = (
            select(_Subscription, _Subscriber.name)
            .join(_Subscriber, _Subscriber.number == _Subscription.subscriber)
            .where(*which)
            .order_by(_Subscription.number)
        )
        with self._store.reading() as session:
            return [_value(row, name) for row, name in session.execute(query)]

    def name(self, subscriber: int) -> str:
        """Of who is told; raises `NotFoundError` (`subscriber_unknown`)."""
        with self._store.reading() as session:
            return _name(session, subscriber)

    def number(self, name: str) -> int:
        """Of who is called so; raises `NotFoundError` (`subscriber_unknown`)."""
        query = select(_Subscriber.number).where(_Subscriber.name == redacted(name.strip()))
        with self._store.reading() as session:
            found = session.scalar(query)
        if found is None:
            raise _nobody()
        return found

    def read(self, subscriber: int) -> frozenset[str]:
        """Names of the warnings that a subscriber has read."""
        query = select(_Read.warning).where(_Read.subscriber == subscriber)
        with self._store.reading() as session:
            return frozenset(session.scalars(query))

    def last_read(self, subscriber: int) -> LastRead | None:
        """When that was last, and how far the log was; None where nothing was read yet."""
        query = select(func.max(_Read.at), func.max(_Read.position)).where(
            _Read.subscriber == subscriber
        )
        with self._store.reading() as session:
            at, position = session.execute(query).one()
            return None if at is None else LastRead(at, position)

    def note_read(
        self, subscriber: int, warnings: Iterable[str], *, at: datetime, position: int
    ) -> frozenset[str]:
        """Note that warnings were read, all of them or none; returns those that had not been before.

        Raises `NotFoundError` (`subscriber_unknown`).
        """
        with self._store.transaction() as session:
            _name(session, subscriber)
            held = select(_Read.warning).where(_Read.subscriber == subscriber)
            new = {*warnings} - {*session.scalars(held)}
            session.add_all(
                _Read(subscriber=subscriber, warning=one, at=at, position=position)
                for one in sorted(new)
            )
            return frozenset(new)


def _why(reason: str) -> str:
    told = redacted(reason.strip())[:500]
    if not told:
        raise InputError("请写明理由。", "Say why.", code="reason_missing")
    return told


def _name(session: Session, subscriber: int) -> str:
    row = session.get(_Subscriber, subscriber)
    if row is None:
        raise _nobody()
    return row.name


def _nobody() -> NotFoundError:
    return NotFoundError(
        "没有这位订阅人。请先设立订阅。",
        "Nobody subscribes under that name or number.",
        code="subscriber_unknown",
    )


def _value(row: _Subscription, name: str) -> Subscription:
    told = {
        each: getattr(row, each) for each in Subscription.__dataclass_fields__ if each != "name"
    }
    return Subscription(name=name, **told)
