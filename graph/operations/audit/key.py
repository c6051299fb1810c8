"""What is told of the audit, signed by the installation (`graph.signing`)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from graph.settings import Settings
from graph.signing import Signer, is_signed

__all__ = ["audit_signer", "is_signed_by", "key_name", "sign"]


def audit_signer(settings: Settings) -> Signer:
    """Who signs heads and cuts; the key is made at the first call.

    Raises `SettingsError` (`signing_key_damaged`).
    """
    return Signer(settings.data)


def key_name(public: str) -> str:
    """What names a public key: 16 hex digits, short enough to be compared on paper."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def sign(signer: Signer, told: dict[str, Any]) -> str:
    """The signature over what is told, hex."""
    return signer.sign(_bytes(told))


def is_signed_by(public: str, told: dict[str, Any], signature: str) -> bool:
    """Whether a public key (hex) signed it."""
    return is_signed(public, _bytes(told), signature)


def _bytes(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
