"""The signing key of an installation: what it states and others keep is held against it (Ed25519).

The key lies in the data folder, readable by the owner only, and is made with the other secrets or when
something is signed for the first time.  Its public half stands beside every signature: whoever kept
that half from another day can tell that a statement was made by this installation.  Whoever holds the
whole data folder can sign anything again; that is why statements are also kept elsewhere.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from graph.errors import SettingsError
from graph.private import private_folder

__all__ = ["SIGNING_FILE", "Signer", "is_signed"]

SIGNING_FILE = "signing_key.pem"


class Signer:
    """Signs for the installation of one data folder.

    Raises `SettingsError` (`signing_key_damaged`) where the file of its key holds none.
    """

    def __init__(self, data: Path) -> None:
        self._key = _read(data / SIGNING_FILE) or _made(data / SIGNING_FILE)

    @property
    def public(self) -> str:
        """The public half: 64 hexadecimal digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, text: bytes) -> str:
        """A signature: 128 hexadecimal digits."""
        return self._key.sign(text).hex()


def is_signed(public: str, text: bytes, signature: str) -> bool:
    """Whether whoever holds the other half of a public key signed a text."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(path: Path) -> Ed25519PrivateKey | None:
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _damaged(path) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise _damaged(path)
    return found


def _made(path: Path) -> Ed25519PrivateKey:
    private_folder(path.parent)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    made = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(made)
        stream.flush()
        os.fsync(stream.fileno())
    # link, unlike replace, refuses to overwrite: two first signatures agree on one key
    with suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
    found = _read(path)
    assert found is not None, "it was linked just now, or was there"
    return found


def _damaged(path: Path) -> SettingsError:
    return SettingsError(
        f"签名密钥 {path} 读不出来。请从备份恢复；确已丢失的，把它移走，程序会另建一把，"
        "并请在另行留存的审计日首旁注明更换日期；以前的签名仍可用当时记下的公钥核对。",
        f"The signing key {path} cannot be read: restore it from backup, or move it away.",
        code="signing_key_damaged",
    )
