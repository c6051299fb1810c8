"""The key that signs heads and cuts: made once, in the data folder, its owner's alone.

Ed25519 (RFC 8032).  Whoever holds the whole data folder can sign anything again; that is why heads are
also kept elsewhere, with the public key beside them.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from graph.errors import SettingsError
from graph.private import private_folder
from graph.settings import Settings

__all__ = ["audit_key", "is_signed_by", "key_name", "public_hex", "sign"]


def audit_key(settings: Settings) -> Ed25519PrivateKey:
    """The key of an installation, made at the first call.

    Raises `SettingsError` (`audit_key_damaged`).
    """
    path = settings.audit_key_file
    if not path.exists():
        _make(path)
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise _damaged(path) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise _damaged(path)
    return found


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public key of it, hex."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def key_name(public: str) -> str:
    """What names a public key: 16 hex digits, short enough to be compared on paper."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def sign(key: Ed25519PrivateKey, told: dict[str, Any]) -> str:
    """The signature over what is told, hex."""
    return key.sign(_bytes(told)).hex()


def is_signed_by(public: str, told: dict[str, Any], signature: str) -> bool:
    """Whether a public key (hex) signed it."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), _bytes(told)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _make(path: Path) -> None:
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
    try:
        # link, unlike replace, refuses to overwrite: two first starts agree on one key
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _damaged(path: Path) -> SettingsError:
    return SettingsError(
        f"审计签名密钥 {path} 读不出来。请从备份恢复；确已丢失的，把它移走，程序会另建一把，"
        "并请在第二处留存的审计日首旁注明更换日期。",
        f"The audit's signing key {path} cannot be read: restore it from backup, or move it away.",
        code="audit_key_damaged",
    )
