"""Keys for the log-in, made from the secrets of the installation: nothing of use lies in a store."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from graph.secrets import make_secrets
from graph.settings import Settings

__all__ = ["device_of", "digest_with", "login_key", "new_device"]

_NONCE_BYTES = 16


def login_key(settings: Settings) -> bytes:
    """The key of the log-in; raises as `graph.secrets.make_secrets`."""
    identity = make_secrets(settings.secrets_file).identity_key
    return digest_with(identity.encode(), "log-in")


def digest_with(key: bytes, text: str) -> bytes:
    """A keyed digest of a text."""
    return hmac.digest(key, text.encode(), hashlib.sha256)


def new_device(key: bytes, user: str) -> str:
    """What tells a browser in which a user logged in from the browsers of strangers."""
    nonce = secrets.token_hex(_NONCE_BYTES)
    return f"{nonce}.{_mark(key, user, nonce)}"


def device_of(key: bytes, user: str, told: str) -> str | None:
    """The browser that says so, where it is one of that user; None for a stranger's."""
    nonce, _, mark = told.partition(".")
    return nonce if hmac.compare_digest(mark.encode(), _mark(key, user, nonce).encode()) else None


def _mark(key: bytes, user: str, nonce: str) -> str:
    return digest_with(key, f"device:{user}:{nonce}").hex()
