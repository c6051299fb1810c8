"""How a client proves at the token endpoint who it is.

By its secret (`client_secret_basic`, RFC 6749, 2.3.1), or by a statement that it signed with its own
key (`private_key_jwt`, RFC 7523): for us alone, good for five minutes at most, and once.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

import jwt

from api.security.clients import secret_digest
from api.security.jwk import algorithm_of, public_key
from api.security.signing_keys import SKEW
from api.security.tokens import digest_of
from graph.errors import NotFoundError
from graph.operations import Client, Clients, OperationsStore
from graph.settings import Settings

__all__ = ["ASSERTION_TYPE", "Door", "OAuthError", "proven"]

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST_LIFE = timedelta(minutes=5)
_LONGEST = 8_192
_ID = re.compile(r"c[0-9a-f]{16}")
#: The last one is of RFC 7523bis; the header may say nothing at all (RFC 7519, 5.1).
_TYPES = ("", "jwt", "client-authentication+jwt")
_UNTIMED = {
    f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}  # fmt: skip


class OAuthError(Exception):
    """What a token endpoint refuses, by its code (RFC 6749, 5.2)."""

    def __init__(self, error: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.error, self.zh, self.en = error, zh, en


@dataclass(frozen=True)
class Door:
    """Where a client comes in.

    Attributes:
        names: by which a statement may call us: our issuer's name, the address of the endpoint.
    """

    store: OperationsStore
    settings: Settings
    names: Collection[str]


def proven(door: Door, authorization: str | None, form: Mapping[str, str], at: datetime) -> Client:
    """The client that proves itself; raises `OAuthError` (`invalid_client`, `invalid_request`)."""
    if "client_secret" in form:
        raise OAuthError(
            "invalid_request",
            "密钥不放在表单里：请用 HTTP Basic 提交。",
            "The secret is sent by HTTP Basic, not in the form.",
        )
    if authorization is not None and "client_assertion" in form:
        raise OAuthError(
            "invalid_request",
            "一次只用一种方式证明身份。",
            "One way to authenticate at a time (RFC 6749, 2.3).",
        )
    if authorization is not None:
        client = _by_secret(door, authorization, at)
    elif "client_assertion" in form:
        client = _by_assertion(door, form, at)
    else:
        raise _unproven()
    if form.get("client_id", client.id) != client.id:
        raise _unproven()
    return client


def _unproven() -> OAuthError:
    """The same words for who is not known, who has ended and what proves nothing."""
    return OAuthError(
        "invalid_client",
        "客户端身份没有得到证明：请核对编号、密钥或签名、有效期，或找管理员。",
        "The client is not authenticated.",
    )


def _by_secret(door: Door, authorization: str, at: datetime) -> Client:
    scheme, _, value = authorization.partition(" ")
    try:
        told = b64decode(value.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (Base64Error, ValueError):
        told = ""
    name, colon, secret = told.partition(":")
    client = _known(door, unquote_plus(name)) if colon else None
    # a hash is made and compared for nobody too: time does not tell who is known
    digest = secret_digest(door.settings, unquote_plus(name), unquote_plus(secret))
    held = Clients(door.store).secrets_of(client.id, at) if client else []
    if client is None or not any(hmac.compare_digest(digest, one) for one in held):
        raise _unproven()
    return client


def _by_assertion(door: Door, form: Mapping[str, str], at: datetime) -> Client:
    told = form["client_assertion"]
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise OAuthError(
            "invalid_request",
            f"client_assertion_type 应为 {ASSERTION_TYPE}。",
            "client_assertion_type is not that of RFC 7523.",
        )
    client, claims = _signed(door, told, at)
    times = [claims.get(name, at.timestamp()) for name in ("exp", "nbf", "iat")]
    if "exp" not in claims or any(not _is_time(one) for one in times):
        raise _unproven()
    ends, begins, issued = (datetime.fromtimestamp(one, UTC) for one in times)
    audience = claims.get("aud")
    one_of_us = audience[0] if isinstance(audience, list) and len(audience) == 1 else audience
    jti = claims.get("jti")
    if (
        claims.get("sub") != client.id
        # for several at once: another of them could come here with it (RFC 7523bis, 4)
        or not isinstance(one_of_us, str)
        or one_of_us not in door.names
        or not at < ends <= at + _LONGEST_LIFE
        or max(begins, issued) > at + SKEW
        or not isinstance(jti, str)
        or not 0 < len(jti) <= 256
        or not Clients(door.store).spend(client.id, digest_of("jti", jti), ends_at=ends, at=at)
    ):
        raise _unproven()
    return client


def _is_time(value: object) -> bool:
    """A number of seconds that a calendar has."""
    return type(value) in (int, float) and 0 <= value < 1 << 33  # type: ignore[operator]


def _signed(door: Door, told: str, at: datetime) -> tuple[Client, dict[str, Any]]:
    """Whose statement it is, by a key that is registered for them, and what it states."""
    try:
        if len(told) > _LONGEST:
            raise _unproven()
        head = jwt.get_unverified_header(told)
        stated = jwt.decode(told, options={"verify_signature": False, **_UNTIMED})  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise _unproven() from None
    client = _known(door, stated.get("iss"))
    if client is None or "crit" in head or str(head.get("typ", "")).lower() not in _TYPES:
        raise _unproven()
    held = Clients(door.store).keys_of(client.id, at)
    named = head.get("kid")
    for jwk in [held[named]] if named in held else held.values():
        key = public_key(jwk)
        try:
            # by what the key is for, never by what the statement says of itself
            claims = jwt.decode(told, key, algorithms=[algorithm_of(key)], options=_UNTIMED)  # type: ignore[arg-type]
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            continue
        return client, claims
    raise _unproven()


def _known(door: Door, client_id: object) -> Client | None:
    if not isinstance(client_id, str) or not _ID.fullmatch(client_id):
        return None
    try:
        client = Clients(door.store).get(client_id)
    except NotFoundError:
        return None
    return client if client.ended_at is None else None
