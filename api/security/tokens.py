"""Access tokens of clients: signed by us, read by us, living a quarter of an hour (RFC 9068).

A token says which client asks and what it may do at most.  What the client may do and see is looked up
at each request, so that it ends with the next one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from api.security.signing_keys import ALGORITHM, LIFETIME, SKEW, SigningKeys

__all__ = ["Token", "TokenError", "digest_of", "issue", "read"]

#: RFC 9068, 2.1; both ways of writing it.
_TYPES = ("at+jwt", "application/at+jwt")
#: A token of ours has some six hundred characters.
_LONGEST = 4_096
#: Times are looked at here, by the clock that is handed in.
_UNTIMED = {
    f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}  # fmt: skip
_CLAIMS = ("iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope")


class TokenError(Exception):
    """A token that says nothing: forged, run out, another's."""


@dataclass(frozen=True)
class Token:
    """What a token says.

    Attributes:
        jti: names this one.  scope: codes of acts, at most.
    """

    client: str
    scope: frozenset[str]
    jti: str
    issued_at: datetime
    ends_at: datetime


def issue(keys: SigningKeys, client: str, acts: Iterable[str], *, issuer: str, at: datetime) -> str:
    """Sign a token for a client, good for this service alone and for `LIFETIME`."""
    key = keys.current(at)
    began = int(at.timestamp())
    claims = {
        "iss": issuer,
        "aud": issuer,
        # where a client asks for itself, it is the subject too (RFC 9068, 2.2)
        "sub": client,
        "client_id": client,
        "iat": began,
        "exp": began + int(LIFETIME.total_seconds()),
        "jti": secrets.token_urlsafe(16),
        "scope": " ".join(sorted(acts)),
    }
    headers = {"kid": key.kid, "typ": _TYPES[0]}
    return jwt.encode(claims, key.private, algorithm=ALGORITHM, headers=headers)


def read(keys: SigningKeys, token: str, *, issuer: str, at: datetime) -> Token:
    """What a token says (RFC 9068, 4); raises `TokenError` where it is not ours, whole and alive."""
    if len(token) > _LONGEST:
        raise TokenError("too long")
    try:
        head = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise TokenError("no token") from error
    if str(head.get("typ", "")).lower() not in _TYPES or "crit" in head:
        raise TokenError("not an access token")
    key = keys.public(str(head.get("kid", "")), at)
    if key is None:
        raise TokenError("signed with no key of ours")
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM], options=_UNTIMED)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise TokenError("not signed") from error
    return _read(claims, issuer=issuer, at=at)


def _read(claims: dict[str, Any], *, issuer: str, at: datetime) -> Token:
    if any(not isinstance(claims.get(name), int if name in _TIMES else str) for name in _CLAIMS):
        raise TokenError("a claim is missing")
    if (claims["iss"], claims["aud"], claims["sub"]) != (issuer, issuer, claims["client_id"]):
        raise TokenError("for somebody else")
    issued, ends = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
    if not issued - SKEW <= at < ends or ends - issued > LIFETIME:
        raise TokenError("not alive")
    return Token(
        client=claims["client_id"],
        scope=frozenset(claims["scope"].split()),
        jti=claims["jti"],
        issued_at=issued,
        ends_at=ends,
    )


_TIMES = ("exp", "iat")


def digest_of(kind: str, name: str) -> str:
    """What something that is good once is remembered by."""
    return hashlib.sha256(f"{kind}\0{name}".encode("utf-8", "surrogatepass")).hexdigest()
