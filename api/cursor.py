"""A place in a list, sealed: opaque to whoever carries it, and good for the list it was given for.

It says how far one has read, of which list (route and filter), for whom, and at which moment of the
data; a keyed digest stands before it.  Whoever changes a letter has none.  No personal data are in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from graph.errors import InputError

__all__ = ["LONGEST_CURSOR", "Cursor"]

_MAC_BYTES = 16
#: Characters of the longest one that is read.
LONGEST_CURSOR = 512


@dataclass(frozen=True)
class Cursor:
    """How far a list was read.

    Attributes:
        of: names route, filter and reader.
        sees: names what the reader sees.
        offset: rows that were given.
        last: digest of the last of them; empty where the moment alone holds the list fast.
        total: rows in all; None where the list does not say.
        as_of, known_at, head: the moment that was read at; None for a list of no moment.
    """

    of: str
    sees: str
    offset: int
    last: str = ""
    total: int | None = None
    as_of: date | None = None
    known_at: datetime | None = None
    head: str | None = None

    def sealed(self, key: bytes) -> str:
        """As it is handed out: URL-safe text."""
        told = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        text = json.dumps(told, default=_written, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_mac(key, text) + text).decode().rstrip("=")

    @classmethod
    def opened(cls, text: str, key: bytes) -> Cursor:
        """What was handed out; raises `InputError` (`cursor_wrong`) for anything else."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
            mac, told = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            # of two spellings of the same bytes one was handed out
            is_ours = hmac.compare_digest(mac, _mac(key, told))
            if is_ours and base64.urlsafe_b64encode(raw).decode().rstrip("=") == text:
                return cls(**_read(json.loads(told)))
        except ValueError:
            pass
        raise InputError(
            "翻页标记不对。请原样使用上一页给出的标记，或从第一页重新查询。",
            "That is no cursor of ours: use the one of the page before, or begin at the first page.",
            code="cursor_wrong",
        )


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, hashlib.sha256)[:_MAC_BYTES]


def _written(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()


def _read(told: dict[str, Any]) -> dict[str, Any]:
    reads = {"as_of": date.fromisoformat, "known_at": datetime.fromisoformat}
    return {
        name: reads[name](str(value)) if name in reads else value for name, value in told.items()
    }
