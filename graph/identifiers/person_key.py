"""The key that stands for a person: a keyed hash of the resident id, which itself is not kept.

Keyed, because the few hundred million possible ids could be hashed through in minutes without the
key.  Changing the key or the algorithm is a migration: the same person would get another key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from graph.errors import InputError, SettingsError
from graph.identifiers import resident_id
from graph.identifiers.keyed_hash import keyed_hashes

__all__ = ["key_bytes", "person_key", "person_keys"]

_KEY_BYTES = 32


def person_key(
    resident_id_compact: str,
    identity_key_hex: str,
    *,
    algorithm: Literal["sha256", "sm3"] = "sha256",
) -> str:
    """`person:` and the first 32 hex digits of HMAC(identity key, eighteen-digit resident id).

    The fifteen- and the eighteen-digit form of one id give one key.

    Args:
        resident_id_compact: the `value` of a usable finding; other spellings are brought to it.
        identity_key_hex: `Secrets.identity_key`, at least 32 bytes as hex.
        algorithm: `sha256` (FIPS 198-1, RFC 4231) or `sm3` (GB/T 32905-2016), where the
            installed OpenSSL has it.

    Raises:
        InputError: the id is INVALID (code `resident_id`); a wrong id would be a new person.
        SettingsError: the key is too short or not hex, or the algorithm is not available.
    """
    finding = resident_id.check(resident_id_compact)
    if finding.value is None:
        raise InputError(finding.message_zh, finding.message_en, code="resident_id")
    return person_keys([finding.value], identity_key_hex, algorithm=algorithm)[0]


def person_keys(
    values: Sequence[str],
    identity_key_hex: str,
    *,
    algorithm: Literal["sha256", "sm3"] = "sha256",
) -> list[str]:
    """The keys of many ids at once; each must be the `value` of a usable finding.

    Nothing is checked again: a column of a file has a hundred thousand of them.
    """
    try:
        hashes = keyed_hashes(values, key_bytes(identity_key_hex), algorithm=algorithm)
    except ValueError:
        raise SettingsError(
            f"本机的 OpenSSL 不支持 {algorithm} 算法，请更换环境，或改用 sha256。",
            f"The OpenSSL of this machine has no {algorithm}.",
            code="algorithm_unavailable",
        ) from None
    return [f"person:{each}" for each in hashes]


def key_bytes(identity_key_hex: str) -> bytes:
    """The identity key; raises `SettingsError` when it is no hex or shorter than 32 bytes."""
    try:
        key = bytes.fromhex(identity_key_hex)
    except ValueError:
        key = b""
    if len(key) < _KEY_BYTES:
        raise SettingsError(
            "人员编号密钥应为不少于64位的十六进制数；请检查密钥文件。",
            "The identity key is at least 64 hex digits: check the secrets file.",
            code="identity_key",
        )
    return key
