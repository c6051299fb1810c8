"""What a decision is called whose record may be used no more: told apart from others, and named to nobody."""

from __future__ import annotations

import hashlib

__all__ = ["ENDED", "unnamed"]

#: How such a name begins.
ENDED = "ended:"


def unnamed(name: str) -> str:
    """The same name is always called the same; nothing of it can be read."""
    return ENDED + hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
