"""Logging in by an external issuer: sent there, come back, and known here because somebody said so.

An issuer states who somebody is at its place.  Who that is here, and as what, the administrator has
linked before (`xinnong users`); whom nobody linked does not come in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.keys import login_key, new_device
from api.security.login import Entered
from api.security.oidc import ExternalLoginError, Issuer
from graph.operations import ExternalLogin, ExternalLogins, OfficeBooks, Sessions, Users

__all__ = ["MINUTES", "Returned", "SentOff", "begin", "come_back"]

#: How long somebody has to log in there.
MINUTES = 10
_RANDOM_BYTES = 32


@dataclass(frozen=True)
class SentOff:
    """A browser that is sent to the issuer: where, and what it carries to be known by."""

    address: str
    state: str


@dataclass(frozen=True)
class Returned:
    """What a browser brings back.

    Attributes:
        carried: what it carries since it was sent off.
        state, code, issuer, error: as the issuer answered; empty, or None, where it did not.
    """

    carried: str
    state: str
    code: str
    issuer: str | None
    error: str


def begin(
    issuer: Issuer, office: OfficeBooks, *, back: str, leads_to: str, at: datetime
) -> SentOff:
    """Send a browser off; raises `ExternalLoginError` (`external_unavailable`)."""
    state, nonce, verifier = (secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(3))
    address = issuer.address(back=back, state=state, nonce=nonce, challenge=_challenge(verifier))
    ExternalLogins(office.store).begin(
        _digest(state),
        ExternalLogin(nonce, verifier, leads_to),
        ends_at=at + timedelta(minutes=MINUTES),
        at=at,
    )
    return SentOff(address, state)


def come_back(
    issuer: Issuer, office: OfficeBooks, told: Returned, *, back: str, address: str, at: datetime
) -> tuple[Entered, str]:
    """Open a session for who logged in there; returns where the browser goes on, too.

    Raises `ExternalLoginError` (`external_stale`, `external_refused`, `external_unlinked`,
    `external_unavailable`).
    """
    # only the browser that was sent off comes in: nobody is logged in as somebody else by a link
    if not told.state or not hmac.compare_digest(told.carried.encode(), told.state.encode()):
        raise _stale()
    sent = ExternalLogins(office.store).take(_digest(told.state), at=at)
    if sent is None:
        raise _stale()
    issuer.check_answer(told.issuer)
    if told.error or not told.code:
        raise ExternalLoginError(
            "统一身份认证没有让您登录。请重新登录，或者用本系统的密码登录。",
            "The external issuer refused the log-in.",
            code="external_refused",
        )
    subject = issuer.subject(told.code, back=back, verifier=sent.verifier, nonce=sent.nonce, at=at)
    users = Users(office.store)
    user = users.by_external(issuer.name, subject)
    if user is None or not user.is_active:
        raise ExternalLoginError(
            "您已通过统一身份认证，但本系统还没有为您开通。请管理员先把您的认证账号关联到用户。",
            "Nobody here is linked to that account: an administrator links it first.",
            code="external_unlinked",
        )
    if user.must_change and user.password_hash is None:
        # who logs in elsewhere needs no password here
        user = users.change(user.id, must_change=False)
    token = Sessions(office.store).open(user.id, at=at, by="external", address=address)
    return Entered(user, token, new_device(login_key(office.settings), user.id)), sent.leads_to


def _challenge(verifier: str) -> str:
    """What of a verifier is told at the beginning (RFC 7636, 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _stale() -> ExternalLoginError:
    return ExternalLoginError(
        "这次登录已经用过、过期，或者不是在这个浏览器里开始的。请重新登录。",
        "This log-in was used, is too old, or was begun in another browser.",
        code="external_stale",
    )
