"""The outbox of events: what happened to whom, noted in the transaction of what caused it.

An event says keys and kinds, never facts: who is told of it asks back, and is answered what its scope
sees then.  Events are numbered in the order in which they became true, and the number is the cursor by
which readers go on; a number is given once, even after its event was dropped.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, Integer, String, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError
from graph.operations.store import Instant, OperationsStore, Row
from graph.termed import Termed

__all__ = [
    "LAW",
    "Event",
    "EventKind",
    "EventNews",
    "EventRow",
    "Events",
    "drop_events",
    "event_of",
    "last_event",
    "note_event",
    "note_events",
]

#: What is looked through: batches of the log, by position; days by which law ends records.
LOG, LAW = "log", "law"
#: The last event that was dropped.
_DROPPED = "dropped"


class EventKind(Termed):
    """What happened: a code and its Chinese term."""

    SUBJECT_CHANGED = "subject.changed", "主体信息有变化"
    FACT_WITHDRAWN = "fact.withdrawn", "信息不再有效"
    RECORD_REPAIRED = "record.repaired", "信用修复"
    CONSENT_REVOKED = "consent.revoked", "授权撤回"
    DECISION_KEPT = "decision.kept", "判定存档"
    FINANCING_STATE = "financing.state", "融资办理进度"


#: Code -> kind.
_KINDS = {kind.value: kind for kind in EventKind}


class EventRow(Row):
    """One event."""

    __tablename__ = "events"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - as the library wants it

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    about: Mapped[str] = mapped_column(String(255))
    kinds: Mapped[list[str]] = mapped_column(JSON)
    institution: Mapped[str | None] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class _Heard(Row):
    __tablename__ = "event_positions"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True)
class EventNews:
    """An event that is to be noted.

    Attributes:
        subject: key of the party that it is about.
        about: key of the record, decision, consent or demand; empty where it is the party itself.
        kinds: kinds of facts that are concerned; who may not see them is not told.
        institution: whose matter it is; told to those alone who ask for it.
    """

    kind: EventKind
    subject: str
    about: str = ""
    kinds: tuple[str, ...] = ()
    institution: str | None = None


@dataclass(frozen=True)
class Event:
    """An event that was noted, as `EventNews`; `number` is its cursor, `id` names it for ever."""

    number: int
    id: str
    kind: EventKind
    subject: str
    about: str
    kinds: tuple[str, ...]
    institution: str | None
    at: time.Instant


def note_event(
    session: Session,
    kind: EventKind | str,
    subject: str,
    *,
    about: str = "",
    kinds: Collection[str] = (),
    institution: str | None = None,
    at: datetime,
) -> None:
    """Note an event in the transaction of what causes it; as `EventNews`."""
    note_events(
        session, [EventNews(_KINDS[kind], subject, about, (*sorted(kinds),), institution)], at=at
    )


def note_events(session: Session, news: Iterable[EventNews], *, at: datetime) -> int:
    """Note many, in their order; returns how many.

    Numbers become visible in their order, since writers take turns: whoever reads on from one misses
    none.
    """
    rows = [
        {
            "id": uuid.uuid4().hex,
            "kind": each.kind.value,
            "subject": each.subject,
            "about": each.about,
            "kinds": [*each.kinds],
            "institution": each.institution,
            "at": at,
        }
        for each in news
    ]
    if rows:
        session.execute(insert(EventRow), rows)
    return len(rows)


class Events:
    """Read, and note what a batch of the log tells."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def after(
        self, cursor: int, *, most: int, kinds: Collection[str] = (), subject: str = ""
    ) -> list[Event]:
        """Events behind a cursor, of some kinds (none: of all), in order.

        Raises `InputError` (`events_dropped`) where events behind the cursor were dropped since:
        whoever goes on from it would not know what it missed.
        """
        query = select(EventRow).where(EventRow.number > cursor)
        if kinds:
            query = query.where(EventRow.kind.in_(kinds))
        if subject:
            query = query.where(EventRow.subject == subject)
        with self._store.reading() as session:
            dropped = session.get(_Heard, _DROPPED)
            if cursor and dropped is not None and cursor < dropped.position:
                raise InputError(
                    "这个位置之后的部分事件已过保存期。请从头读取（不写位置），并重新查询所关心的主体。",
                    "Events behind this cursor were dropped: begin anew, and ask about your subjects.",
                    code="events_dropped",
                )
            rows = session.scalars(query.order_by(EventRow.number).limit(most))
            return [event_of(row) for row in rows]

    def newest(self, most: int) -> list[Event]:
        """The events that were noted last, in order; however many were dropped before them."""
        query = select(EventRow).order_by(EventRow.number.desc()).limit(most)
        with self._store.reading() as session:
            return [event_of(row) for row in session.scalars(query)][::-1]

    def last(self) -> int:
        """Number of the last event that was noted; 0 before the first."""
        with self._store.reading() as session:
            return last_event(session)

    def heard(self, what: str = LOG) -> int | None:
        """Position of the last batch, or number of the last day, that was looked through; None before
        the first look."""
        with self._store.reading() as session:
            row = session.get(_Heard, what)
            return None if row is None else row.position

    def listen(self, position: int, what: str = LOG) -> int:
        """From where on it is looked through: from a position, where nobody did before."""
        with self._store.transaction() as session:
            row = session.get(_Heard, what)
            if row is None:
                row = _Heard(name=what, position=position)
                session.add(row)
            return row.position

    def hear(
        self, position: int, news: Iterable[EventNews], *, at: datetime, what: str = LOG
    ) -> int:
        """Note what the batch at a position, or a day, tells, and that it was looked through: both or
        none.

        Returns how many events; what was looked through already tells nothing again.
        """
        with self._store.transaction() as session:
            row = session.get(_Heard, what)
            if row is None:
                row = _Heard(name=what, position=0)
                session.add(row)
            if position <= row.position:
                return 0
            row.position = position
            return note_events(session, news, at=at)


def last_event(session: Session) -> int:
    """Number of the last event."""
    dropped = session.get(_Heard, _DROPPED)
    found = session.scalar(select(func.max(EventRow.number)))
    return found or (0 if dropped is None else dropped.position)


def event_of(row: EventRow) -> Event:
    """A row as a value."""
    return Event(
        row.number, row.id, _KINDS[row.kind], row.subject, row.about, (*row.kinds,),
        row.institution, row.at,
    )  # fmt: skip


def drop_events(session: Session, last: int) -> int:
    """Drop the events up to a number, and remember that they are gone; returns how many."""
    count = select(func.count()).select_from(EventRow).where(EventRow.number <= last)
    dropped = session.scalar(count) or 0
    session.execute(delete(EventRow).where(EventRow.number <= last))
    session.merge(_Heard(name=_DROPPED, position=last))
    return dropped
