"""One-time links: who opens one is logged in once, within its time.  Only a digest is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Integer, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from graph import time
from graph.operations.session import digest_of
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["LINK_LIVES", "LoginLink", "LoginLinks"]

LINK_LIVES = timedelta(hours=24)
_TOKEN_BYTES = 32


class _Link(Row):
    __tablename__ = "login_links"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True)
class LoginLink:
    """A link that was made for a user; `used_at` is None while it waits."""

    number: int
    user: str
    made_by: str
    made_at: time.Instant
    ends_at: time.Instant
    used_at: time.Instant | None


class LoginLinks:
    """Make links, look at one, use one up."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def make(self, user: str, *, made_by: str, at: datetime) -> str:
        """A token for a link of a user; those made for them before are of no use any more."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        before = update(_Link).where(
            _Link.user == user, _Link.used_at.is_(None), _Link.ends_at > at
        )
        with self._store.transaction() as session:
            session.execute(before.values(ends_at=at))
            session.add(
                _Link(
                    digest=digest_of(token),
                    user=user,
                    made_by=made_by,
                    made_at=at,
                    ends_at=at + LINK_LIVES,
                )
            )
        return token

    def find(self, token: str, *, at: datetime) -> LoginLink | None:
        """The link of a token, while it can be used; to look uses nothing up."""
        with self._store.reading() as session:
            row = session.scalar(select(_Link).where(_Link.digest == digest_of(token)))
            if row is None or row.used_at is not None or at >= row.ends_at:
                return None
            return LoginLink(
                **{name: getattr(row, name) for name in LoginLink.__dataclass_fields__}
            )

    def use(self, token: str, *, at: datetime) -> str | None:
        """The user of a link, which is used up by it; None where it is none, used, or too old.

        Of two who use it at once one is let in.
        """
        used = (
            update(_Link)
            .where(_Link.digest == digest_of(token), _Link.used_at.is_(None), _Link.ends_at > at)
            .values(used_at=at)
            .returning(_Link.user)
        )
        with self._store.transaction() as session:
            return session.scalar(used)
