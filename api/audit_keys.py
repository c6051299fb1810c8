"""Keys of those whom the audit is for, as they stand in answers, addresses and arguments."""

from __future__ import annotations

import re

__all__ = ["LONGEST_KEY", "keys_in"]

#: A person, a household, or whoever has a code; the bank beside a loan is not whom it is about.
_KEY = re.compile(
    rb"(?:person(?::|%3A)[0-9a-f]{32}|household(?::|%3A)[0-9A-Za-z_.\-]{1,60}"
    rb"|org(?::|%3A)[0-9A-Z]{9,18})(?![0-9A-Za-z])"
)
#: No key is longer, in bytes: so much of one part may belong to what begins there.
LONGEST_KEY = 80


def keys_in(told: bytes) -> set[str]:
    """Keys of parties that stand in a text."""
    return {found.replace(b"%3A", b":").decode() for found in _KEY.findall(told)}
