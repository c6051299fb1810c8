"""The key of a telephone number: equal keys prove equal numbers, and nobody reads one from it.

A masked number (138****1234) proves inequality and nothing else: 3 + 4 digits leave ten thousand
numbers each, so in a district many pairs of strangers share one.  Only the key is evidence.
Keyed, because eleven digits could be hashed through in minutes without the key.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph.identifiers.keyed_hash import keyed_hashes
from graph.identifiers.person_key import key_bytes

__all__ = ["phone_key", "phone_keys"]


def phone_key(digits: str, identity_key_hex: str) -> str:
    """`phone:` and the first 32 hex digits of HMAC-SHA-256(identity key, "phone " and the digits).

    Args:
        digits: the number without spaces or hyphens.
        identity_key_hex: `Secrets.identity_key`, at least 32 bytes as hex.

    Raises:
        SettingsError: the key is too short or not hex.
    """
    return phone_keys([digits], identity_key_hex)[0]


def phone_keys(numbers: Iterable[str], identity_key_hex: str) -> list[str]:
    """The keys of many numbers at once."""
    # the word keeps a number apart from a resident id of the same digits
    hashes = keyed_hashes(numbers, key_bytes(identity_key_hex), said_before="phone ")
    return [f"phone:{each}" for each in hashes]
