"""A second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes on paper.

The secret that the authenticator shares with us is kept nowhere: it is made anew from a number kept
with the user and the key of the installation, so that whoever reads the store has no second factor.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno

from api.security.keys import digest_with

__all__ = ["RECOVERY_CODES", "Enrolment", "enrolment", "new_recovery", "recovery_digest", "step_of"]

RECOVERY_CODES = 8
_SECRET_BYTES = 20
_NONCE_BYTES = 16
#: Steps of half a minute that a clock may be off, before and after.
_DRIFT = 1
_STEP_S = 30


@dataclass(frozen=True)
class Enrolment:
    """What a user shows to an authenticator: `svg` as a picture, `typed` to be typed in."""

    nonce: str
    typed: str
    svg: str


def enrolment(key: bytes, user: str, name: str) -> Enrolment:
    """Begin a second factor: nothing is kept until a code of it was shown."""
    nonce = secrets.token_hex(_NONCE_BYTES)
    secret = _secret(key, user, nonce)
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="信农")
    svg = segno.make(address, error="m").svg_inline(scale=4, svgclass=None, lineclass=None)
    return Enrolment(nonce, secret, svg)


def step_of(key: bytes, user: str, nonce: str, code: str, *, at: datetime) -> int | None:
    """The time step of a code; None where it is wrong, or too old."""
    shown = code.replace(" ", "")
    if not (shown.isascii() and shown.isdigit()):
        return None
    totp = pyotp.TOTP(_secret(key, user, nonce))
    now = int(at.timestamp()) // _STEP_S
    steps = range(now - _DRIFT, now + _DRIFT + 1)
    return next(
        (step for step in steps if secrets.compare_digest(totp.generate_otp(step), shown)), None
    )


def new_recovery() -> list[str]:
    """Recovery codes, each good for one log-in."""
    return [
        f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.token_hex(3)}"
        for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(code: str) -> str:
    """What is kept of a recovery code."""
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()


def _secret(key: bytes, user: str, nonce: str) -> str:
    made = digest_with(key, f"second factor:{user}:{nonce}")[:_SECRET_BYTES]
    return base64.b32encode(made).decode()
