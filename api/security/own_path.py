"""Where a log-in leads on to: a path of ours, and nowhere else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["own_path"]

_LONGEST = 1_000
#: One stroke, and no sign that a browser leaves out or turns round.
_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\\x7f]*")


def own_path(told: str, otherwise: str = "/") -> str:
    """The path where it is one of ours, else another."""
    if len(told) > _LONGEST or not _PATH.fullmatch(told):
        return otherwise
    try:
        parts = urlsplit(told)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else told
