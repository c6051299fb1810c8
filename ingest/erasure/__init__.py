"""What a law, or the person, wants deleted: found in every store, taken out of it, and looked for again."""

from __future__ import annotations

from ingest.erasure.act import (
    Erasure,
    deletions,
    erase,
    verify_backups,
    verify_erased,
    would_erase,
)
from ingest.erasure.order import BY_CONSENT, Ground, grounds
from ingest.erasure.traces import Trace

__all__ = [
    "BY_CONSENT",
    "Erasure",
    "Ground",
    "Trace",
    "deletions",
    "erase",
    "grounds",
    "verify_backups",
    "verify_erased",
    "would_erase",
]
