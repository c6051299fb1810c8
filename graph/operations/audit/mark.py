"""How a subject stands in the audit: so that it can be looked for, and tells nobody.

The audit outlives what it tells of: entries are kept five years, and a person's data may be erased
the day after.  So a person, a household and whoever else may be one stands there as a keyed hash of
the key; only bodies, whose codes are public, stand under their own.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable

__all__ = ["digest_of", "digests_of", "mark_of", "marks_digest"]

#: A body with a unified social credit code; 92 is a 个体工商户, which is a person who trades
#: (GB 32100-2015, table 1).
_BODY = re.compile(r"org:(?!92)[0-9A-Z]{18}", re.ASCII)
_MARK = re.compile("mark:[0-9a-f]{32}")
_SAID_BEFORE = b"audit "


def mark_of(key: str, identity_key: Callable[[], str]) -> str:
    """The mark of a subject; a mark stays as it is.

    Args:
        key: of a party.  identity_key: tells the installation's secret (`graph.secrets`), hex; a
            body needs none.
    """
    if _BODY.fullmatch(key) or _MARK.fullmatch(key):
        return key
    hashed = hmac.digest(bytes.fromhex(identity_key()), _SAID_BEFORE + key.encode(), "sha256")
    return f"mark:{hashed.hex()[:32]}"


def digest_of(mark: str) -> bytes:
    """Sixteen bytes that stand for a mark where many are kept."""
    return hashlib.sha256(mark.encode()).digest()[:16]


def digests_of(marks: Iterable[str]) -> bytes:
    """The digests of some marks, in order and joined."""
    return b"".join(sorted({digest_of(mark) for mark in marks}))


def marks_digest(digests: bytes) -> str:
    """What one entry says of all its subjects; empty where it has none."""
    return hashlib.sha256(digests).hexdigest() if digests else ""
