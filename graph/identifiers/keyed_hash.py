"""HMAC of many texts under one key: what depends on the key alone is hashed once.

A column has a million numbers, and `hmac` begins anew for each of them (three times as slow).
Source: RFC 2104, section 2 and section 4, "implementation note".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

__all__ = ["keyed_hashes"]

_BLOCK_BYTES = 64  # of SHA-256 and SM3 alike
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


def keyed_hashes(
    texts: Iterable[str], key: bytes, *, algorithm: str = "sha256", said_before: str = ""
) -> Iterator[str]:
    """The first 32 hex digits of HMAC(key, `said_before` and the text), for every text in ASCII.

    Raises `ValueError` where this machine lacks the algorithm.
    """
    if len(key) > _BLOCK_BYTES:
        key = hashlib.new(algorithm, key).digest()
    padded = key.ljust(_BLOCK_BYTES, b"\0")
    inner = hashlib.new(algorithm, padded.translate(_INNER) + said_before.encode("ascii"))
    outer = hashlib.new(algorithm, padded.translate(_OUTER))
    return (_finished(inner.copy(), outer.copy(), text) for text in texts)


def _finished(inner: hashlib._Hash, outer: hashlib._Hash, text: str) -> str:
    inner.update(text.encode("ascii"))
    outer.update(inner.digest())
    return outer.hexdigest()[:32]
