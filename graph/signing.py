"""The signing key of an installation: what it states and others keep is held against it (Ed25519).

The key lies in the data folder, readable by the owner only, and is made when something is signed for
the first time.  Its public half stands beside every signature: whoever kept that half from another day can
tell that a statement was made by this installation.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graph.errors import SettingsError
from graph.private import private_folder

__all__ = ["SIGNING_FILE", "Signer", "is_signed"]

SIGNING_FILE = "signing.key"


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
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"签名密钥文件 {path} 无法读取或已损坏。请从备份恢复；没有备份的，把它移走后重试，"
            "以后的签名会用新密钥，旧签名仍可用当时记下的公钥核对。",
            f"The signing key at {path} cannot be read: restore it, or move it away for a new one.",
            code="signing_key_damaged",
        ) from error


def _made(path: Path) -> Ed25519PrivateKey:
    private_folder(path.parent)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(Ed25519PrivateKey.generate().private_bytes_raw().hex())
        stream.flush()
        os.fsync(stream.fileno())
    # link, unlike replace, refuses to overwrite: two first signatures agree on one key
    with suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
    made = _read(path)
    assert made is not None, "it was linked just now, or was there"
    return made
