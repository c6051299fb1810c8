"""What alerts stand on besides the chain: whom to watch, which reader is whom, alerts that were raised.

None of it is evidence: that is the chain.  Nothing is deleted; what no longer holds is ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import Date, Integer, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["AlertBook", "KeptAlert", "RaisedAlert", "Watch", "WatchKind"]

WatchKind = Literal["listed", "reader"]

T = TypeVar("T")


class _Watch(Row):
    __tablename__ = "audit_watches"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16))
    who: Mapped[str] = mapped_column(String(128))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    why: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class _Alert(Row):
    __tablename__ = "audit_alerts"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    rule: Mapped[str] = mapped_column(String(32), index=True)
    who: Mapped[str] = mapped_column(String(128))
    reader: Mapped[str] = mapped_column(String(64))
    happened_on: Mapped[date] = mapped_column(Date)
    subject: Mapped[str | None] = mapped_column(String(128))
    first: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer)
    count: Mapped[int] = mapped_column(Integer)
    said: Mapped[str] = mapped_column(String(500))
    raised_at: Mapped[datetime] = mapped_column(Instant)
    seen_by: Mapped[str | None] = mapped_column(String(64))
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    finding: Mapped[str | None] = mapped_column(String(500))


class _Position(Row):
    __tablename__ = "audit_alert_positions"

    rules: Mapped[str] = mapped_column(String(32), primary_key=True)
    entry: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True)
class Watch:
    """Somebody to be watched.

    Attributes:
        kind: `listed`, whoever looks at the subject; `reader`, that the subject is the reader `who`,
            so that their own family is known.
        who: identifier of the reader; empty for `listed`.
        subject: key of the party, as it was given: the graph is asked for its family.
        ended_by, ended_at: None while it holds.
    """

    number: int
    kind: str
    who: str
    subject: str
    why: str
    by: str
    at: time.Instant
    ended_by: str | None
    ended_at: time.Instant | None


@dataclass(frozen=True)
class RaisedAlert:
    """An alert before it is kept.

    Attributes:
        name: the same for the same occasion, so that it is raised once.
        rule: code.  who, reader: identifier and name of who looked.
        subject: mark of whom; None where it is about many.
        first, last: entries.  count: what was counted.
        said: in Chinese, who did what; it names no subject.
    """

    name: str
    rule: str
    who: str
    reader: str
    happened_on: date
    subject: str | None
    first: int
    last: int
    count: int
    said: str


@dataclass(frozen=True)
class KeptAlert:
    """An alert, and what the auditor found; as `RaisedAlert`.

    Attributes:
        seen_by, seen_at, finding: None until somebody looked into it.
    """

    number: int
    rule: str
    who: str
    reader: str
    happened_on: date
    subject: str | None
    first: int
    last: int
    count: int
    said: str
    raised_at: time.Instant
    seen_by: str | None
    seen_at: time.Instant | None
    finding: str | None


class AlertBook:
    """Raise, look into, watch."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def position(self, rules: str) -> int:
        """The last entry that some rules were held to; 0 before the first."""
        with self._store.reading() as session:
            row = session.get(_Position, rules)
            return 0 if row is None else row.entry

    def add(self, alerts: Sequence[RaisedAlert], *, rules: str, through: int, at: datetime) -> int:
        """Keep what is new of some alerts, and up to which entry was looked; how many were new."""
        new = 0
        with self._store.transaction() as session:
            for one in alerts:
                held = session.scalar(select(_Alert.number).where(_Alert.name == one.name))
                if held is None:
                    told = {name: getattr(one, name) for name in RaisedAlert.__dataclass_fields__}
                    session.add(_Alert(**told, raised_at=at))
                    session.flush()
                    new += 1
            row = session.get(_Position, rules)
            if row is None:
                session.add(_Position(rules=rules, entry=through))
            elif through > row.entry:
                row.entry = through
        return new

    def alerts(
        self, *, is_open: bool | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[int, list[KeptAlert]]:
        """How many there are, and some of them, newest first.

        Args:
            is_open: only those into which nobody looked, or only the others; None for all.
        """
        query = select(_Alert)
        if is_open is not None:
            query = query.where(
                _Alert.seen_at.is_(None) if is_open else _Alert.seen_at.is_not(None)
            )
        with self._store.reading() as session:
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            rows: list[_Alert] = list(
                session.scalars(query.order_by(_Alert.number.desc()).limit(limit).offset(offset))
            )
            return total, [_value(row, KeptAlert) for row in rows]

    def look_into(self, number: int, *, by: str, finding: str, at: datetime) -> KeptAlert:
        """Note what was found; a second time changes nothing.

        Raises `NotFoundError` (`alert_unknown`), `InputError` (`user_missing`, `reason_missing`).
        """
        who, found = responsible(by, "核查"), _said(finding, 500)
        with self._store.transaction() as session:
            row = session.get(_Alert, number)
            if row is None:
                raise NotFoundError(
                    "没有这条预警。请核对编号。", "There is no such alert.", code="alert_unknown"
                )
            if row.seen_at is None:
                row.seen_by, row.seen_at, row.finding = who, at, found
            return _value(row, KeptAlert)

    def watch(
        self, kind: WatchKind, subject: str, *, why: str, by: str, at: datetime, who: str = ""
    ) -> Watch:
        """Begin to watch; what is watched already stays as it is.

        Raises `InputError` (`user_missing`, `reason_missing`, `subject_missing`).
        """
        name, reason, key = responsible(by, "登记"), _said(why, 200), subject.strip()[:128]
        if not key or (kind == "reader") != bool(who.strip()):
            raise InputError(
                "请写明主体编号；登记查阅人本人的，还要写明是哪一位查阅人。",
                "Name the subject, and the reader where the subject is one.",
                code="subject_missing",
            )
        with self._store.transaction() as session:
            held = session.scalars(
                select(_Watch).where(
                    _Watch.kind == kind, _Watch.subject == key, _Watch.who == who.strip(),
                    _Watch.ended_at.is_(None),
                )
            ).first()  # fmt: skip
            if held is None:
                held = _Watch(kind=kind, who=who.strip(), subject=key, why=reason, by=name, at=at)
                session.add(held)
                session.flush()
            return _value(held, Watch)

    def end_watch(self, number: int, *, by: str, at: datetime) -> Watch:
        """End one; a second time changes nothing.  Raises `NotFoundError`, `InputError`."""
        who = responsible(by, "撤销")
        with self._store.transaction() as session:
            row = _found(session, number)
            if row.ended_at is None:
                row.ended_by, row.ended_at = who, at
            return _value(row, Watch)

    def watches(self) -> list[Watch]:
        """All that is watched now, in order."""
        query = select(_Watch).where(_Watch.ended_at.is_(None)).order_by(_Watch.number)
        with self._store.reading() as session:
            return [_value(row, Watch) for row in session.scalars(query)]


def _found(session: Session, number: int) -> _Watch:
    row = session.get(_Watch, number)
    if row is None:
        raise NotFoundError(
            "名单里没有这一项。请核对编号。", "Nothing is watched by that number.",
            code="watch_unknown",
        )  # fmt: skip
    return row


def _said(text: str, most: int) -> str:
    said = redacted(text.strip())[:most]
    if not said:
        raise InputError(
            "请写明理由或核查情况。", "Say why, or what was found.", code="reason_missing"
        )
    return said


def _value(row: Any, kind: type[T]) -> T:
    return kind(**{name: getattr(row, name) for name in kind.__annotations__})
