"""An external issuer of log-ins: where it is, what it states, and whether that is true.

OpenID Connect Core 1.0, 3.1 (authorization code), with PKCE (RFC 7636), the issuer's name in its answer
(RFC 9207), and a statement that is believed by its signature alone: with a key that the issuer publishes,
by the algorithm of that key, never by what the statement says of itself (RFC 8725).
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import make_headers

from api.security.jwk import algorithm_of, public_key
from graph.errors import LoginError
from graph.settings import Settings

__all__ = ["ExternalLoginError", "Issuer", "external_issuer", "stated_subject"]

#: How far the issuer's clock may differ from ours, and how old a statement may be.
_SKEW, _OLDEST = timedelta(seconds=60), timedelta(minutes=10)
#: How long what an issuer publishes is believed, and how often it is asked for a key not seen yet, in s.
_KEPT_S, _AGAIN_S = 3_600.0, 30.0
_TIMEOUT = urllib3.Timeout(connect=5, read=10)
_MOST_BYTES = 1 << 20
_LONGEST_SUBJECT = 255
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_UNTIMED = {
    f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}  # fmt: skip
_OK = 200


class ExternalLoginError(LoginError):
    """A log-in elsewhere that did not come to its end."""


def _unavailable(why: str) -> ExternalLoginError:
    return ExternalLoginError(
        "统一身份认证现在不能用。请稍后再试，或者用本系统的密码登录。",
        f"The external issuer does not answer as it should: {why}.",
        code="external_unavailable",
    )


def _untrue(why: str) -> ExternalLoginError:
    return ExternalLoginError(
        "统一身份认证的答复没有通过核验，没有登录。请重新登录；仍然不行的，请找管理员。",
        f"What the external issuer stated is not believed: {why}.",
        code="external_refused",
    )


class Issuer:
    """One external issuer, as it describes itself; safe across threads.

    Args:
        clock: seconds that only grow.
    """

    def __init__(
        self, name: str, client: str, secret: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name, self.client = name, client
        self._secret, self._clock = secret, clock
        self._pool = urllib3.PoolManager(retries=False, maxsize=2)
        self._lock = Lock()
        self._described: tuple[float, dict[str, Any]] | None = None
        self._published: tuple[float, list[Any]] | None = None

    def address(self, *, back: str, state: str, nonce: str, challenge: str) -> str:
        """Where a browser logs in; `back` is where it is sent afterwards."""
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": back,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        there = self._endpoint("authorization_endpoint")
        return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}"

    def check_answer(self, name: str | None) -> None:
        """Raises `ExternalLoginError` where another issuer answered (RFC 9207, 2.4)."""
        says = self._description().get("authorization_response_iss_parameter_supported") is True
        if (name is None and says) or name not in (None, self.name):
            raise _untrue("another issuer answered")

    def subject(self, code: str, *, back: str, verifier: str, nonce: str, at: datetime) -> str:
        """Who logged in, by the issuer's own name for them; a code is good once.

        Raises `ExternalLoginError` (`external_refused`, `external_unavailable`).
        """
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        ways = self._description().get("token_endpoint_auth_methods_supported")
        headers = {"Accept": "application/json"}
        if self._secret and (not isinstance(ways, list) or "client_secret_basic" in ways):
            basic = f"{quote(self.client, safe='')}:{quote(self._secret, safe='')}"
            headers |= make_headers(basic_auth=basic)
        elif self._secret:
            sent |= {"client_id": self.client, "client_secret": self._secret}
        else:
            sent["client_id"] = self.client
        told = self._asked("POST", self._endpoint("token_endpoint"), sent, headers)
        statement = told.get("id_token")
        if not isinstance(statement, str):
            raise _untrue("no statement came")
        return stated_subject(
            statement, self._keys, issuer=self.name, client=self.client, nonce=nonce, at=at
        )

    def _endpoint(self, name: str) -> str:
        told = self._description().get(name)
        if not isinstance(told, str) or not _is_guarded(told):
            raise _unavailable(f"{name} is missing, or not https")
        return told

    def _description(self) -> dict[str, Any]:
        """What the issuer says of itself (OpenID Connect Discovery 1.0, 4)."""
        with self._lock:
            held, now = self._described, self._clock()
            if held is None or now - held[0] > _KEPT_S:
                if not _is_guarded(self.name):
                    raise _unavailable("the issuer is not https")
                told = self._asked("GET", f"{self.name}/.well-known/openid-configuration")
                if told.get("issuer") != self.name:
                    raise _unavailable("it calls itself by another name")
                self._described = held = (now, told)
            return held[1]

    def _keys(self, fresh: bool) -> list[Any]:
        """The keys that the issuer publishes; asked for anew where one is not among them."""
        address = self._endpoint("jwks_uri")
        with self._lock:
            held, now = self._published, self._clock()
            age = now - held[0] if held else _KEPT_S
            if held is None or age >= _KEPT_S or (fresh and age >= _AGAIN_S):
                keys = self._asked("GET", address).get("keys")
                self._published = held = (now, keys if isinstance(keys, list) else [])
            return held[1]

    def _asked(
        self,
        method: str,
        address: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The object that an address of the issuer answers; no other address is followed to."""
        try:
            answer = self._pool.request(
                method, address, body=urlencode(form) if form else None, redirect=False,
                timeout=_TIMEOUT, preload_content=False,
                headers={**(headers or {}), **(_FORM if form else {})},
            )  # fmt: skip
            with answer:
                text = answer.read(_MOST_BYTES + 1)
        except (HTTPError, OSError) as error:
            raise _unavailable(type(error).__name__) from None
        if answer.status != _OK or len(text) > _MOST_BYTES:
            raise (_untrue if method == "POST" else _unavailable)(f"status {answer.status}")
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise _unavailable("no object")
        return told


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _is_guarded(address: str) -> bool:
    """Whether nobody on the way can change what is said there."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def external_issuer(settings: Settings) -> Issuer | None:
    """The issuer that an installation trusts; None where it trusts none."""
    if settings.oidc_issuer is None:
        return None
    secret = settings.oidc_client_secret
    return _issuer(
        settings.oidc_issuer, settings.oidc_client_id, secret.get_secret_value() if secret else ""
    )


@lru_cache(maxsize=8)
def _issuer(name: str, client: str, secret: str) -> Issuer:
    return Issuer(name, client, secret)


def stated_subject(
    statement: str,
    keys: Callable[[bool], list[Any]],
    *,
    issuer: str,
    client: str,
    nonce: str,
    at: datetime,
) -> str:
    """Whom a statement is of (OpenID Connect Core 1.0, 3.1.3.7).

    Args:
        keys: what the issuer publishes; asked with True, anew.

    Raises `ExternalLoginError` (`external_refused`).
    """
    claims = _signed(statement, keys)
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    times = [claims.get(name, 0) for name in ("exp", "iat", "nbf")]
    if any(type(one) not in (int, float) or not 0 <= one < 1 << 33 for one in times):
        raise _untrue("a time is none")
    ends, issued, begins = (datetime.fromtimestamp(one, UTC) for one in times)
    told, subject = claims.get("nonce"), claims.get("sub")
    wrong = {
        "of another issuer": claims.get("iss") != issuer,
        "for another": client not in several,
        # for several at once: one of them is named to whom it was given
        "given to another": (len(several) > 1 or "azp" in claims) and claims.get("azp") != client,
        "run out": at >= ends + _SKEW,
        "old": issued < at - _OLDEST - _SKEW,
        "of the future": max(issued, begins) > at + _SKEW,
        "of another log-in": not isinstance(told, str)
        or not hmac.compare_digest(told.encode("utf-8", "surrogatepass"), nonce.encode()),
        # letters of ASCII, at most 255 (OpenID Connect Core 1.0, 2)
        "of nobody": not isinstance(subject, str)
        or not 0 < len(subject) <= _LONGEST_SUBJECT
        or not (subject.isascii() and subject.isprintable()),
    }
    for why, is_so in wrong.items():
        if is_so:
            raise _untrue(why)
    return str(subject)


def _signed(statement: str, keys: Callable[[bool], list[Any]]) -> dict[str, Any]:
    """What a statement says, that was signed with a key of the issuer."""
    try:
        head = jwt.get_unverified_header(statement)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise _untrue("no statement") from None
    if "crit" in head:
        raise _untrue("it asks for what we do not know")
    for fresh in (False, True):
        for jwk in keys(fresh):
            if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
                continue
            if "kid" in head and jwk.get("kid") != head["kid"]:
                continue
            try:
                key = public_key(jwk)
                told = jwt.decode(statement, key, algorithms=[algorithm_of(key)], options=_UNTIMED)  # type: ignore[arg-type]
            except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
                continue
            return told
    raise _untrue("signed with no key of the issuer")
