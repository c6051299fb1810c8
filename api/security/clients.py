"""Programs of other organisations: registered, given secrets and keys, and ended.

A secret is shown once, when it is made; kept is its hash under a key that is derived from the
installation's own, so that whoever reads the store alone can try nothing out.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from api.acts import Act
from api.security.jwk import read_public_key, thumbprint
from api.security.role import Role
from api.security.roles import policy_of
from api.security.signing_keys import signing_keys
from api.security.tokens import TokenError, digest_of, read
from graph import time
from graph.errors import InputError
from graph.operations import Client, Clients, Credential, OperationsStore
from graph.secrets import make_secrets
from graph.settings import Settings
from queries.consent import find_purpose
from queries.scope import Scope

__all__ = [
    "CLIENT_ACTS",
    "DAYS",
    "MOST_DAYS",
    "OVERLAP",
    "Client",
    "ClientFile",
    "Credential",
    "IssuedSecret",
    "add_key",
    "change",
    "client_file",
    "client_files",
    "end_client",
    "end_credential",
    "give_back",
    "new_secret",
    "refuse_tokens",
    "register",
    "registered",
    "secret_digest",
]

#: What a client may be registered for: what its role may do.
CLIENT_ACTS = tuple(act for act in Act if act in policy_of(Role.CLIENT).acts)
#: How long a secret or a key is taken, in days, unless another span is said; and at most.
DAYS, MOST_DAYS = 365, 732
#: How long the secret before is still taken, in hours: the other side has time to put the new one in.
OVERLAP = 24
_MOST_OVERLAP = 30 * 24
#: Marks a secret of ours, for programs that look for such in what somebody is about to publish.
_MARK = "xns_"


@dataclass(frozen=True)
class IssuedSecret:
    """A new secret; it is said here and never again."""

    client: str
    secret: str
    credential: Credential


@dataclass(frozen=True)
class ClientFile:
    """A client, and what it proves itself with, the newest first."""

    client: Client
    credentials: tuple[Credential, ...]


def register(
    store: OperationsStore,
    *,
    name: str,
    acts: Iterable[str],
    purposes: Sequence[str],
    institution: str | None,
    divisions: Sequence[str] | None,
    by: str,
    at: datetime,
) -> Client:
    """Register a client; it cannot ask before it has a secret or a key.

    Raises `InputError` (`client_acts_wrong`, `client_purpose_missing`, `purpose_unknown`, `division_wrong`, and as
    `Clients.add`).
    """
    wanted, why, places = registered(acts, purposes, divisions)
    return Clients(store).add(
        f"c{secrets.token_hex(8)}",
        name=name,
        institution=(institution or "").strip()[:128] or None,
        divisions=places,
        acts=wanted,
        purposes=why,
        by=by,
        at=at,
    )


def registered(
    acts: Iterable[str], purposes: Iterable[str], divisions: Iterable[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...] | None]:
    """Acts, purposes and divisions as they are kept of a client.

    Raises `InputError` (`client_acts_wrong`, `client_purpose_missing`, `purpose_unknown`, `division_wrong`).
    """
    wanted = frozenset(acts)
    if not wanted or wanted - {*CLIENT_ACTS}:
        may = "、".join(f"{act.value}（{act.term}）" for act in CLIENT_ACTS)
        raise InputError(
            f"客户端能办的事只有：{may}。请至少选一项。",
            f"A client may do some of: {', '.join(CLIENT_ACTS)}.",
            code="client_acts_wrong",
        )
    stated = [purpose.strip() for purpose in purposes if purpose.strip()]
    why = tuple(dict.fromkeys(find_purpose(purpose).code for purpose in stated))
    if not why:
        raise InputError(
            "请写明用途：没有用途的查询不受理。",
            "Say the purposes: nobody is told anything without one.",
            code="client_purpose_missing",
        )
    places = None if divisions is None else tuple(dict.fromkeys(divisions))
    try:
        Scope("?", divisions=places)
    except ValueError:
        places = ()
    if places is not None and not places:
        raise InputError(
            "区划代码应为 2、4、6、9 或 12 位数字；不限区划的不要填。",
            "A division is a code of 2, 4, 6, 9 or 12 digits; leave it out for the whole district.",
            code="division_wrong",
        )
    return tuple(sorted(wanted)), why, places


def change(
    store: OperationsStore,
    client_id: str,
    *,
    acts: Sequence[str],
    purposes: Sequence[str],
    divisions: Sequence[str] | None,
    by: str,
) -> Client:
    """Change what a client may, from its next request on; raises as `registered` and `Clients.change`."""
    wanted, why, places = registered(acts, purposes, divisions)
    return Clients(store).change(client_id, acts=wanted, purposes=why, divisions=places, by=by)


def client_files(store: OperationsStore) -> list[ClientFile]:
    """Every client, with what it proves itself with."""
    book = Clients(store)
    held = book.credentials()
    return [
        ClientFile(client, tuple(one for one in held if one.client == client.id))
        for client in book.every()
    ]


def client_file(store: OperationsStore, client_id: str) -> ClientFile:
    """One of them; raises `NotFoundError` (`client_unknown`)."""
    client = Clients(store).get(client_id)
    held = Clients(store).credentials()
    return ClientFile(client, tuple(one for one in held if one.client == client.id))


def new_secret(
    store: OperationsStore,
    settings: Settings,
    client_id: str,
    *,
    by: str,
    at: datetime,
    days: int = DAYS,
    overlap_hours: int = OVERLAP,
) -> IssuedSecret:
    """Make a secret; those before it are taken for the overlap and no longer.

    Raises `NotFoundError` (`client_unknown`), `InputError` (`credential_days_wrong`, and as
    `Clients.keep`).
    """
    ends_at = _end(at, days)
    if not 0 <= overlap_hours <= _MOST_OVERLAP:
        raise InputError(
            f"新旧密钥并用的时间应为 0 至 {_MOST_OVERLAP} 小时。",
            f"An overlap of 0 to {_MOST_OVERLAP} hours.",
            code="credential_days_wrong",
        )
    secret = _MARK + secrets.token_urlsafe(32)
    kept = Clients(store).keep(
        client_id,
        kid=f"s{secrets.token_hex(4)}",
        digest=secret_digest(settings, client_id, secret),
        by=by,
        at=at,
        ends_at=ends_at,
        others_end_at=at + timedelta(hours=overlap_hours),
    )
    return IssuedSecret(client_id, secret, kept)


def add_key(
    store: OperationsStore, client_id: str, text: str, *, by: str, at: datetime, days: int = DAYS
) -> Credential:
    """Take a public key of a client, PEM or JWK, for `private_key_jwt` (RFC 7523).

    Raises `NotFoundError`, `InputError` (`public_key_wrong`, `credential_days_wrong`, and as
    `Clients.keep`).
    """
    jwk, ends_at = read_public_key(text), _end(at, days)
    return Clients(store).keep(
        client_id, kid=thumbprint(jwk), jwk=jwk, by=by, at=at, ends_at=ends_at
    )


def end_credential(store: OperationsStore, number: int, *, by: str, at: datetime) -> Credential:
    """Take a secret or key no more; raises `NotFoundError` and `InputError`."""
    return Clients(store).end_credential(number, by=by, at=at)


def refuse_tokens(store: OperationsStore, client_id: str, *, by: str, at: datetime) -> Client:
    """Refuse every token that a client has; it may fetch others.  Raises as `Clients.keep`."""
    return Clients(store).refuse_tokens(client_id, by=by, at=at)


def give_back(
    store: OperationsStore,
    settings: Settings,
    client: Client,
    token: str,
    *,
    issuer: str,
    at: datetime,
) -> None:
    """Take a client's own token no more; what is no token of it changes nothing (RFC 7009, 2.2)."""
    try:
        told = read(signing_keys(settings.data), token, issuer=issuer, at=at)
    except TokenError:
        return
    if told.client == client.id:
        digest = digest_of("token", told.jti)
        Clients(store).spend(client.id, digest, ends_at=told.ends_at, at=at)


def end_client(
    store: OperationsStore, client_id: str, *, by: str, why: str, at: datetime
) -> Client:
    """A client may ask no more, from its next request on; raises as `Clients.end`."""
    return Clients(store).end(client_id, by=by, why=why, at=at)


def secret_digest(settings: Settings, client_id: str, secret: str) -> str:
    """What is kept of a secret: HMAC-SHA256 under a key that is not in the store."""
    said = f"{client_id}\0{secret}".encode()
    return hmac.digest(_secret_key(settings.secrets_file), said, "sha256").hex()


@lru_cache(maxsize=8)
def _secret_key(path: Path) -> bytes:
    """Derived from the installation's key: one secret less to be kept, and backed up, and lost."""
    installation = make_secrets(path).identity_key
    return hmac.digest(installation.encode(), b"secrets of clients", "sha256")


def _end(at: datetime, days: int) -> time.Instant:
    if not 1 <= days <= MOST_DAYS:
        raise InputError(
            f"有效期应为 1 至 {MOST_DAYS} 天。",
            f"1 to {MOST_DAYS} days.",
            code="credential_days_wrong",
        )
    return at + timedelta(days=days)
