"""Programs of other organisations that may ask: which they are, what they may, what they prove it with.

Nothing is deleted but what has run out by itself.  Of a secret only a keyed hash is kept, of a key its
public half.  What was used once and may not be used again (an assertion, a token that was given back)
is kept until it would have run out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, Select, String, and_, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations.responsible import responsible
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["Client", "Clients", "Credential"]

#: Kinds of what a client proves itself with.
SECRET, KEY = "secret", "key"


class _Client(Row):
    __tablename__ = "clients"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    institution: Mapped[str | None] = mapped_column(String(128))
    divisions: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    acts: Mapped[list[str]] = mapped_column(JSON(none_as_null=True))
    purposes: Mapped[list[str]] = mapped_column(JSON(none_as_null=True))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    tokens_from: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_why: Mapped[str | None] = mapped_column(String(500))


class _Credential(Row):
    __tablename__ = "client_credentials"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    client: Mapped[str] = mapped_column(ForeignKey("clients.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    kid: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str | None] = mapped_column(String(64))
    jwk: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)


class _Spent(Row):
    __tablename__ = "client_spent"

    client: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(Instant, index=True)


@dataclass(frozen=True)
class Client:
    """A program that may ask.

    Attributes:
        institution: key of the institution for which it asks.
        divisions: codes of the divisions that it sees; None for the whole district.
        acts: codes of what it may do (`Act`).  purposes: why it may ask.
        tokens_from: tokens made until then are refused; None where none are.
        ended_at: None while it may ask.
    """

    id: str
    name: str
    institution: str | None
    divisions: tuple[str, ...] | None
    acts: tuple[str, ...]
    purposes: tuple[str, ...]
    made_by: str
    made_at: time.Instant
    tokens_from: time.Instant | None
    ended_by: str | None
    ended_at: time.Instant | None
    ended_why: str | None


@dataclass(frozen=True)
class Credential:
    """What a client proves itself with, without what is secret in it.

    Attributes:
        kind: `secret` or `key`.  kid: names it; of a key its thumbprint (RFC 7638).
        ends_at: through when it is taken.
    """

    number: int
    client: str
    kind: str
    kid: str
    made_by: str
    made_at: time.Instant
    ends_at: time.Instant


class Clients:
    """Register, let prove, end."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def add(
        self,
        client_id: str,
        *,
        name: str,
        institution: str | None,
        divisions: Sequence[str] | None,
        acts: Sequence[str],
        purposes: Sequence[str],
        by: str,
        at: datetime,
    ) -> Client:
        """Register one; raises `InputError` (`user_missing`, `client_name_missing`)."""
        who, called = responsible(by, "登记"), redacted(name.strip())[:64]
        if not called:
            raise InputError(
                "请写明客户端的名称（哪个单位的哪个系统）。",
                "Name the client: whose system it is.",
                code="client_name_missing",
            )
        with self._store.transaction() as session:
            row = _Client(
                id=client_id,
                name=called,
                institution=institution,
                divisions=None if divisions is None else list(divisions),
                acts=list(acts),
                purposes=[redacted(purpose) for purpose in purposes],
                made_by=who,
                made_at=at,
            )
            session.add(row)
            session.flush()
            return _client(row)

    def get(self, client_id: str) -> Client:
        """One of them; raises `NotFoundError` (`client_unknown`)."""
        with self._store.reading() as session:
            return _client(_found(session, client_id))

    def every(self) -> list[Client]:
        """All of them, oldest first, those that ended too."""
        with self._store.reading() as session:
            rows = session.scalars(select(_Client).order_by(_Client.made_at, _Client.id))
            return [_client(row) for row in rows]

    def asking(self, client_id: str, digest: str) -> tuple[Client, bool] | None:
        """Who asks with a token, and whether that was given back; None for nobody we know."""
        spent = and_(_Spent.client == _Client.id, _Spent.digest == digest)
        query = select(_Client, _Spent.digest).outerjoin(_Spent, spent)
        with self._store.reading() as session:
            row = session.execute(query.where(_Client.id == client_id)).first()
            return None if row is None else (_client(row[0]), row[1] is not None)

    def credentials(self, client_id: str | None = None) -> list[Credential]:
        """What one proves itself with, or what each does, the newest first."""
        query = select(_Credential).order_by(_Credential.number.desc())
        if client_id is not None:
            query = query.where(_Credential.client == client_id)
        with self._store.reading() as session:
            return [_credential(row) for row in session.scalars(query)]

    def secrets_of(self, client_id: str, at: datetime) -> list[str]:
        """Keyed hashes of the secrets that are taken of a client."""
        with self._store.reading() as session:
            rows = session.scalars(_standing(client_id, SECRET, at))
            return [row.digest for row in rows if row.digest]

    def keys_of(self, client_id: str, at: datetime) -> dict[str, dict[str, Any]]:
        """Public keys (JWK) that are taken of a client, by their thumbprints."""
        with self._store.reading() as session:
            rows = session.scalars(_standing(client_id, KEY, at))
            return {row.kid: row.jwk for row in rows if row.jwk}

    def keep(
        self,
        client_id: str,
        *,
        kid: str,
        by: str,
        at: datetime,
        ends_at: datetime,
        others_end_at: datetime | None = None,
        digest: str | None = None,
        jwk: dict[str, Any] | None = None,
    ) -> Credential:
        """Keep the hash of a secret, or a public key.

        Args:
            others_end_at: when those of its kind end that were there before; None: as they did.

        Raises `NotFoundError` (`client_unknown`), `InputError` (`user_missing`, `client_ended`).
        """
        who, kind = responsible(by, "登记"), SECRET if jwk is None else KEY
        with self._store.transaction() as session:
            _going_on(session, client_id)
            if others_end_at is not None:
                for other in session.scalars(_standing(client_id, kind, at)):
                    other.ends_at = min(other.ends_at, others_end_at)
            row = _Credential(
                client=client_id, kind=kind, kid=kid, digest=digest, jwk=jwk,
                made_by=who, made_at=at, ends_at=ends_at,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return _credential(row)

    def end_credential(self, number: int, *, by: str, at: datetime) -> Credential:
        """Take one no more; raises `NotFoundError` (`credential_unknown`) and `InputError`."""
        responsible(by, "停用")
        with self._store.transaction() as session:
            row = session.get(_Credential, number)
            if row is None:
                raise NotFoundError(
                    "没有这个凭据。请核对编号。",
                    "There is no such credential.",
                    code="credential_unknown",
                )
            row.ends_at = min(row.ends_at, at)
            return _credential(row)

    def refuse_tokens(self, client_id: str, *, by: str, at: datetime) -> Client:
        """Refuse every token that was made so far; raises as `keep`."""
        responsible(by, "撤销")
        with self._store.transaction() as session:
            row = _going_on(session, client_id)
            row.tokens_from = at
            return _client(row)

    def change(
        self,
        client_id: str,
        *,
        acts: Sequence[str],
        purposes: Sequence[str],
        divisions: Sequence[str] | None,
        by: str,
    ) -> Client:
        """Change what one may, from the next request on; raises as `keep`."""
        responsible(by, "变更")
        with self._store.transaction() as session:
            row = _going_on(session, client_id)
            row.acts, row.purposes = list(acts), list(purposes)
            row.divisions = None if divisions is None else list(divisions)
            session.flush()
            return _client(row)

    def end(self, client_id: str, *, by: str, why: str, at: datetime) -> Client:
        """It may ask no more, from the next request on.  A second time changes nothing.

        Raises `NotFoundError` (`client_unknown`), `InputError` (`user_missing`, `reason_missing`).
        """
        who, reason = responsible(by, "停用"), redacted(why.strip())[:500]
        if not reason:
            raise InputError("请写明停用的原因。", "Say why it ends.", code="reason_missing")
        with self._store.transaction() as session:
            row = _found(session, client_id)
            if row.ended_at is None:
                row.ended_by, row.ended_at, row.ended_why = who, at, reason
            return _client(row)

    def spend(self, client_id: str, digest: str, *, ends_at: datetime, at: datetime) -> bool:
        """Whether something is used for the first time; kept until it runs out anyway."""
        with self._store.transaction() as session:
            session.execute(delete(_Spent).where(_Spent.ends_at < at))
            if session.get(_Spent, (client_id, digest)) is not None:
                return False
            session.add(_Spent(client=client_id, digest=digest, ends_at=ends_at))
        return True


def _standing(client_id: str, kind: str, at: datetime) -> Select[_Credential]:
    return (
        select(_Credential)
        .where(_Credential.client == client_id, _Credential.kind == kind)
        .where(_Credential.ends_at > at)
        .order_by(_Credential.number.desc())
    )


def _found(session: Session, client_id: str) -> _Client:
    row = session.get(_Client, client_id)
    if row is None:
        raise NotFoundError(
            "没有这个客户端。请核对编号。", "There is no such client.", code="client_unknown"
        )
    return row


def _going_on(session: Session, client_id: str) -> _Client:
    row = _found(session, client_id)
    if row.ended_at is not None:
        raise InputError(
            "这个客户端已经停用。要再接入，请重新登记一个。",
            "The client has ended: register another.",
            code="client_ended",
        )
    return row


def _client(row: _Client) -> Client:
    stated = {name: getattr(row, name) for name in Client.__dataclass_fields__}
    divisions = None if row.divisions is None else tuple(row.divisions)
    return Client(
        **{
            **stated,
            "divisions": divisions,
            "acts": tuple(row.acts),
            "purposes": tuple(row.purposes),
        }
    )


def _credential(row: _Credential) -> Credential:
    return Credential(**{name: getattr(row, name) for name in Credential.__dataclass_fields__})
