"""Keys that tokens are signed with: made here, replaced in time, published in their public half.

They lie beside the other secrets in the data folder, readable by its owner only.  Losing the file
costs nothing but the tokens of the last minutes: the next one is signed with a new key.

A key is named by its thumbprint (RFC 7638).  One that was replaced is taken as long as a token that it
signed can live, so that nobody notices; one that got out is replaced at once, and its tokens with it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from filelock import FileLock

from api.security.jwk import jwk_of, thumbprint
from graph.errors import SettingsError
from graph.private import private_folder

__all__ = ["ALGORITHM", "LIFETIME", "SKEW", "SigningKey", "SigningKeys", "signing_keys"]

ALGORITHM = "ES256"
#: How long a token lives, and how far clocks of two machines may differ.
LIFETIME, SKEW = timedelta(minutes=15), timedelta(seconds=60)
#: After how long a key is replaced unasked (NIST SP 800-57 part 1, 5.3.6: one to three years at most).
_REPLACED_AFTER = timedelta(days=90)

_FILE, _LOCK = "token_keys.json", "token_keys.lock"


@dataclass(frozen=True, repr=False)
class SigningKey:
    """A key and its times.

    Attributes:
        pem: the private key (PKCS #8).
        made_at: from when it signs.  replaced_at: until when; None for the one that does.
    """

    kid: str
    pem: str
    made_at: str
    replaced_at: str | None = None

    @cached_property
    def private(self) -> ec.EllipticCurvePrivateKey:
        """What signs."""
        key = load_pem_private_key(self.pem.encode(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("no key of an elliptic curve")
        return key

    def is_taken(self, at: datetime) -> bool:
        """Whether a token that it signed can still be alive."""
        if self.replaced_at is None:
            return True
        return at < datetime.fromisoformat(self.replaced_at) + LIFETIME + SKEW


class SigningKeys:
    """The keys of one installation; safe across threads and processes.

    Args:
        folder: the data folder.

    Raises `SettingsError` (`token_keys_damaged`) where the file cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._path, self._lock = folder / _FILE, folder / _LOCK
        self._state: tuple[int, int, int] | None = None
        self._keys: tuple[SigningKey, ...] = ()

    def current(self, at: datetime) -> SigningKey:
        """The key that signs now; made where there is none, or the last one is old."""
        found = self._signing()
        if found is None or datetime.fromisoformat(found.made_at) + _REPLACED_AFTER <= at:
            return self.replace(at, unless_made_after=at - _REPLACED_AFTER)
        return found

    def public(self, kid: str, at: datetime) -> ec.EllipticCurvePublicKey | None:
        """The public half of a key whose tokens are taken; None for any other name."""
        for key in self._read():
            if key.kid == kid and key.is_taken(at):
                return key.private.public_key()
        return None

    def published(self, at: datetime) -> dict[str, list[dict[str, Any]]]:
        """Public halves of all whose tokens are taken (RFC 7517, 5)."""
        self.current(at)
        taken = [key for key in self._read() if key.is_taken(at)]
        named = [(key.kid, jwk_of(key.private.public_key())) for key in taken]
        return {"keys": [{**jwk, "kid": kid, "use": "sig", "alg": ALGORITHM} for kid, jwk in named]}

    def replace(
        self, at: datetime, *, at_once: bool = False, unless_made_after: datetime | None = None
    ) -> SigningKey:
        """Sign with a new key from now on.

        Args:
            at_once: whether tokens of the others are refused from now on as well.
            unless_made_after: another process may have replaced it meanwhile.
        """
        private_folder(self._path.parent)
        with FileLock(self._lock):
            held = self._signing()
            if held and unless_made_after and unless_made_after < _instant(held.made_at):
                return held
            others = () if at_once else tuple(_ended(key, at) for key in self._read())
            made = _made(at)
            self._write((made, *(key for key in others if key.is_taken(at))))
            return made

    def _signing(self) -> SigningKey | None:
        return next((key for key in self._read() if key.replaced_at is None), None)

    def _read(self) -> tuple[SigningKey, ...]:
        """What the file holds; it is read again when another process has written it."""
        try:
            told = self._path.stat()
        except FileNotFoundError:
            return ()
        state = (told.st_mtime_ns, told.st_ino, told.st_size)
        if state != self._state:
            try:
                stated = json.loads(self._path.read_text(encoding="utf-8"))["keys"]
                keys = tuple(SigningKey(**key) for key in stated)
                for key in keys:
                    _ = key.private
            except (ValueError, TypeError, KeyError) as error:
                raise SettingsError(
                    f"令牌签名密钥文件 {self._path} 已损坏。请把它移走：程序会另做一把，"
                    "各客户端重新领取令牌即可。",
                    f"The token keys at {self._path} are damaged ({type(error).__name__}): move the "
                    "file away, a new key is made, clients fetch new tokens.",
                    code="token_keys_damaged",
                ) from None
            # together, for a thread that reads both
            self._keys, self._state = keys, state
        return self._keys

    def _write(self, keys: tuple[SigningKey, ...]) -> None:
        """Whole or not at all, and for the owner only."""
        aside = self._path.with_name(f".{_FILE}.{os.getpid()}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump({"keys": [asdict(key) for key in keys]}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(self._path)


@lru_cache(maxsize=8)
def signing_keys(folder: Path) -> SigningKeys:
    """The keys of a data folder, read once in this process for each state of their file."""
    return SigningKeys(folder)


def _made(at: datetime) -> SigningKey:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return SigningKey(thumbprint(jwk_of(private.public_key())), pem, at.isoformat())


def _ended(key: SigningKey, at: datetime) -> SigningKey:
    if key.replaced_at is not None:
        return key
    return SigningKey(key.kid, key.pem, key.made_at, at.isoformat())


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
