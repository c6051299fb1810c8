"""Who is logged in: sessions.  Of a session's token only a digest is kept.

A session ends when it is ended, when nobody used it for a while, and in any case at the end of a
working day.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, ForeignKey, Integer, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.errors import NotFoundError
from graph.operations.store import Instant, OperationsStore, Row
from graph.operations.user import User, UserRow, user_of

__all__ = ["IDLE", "LONGEST", "LoginSession", "Sessions", "digest_of"]

#: A session that nobody used for so long is over; so is every one at this age.
IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
#: How exactly it is known when a session was last used.
_SEEN_WITHIN = timedelta(minutes=1)
_TOKEN_BYTES = 32


class _Session(Row):
    __tablename__ = "sessions"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    is_strong: Mapped[bool] = mapped_column(Boolean)
    purpose: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_because: Mapped[str | None] = mapped_column(String(32))


@dataclass(frozen=True)
class LoginSession:
    """One log-in.

    Attributes:
        ends_at: at the latest.
        by: how it began: `password`, `link` or `external`.
        address: network address from which it began.
        is_strong: a second factor was shown.
        purpose: code of the purpose that was chosen; None for the usual one of the role.
        ended_at, ended_because: None while it is open (it may be over by its age all the same).
    """

    number: int
    user: str
    made_at: time.Instant
    seen_at: time.Instant
    ends_at: time.Instant
    by: str
    address: str
    is_strong: bool
    purpose: str | None
    ended_at: time.Instant | None
    ended_because: str | None

    def is_open(self, at: datetime) -> bool:
        """Whether requests with its token are its user's."""
        return self.ended_at is None and at < min(self.ends_at, self.seen_at + IDLE)


def digest_of(token: str) -> str:
    """What is kept of a token: it is random and long, so that a plain digest tells nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """Open sessions, find whose a token is, end them."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def open(
        self,
        user: str,
        *,
        at: datetime,
        by: str = "password",
        address: str = "",
        is_strong: bool = False,
    ) -> str:
        """Open a session of a user; returns its token, which is kept nowhere."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        row = _Session(
            digest=digest_of(token), user=user, made_at=at, seen_at=at, ends_at=at + LONGEST,
            by=by, address=address[:64], is_strong=is_strong,
        )  # fmt: skip
        with self._store.transaction() as session:
            session.add(row)
        return token

    def find(self, token: str, *, at: datetime) -> tuple[LoginSession, User] | None:
        """Whose a token is; None where it is nobody's, or its session or its user is over."""
        query = (
            select(_Session, UserRow)
            .join(UserRow, UserRow.id == _Session.user)
            .where(_Session.digest == digest_of(token))
        )
        with self._store.reading() as session:
            row = session.execute(query).first()
            if row is None:
                return None
            found, user = _value(row[0]), user_of(row[1])
        if not found.is_open(at) or not user.is_active:
            return None
        if at - found.seen_at >= _SEEN_WITHIN:
            self._see(found.number, at)
        return found, user

    def _see(self, number: int, at: datetime) -> None:
        seen = update(_Session).where(_Session.number == number, _Session.seen_at < at)
        with self._store.transaction() as session:
            session.execute(seen.values(seen_at=at))

    def choose(self, number: int, purpose: str | None) -> None:
        """Note for what purpose somebody asks from now on in a session."""
        chosen = update(_Session).where(_Session.number == number).values(purpose=purpose)
        with self._store.transaction() as session:
            session.execute(chosen)

    def end(self, number: int, *, user: str, at: datetime, because: str = "log_out") -> None:
        """End a session of a user; raises `NotFoundError` (`session_unknown`)."""
        with self._store.transaction() as session:
            row = session.get(_Session, number)
            if row is None or row.user != user:
                raise NotFoundError(
                    "没有这个登录。请刷新页面核对。",
                    "There is no such session.",
                    code="session_unknown",
                )
            if row.ended_at is None:
                row.ended_at, row.ended_because = at, because

    def end_all(self, user: str, *, at: datetime, because: str, but: int | None = None) -> None:
        """End every session of a user, but one where that is named."""
        ended = update(_Session).where(_Session.user == user, _Session.ended_at.is_(None))
        if but is not None:
            ended = ended.where(_Session.number != but)
        with self._store.transaction() as session:
            session.execute(ended.values(ended_at=at, ended_because=because))

    def all_of(self, user: str, *, most: int = 50) -> list[LoginSession]:
        """The newest sessions of a user, the newest first."""
        query = select(_Session).where(_Session.user == user)
        with self._store.reading() as session:
            rows = session.scalars(query.order_by(_Session.number.desc()).limit(most))
            return [_value(row) for row in rows]

    def drop_before(self, instant: datetime) -> None:
        """Forget sessions that were over by an instant."""
        with self._store.transaction() as session:
            session.execute(delete(_Session).where(_Session.ends_at < instant))


def _value(row: _Session) -> LoginSession:
    names = LoginSession.__dataclass_fields__
    return LoginSession(**{name: getattr(row, name) for name in names})
