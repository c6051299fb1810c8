"""What a subject does with what is held of it: the link by which it looks, what it asks, its reports.

A link is a secret that is sent or printed; only its hash is kept.  It opens once, to whoever also says
the subject's own number, and who guesses that wrong some times has none.  What it opens is a view for
half an hour.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Date, Integer, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import ForbiddenError, InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["OwnLinks", "OwnReport", "OwnReports", "OwnRequest", "OwnRequests", "View"]

#: How long a link waits to be opened, how long its view is open, and how often one may guess.
LINK_FOR, VIEW_FOR, MOST_WRONG = timedelta(days=7), timedelta(minutes=30), 5
_LONGEST = 1_000


class _Link(Row):
    __tablename__ = "own_links"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    subject: Mapped[str] = mapped_column(String(128), index=True)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    wrong: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    view_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    view_ends_at: Mapped[datetime | None] = mapped_column(Instant)


class _Request(Row):
    __tablename__ = "own_requests"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(String(128), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(255))
    said: Mapped[str] = mapped_column(String(_LONGEST))
    at: Mapped[datetime] = mapped_column(Instant)
    due_on: Mapped[date] = mapped_column(Date)
    answer: Mapped[str | None] = mapped_column(String(_LONGEST))
    answered_by: Mapped[str | None] = mapped_column(String(64))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)


class _Report(Row):
    __tablename__ = "own_reports"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(String(128), index=True)
    year: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class View:
    """A view that is open: whose, and until when."""

    subject: str
    ends_at: time.Instant


@dataclass(frozen=True)
class OwnRequest:
    """What a subject asked: objection, correction or deletion; about what, in its words.

    Attributes:
        due_on: last day for the answer.  answer: None while there is none.
    """

    number: int
    subject: str
    kind: str
    about: str
    said: str
    at: time.Instant
    due_on: date
    answer: str | None
    answered_by: str | None
    answered_at: time.Instant | None


@dataclass(frozen=True)
class OwnReport:
    """A report that a subject got.

    Attributes:
        place: which of its year it is, from 1.
        channel: `window` or `online`.
    """

    number: int
    subject: str
    year: int
    place: int
    channel: str
    by: str
    at: time.Instant


class OwnLinks:
    """Make a link, open it once, and look by what it opened."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def make(self, subject: str, *, by: str, at: datetime) -> str:
        """A link for a subject: the secret, which is kept nowhere.  Raises `InputError`
        (`user_missing`)."""
        who, token = responsible(by, "办理"), secrets.token_urlsafe(32)
        with self._store.transaction() as session:
            session.add(
                _Link(
                    token_sha256=_hash(token),
                    subject=subject,
                    made_by=who,
                    made_at=at,
                    ends_at=at + LINK_FOR,
                    wrong=0,
                )
            )
        return token

    def open(self, token: str, subject: str | None, *, at: datetime) -> str:
        """Open a link by the subject's own number: the secret of the view.

        Args:
            subject: key of whom the number that was said is; None where it is no number.

        Raises:
            NotFoundError: `link_unknown`: none, opened before, over, or guessed at too often: which
                is not said.
            ForbiddenError: `link_wrong`: it is another's number; that is counted.
        """
        view = secrets.token_urlsafe(32)
        with self._store.transaction() as session:
            row = session.scalars(select(_Link).where(_Link.token_sha256 == _hash(token))).first()
            if row is None or row.opened_at or at >= row.ends_at or row.wrong >= MOST_WRONG:
                raise _no_link()
            right = row.subject == subject
            if right:
                row.opened_at, row.view_sha256 = at, _hash(view)
                row.view_ends_at = at + VIEW_FOR
            else:
                row.wrong += 1
        if not right:
            # after the count is written
            raise ForbiddenError(
                f"号码与链接不符。最多可以输错 {MOST_WRONG} 次，之后须到窗口重新领取。",
                f"That is not the subject's number; after {MOST_WRONG} wrong ones the link is over.",
                code="link_wrong",
            )
        return view

    def waits(self, token: str, *, at: datetime) -> bool:
        """Whether a link can still be opened; looking uses nothing up."""
        query = select(_Link).where(_Link.token_sha256 == _hash(token))
        with self._store.reading() as session:
            row = session.scalars(query).first()
            return (
                row is not None
                and row.opened_at is None
                and at < row.ends_at
                and row.wrong < MOST_WRONG
            )

    def view(self, secret: str, *, at: datetime) -> View:
        """What a secret opens; raises `NotFoundError` (`link_unknown`) where it is over."""
        query = select(_Link).where(_Link.view_sha256 == _hash(secret))
        with self._store.reading() as session:
            row = session.scalars(query).first()
            if row is None or row.view_ends_at is None or at >= row.view_ends_at:
                raise _no_link()
            return View(row.subject, row.view_ends_at)

    def close(self, secret: str, *, at: datetime) -> None:
        """End a view before its time; one that is over stays so."""
        query = select(_Link).where(_Link.view_sha256 == _hash(secret))
        with self._store.transaction() as session:
            row = session.scalars(query).first()
            if row is not None and row.view_ends_at is not None and at < row.view_ends_at:
                row.view_ends_at = at


class OwnRequests:
    """What subjects ask of what is held of them, and the answers."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def enter(
        self, subject: str, kind: str, *, about: str, said: str, due_on: date, at: datetime
    ) -> OwnRequest:
        """Note one.  Raises `InputError` (`reason_missing`)."""
        words = redacted(said.strip())[:_LONGEST]
        if not words:
            raise InputError("请写明情况和要求。", "Say what is wrong.", code="reason_missing")
        with self._store.transaction() as session:
            row = _Request(
                subject=subject,
                kind=kind,
                about=redacted(about.strip())[:255],
                said=words,
                at=at,
                due_on=due_on,
            )
            session.add(row)
            session.flush()
            return _request(row)

    def answer(self, number: int, answer: str, *, by: str, at: datetime) -> OwnRequest:
        """Answer one; the first answer stays.

        Raises `NotFoundError`, and `InputError` (`user_missing`, `reason_missing`).
        """
        who, words = responsible(by, "答复"), redacted(answer.strip())[:_LONGEST]
        if not words:
            raise InputError("请写明答复内容。", "Say what the answer is.", code="reason_missing")
        with self._store.transaction() as session:
            row = session.get(_Request, number)
            if row is None:
                raise NotFoundError(
                    "没有这项请求。请核对编号。",
                    "There is no such request.",
                    code="own_request_unknown",
                )
            if row.answered_at is None:
                row.answer, row.answered_by, row.answered_at = words, who, at
            return _request(row)

    def of(self, subject: str) -> list[OwnRequest]:
        """Those of a subject, the oldest first."""
        query = select(_Request).where(_Request.subject == subject).order_by(_Request.number)
        with self._store.reading() as session:
            return [_request(row) for row in session.scalars(query)]

    def open(self, *, limit: int = 100) -> list[OwnRequest]:
        """Those without an answer, what is due first."""
        query = select(_Request).where(_Request.answered_at.is_(None))
        query = query.order_by(_Request.due_on, _Request.number).limit(limit)
        with self._store.reading() as session:
            return [_request(row) for row in session.scalars(query)]


class OwnReports:
    """Reports that subjects got of themselves, counted by the year."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def issue(self, subject: str, *, channel: str, by: str, at: datetime) -> OwnReport:
        """Number a report; raises `InputError` (`user_missing`)."""
        who, year = responsible(by, "出具"), time.day_of(at).year
        with self._store.transaction() as session:
            row = _Report(subject=subject, year=year, channel=channel, by=who, at=at)
            session.add(row)
            session.flush()
            return _report(row, _issued(session, subject, year))

    def issued(self, subject: str, year: int) -> int:
        """How many a subject got in a year."""
        with self._store.reading() as session:
            return _issued(session, subject, year)


def _issued(session: Session, subject: str, year: int) -> int:
    query = select(func.count()).where(_Report.subject == subject, _Report.year == year)
    return session.scalar(query) or 0


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _no_link() -> NotFoundError:
    return NotFoundError(
        "链接无效、已经使用，或者已过期。请到办理窗口重新领取。",
        "There is no such link, or it was used, or is over.",
        code="link_unknown",
    )


def _request(row: _Request) -> OwnRequest:
    return OwnRequest(**{name: getattr(row, name) for name in OwnRequest.__dataclass_fields__})


def _report(row: _Report, place: int) -> OwnReport:
    same = {
        name: getattr(row, name) for name in ("number", "subject", "year", "channel", "by", "at")
    }
    return OwnReport(**same, place=place)
