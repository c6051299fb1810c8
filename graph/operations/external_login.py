"""Log-ins that were sent to an external issuer and have not come back yet: each is good once.

Kept is the digest of what the browser carries, so that what lies in the store opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, mapped_column

from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["ExternalLogin", "ExternalLogins"]


class _ExternalLogin(Row):
    __tablename__ = "external_logins"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    leads_to: Mapped[str] = mapped_column(String(1000))
    ends_at: Mapped[datetime] = mapped_column(Instant, index=True)


@dataclass(frozen=True)
class ExternalLogin:
    """What was sent with one of them.

    Attributes:
        nonce: has to stand in the issuer's statement.
        verifier: proves that who began it ends it (RFC 7636).
        leads_to: path of ours where the browser goes on.
    """

    nonce: str
    verifier: str
    leads_to: str


class ExternalLogins:
    """Begin one, and take it up again once."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def begin(self, digest: str, sent: ExternalLogin, *, ends_at: datetime, at: datetime) -> None:
        """Keep one until it runs out; those that did are forgotten."""
        row = _ExternalLogin(
            digest=digest, nonce=sent.nonce, verifier=sent.verifier, leads_to=sent.leads_to,
            ends_at=ends_at,
        )  # fmt: skip
        with self._store.transaction() as session:
            session.execute(delete(_ExternalLogin).where(_ExternalLogin.ends_at <= at))
            session.add(row)

    def take(self, digest: str, *, at: datetime) -> ExternalLogin | None:
        """The one that came back; None for one that is not known, has run out, or came before."""
        with self._store.transaction() as session:
            row = session.get(_ExternalLogin, digest)
            if row is None:
                return None
            told, ends_at = ExternalLogin(row.nonce, row.verifier, row.leads_to), row.ends_at
            gone = session.execute(delete(_ExternalLogin).where(_ExternalLogin.digest == digest))
            # of two at once one has deleted it
            return told if at < ends_at and getattr(gone, "rowcount", 0) == 1 else None
