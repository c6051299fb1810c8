"""Failed log-ins, counted by whom they were tried for and from what kind of browser.

Whoever guesses is made to wait, longer each time; who logged in before from his own browser is
counted apart from strangers, so that nobody is locked out by what others guess.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Integer, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["FREE", "LONGEST_WAIT", "LoginAttempts"]

#: Attempts that may fail without a wait, the first wait, and the longest.
FREE = 5
_FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
#: After so long without an attempt all is forgotten.
_FORGOTTEN = timedelta(hours=24)
_MOST_DOUBLINGS = 10


class _Attempt(Row):
    __tablename__ = "login_attempts"

    counted: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(Instant)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)


class LoginAttempts:
    """Count attempts before they are looked at, so that many at once are counted too."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def begin(self, counted: str, *, at: datetime) -> datetime | None:
        """Count an attempt as failed until `succeed` says otherwise.

        Args:
            counted: digest of whom and from where.

        Returns: until when it is not even looked at; None where it may be.
        """
        with self._store.transaction() as session:
            session.execute(delete(_Attempt).where(_Attempt.last_at < at - _FORGOTTEN))
            row = session.get(_Attempt, counted)
            if row is None:
                row = _Attempt(counted=counted, failures=0, last_at=at)
                session.add(row)
            if row.locked_until is not None and at < row.locked_until:
                return row.locked_until
            row.failures += 1
            row.last_at = at
            if row.failures >= FREE:
                doubled = 2 ** min(row.failures - FREE, _MOST_DOUBLINGS)
                row.locked_until = at + min(_FIRST_WAIT * doubled, LONGEST_WAIT)
            return None

    def succeed(self, counted: str) -> None:
        """Forget what failed before."""
        with self._store.transaction() as session:
            session.execute(delete(_Attempt).where(_Attempt.counted == counted))
