"""The key of a resident id's last four characters: equal keys prove equal ends, nobody reads one.

With the place and the date of birth known, the last four are all that is left of an id.  So they
are kept nowhere; but people say them ("尾号 1046"), and courts publish 6103221990****1046.  A key
lets both be compared, as that of a telephone number does (`phone_key`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from graph.identifiers.keyed_hash import keyed_hashes
from graph.identifiers.person_key import key_bytes

__all__ = ["tail_key", "tail_keys"]

_LENGTH = 16  # of eleven thousand ends no two are one by chance, and every person has this text


def tail_key(last_four: str, identity_key_hex: str) -> str:
    """`tail:` and the first 16 hex digits of HMAC-SHA-256(identity key, "tail " and the four).

    Args:
        last_four: three digits and the check digit, X in upper case.
        identity_key_hex: `Secrets.identity_key`, at least 32 bytes as hex.

    Raises:
        SettingsError: the key is too short or not hex.
    """
    return tail_keys([last_four], identity_key_hex)[0]


def tail_keys(ends: Iterable[str], identity_key_hex: str) -> list[str]:
    """The keys of many ends at once."""
    listed, known = list(ends), _known(identity_key_hex)
    new = [end for end in dict.fromkeys(listed) if end not in known]
    hashes = keyed_hashes(new, key_bytes(identity_key_hex), said_before="tail ")
    for end, hashed in zip(new, hashes, strict=True):
        known[end] = f"tail:{hashed[:_LENGTH]}"
    return [known[end] for end in listed]


@lru_cache(maxsize=1)
def _known(_identity_key_hex: str) -> dict[str, str]:
    """The keys that were made so far: of a million ids there are eleven thousand ends."""
    return {}
