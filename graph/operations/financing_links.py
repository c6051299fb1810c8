"""Links by which an applicant sees how a demand goes, without logging in.

What opens the page is a token of 256 random bits that is told once; here is only its hash.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from graph.errors import NotFoundError
from graph.operations.financing_rows import DemandRow
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["FinancingLinks"]

#: How long a link opens.
_OPENS = timedelta(days=90)
_BYTES = 32


class _Link(Row):
    __tablename__ = "financing_links"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    demand: Mapped[int] = mapped_column(ForeignKey(DemandRow.number), index=True)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    seen: Mapped[int] = mapped_column(Integer)


class FinancingLinks:
    """Make a link, and open it."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def make(self, demand: int, *, by: str, at: datetime) -> str:
        """The token of a new link; it is told now and never again."""
        token = secrets.token_urlsafe(_BYTES)
        with self._store.transaction() as session:
            session.add(
                _Link(
                    digest=_digest(token),
                    demand=demand,
                    made_by=responsible(by, "发送"),
                    made_at=at,
                    ends_at=at + _OPENS,
                    seen=0,
                )
            )
        return token

    def demand_of(self, token: str, *, at: datetime) -> int:
        """The demand that a token opens; raises `NotFoundError` (`link_unknown`), in the same words
        for one that never was and one that has run out."""
        with self._store.transaction() as session:
            row = session.get(_Link, _digest(token))
            if row is None or row.ends_at <= at:
                raise NotFoundError(
                    "链接无效或者已经过期。请向受理窗口或者金融机构索取新的链接。",
                    "The link is unknown or has run out.",
                    code="link_unknown",
                )
            row.seen += 1
            return row.demand


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
