"""What a law, or the person, wants deleted: found in every store, taken out of it, and looked for again."""

from __future__ import annotations

from ingest.erasure.act import Erasure, erase, would_erase
from ingest.erasure.order import BY_CONSENT, Ground, grounds
from ingest.erasure.traces import Trace, traces_left

__all__ = [
    "BY_CONSENT",
    "Erasure",
    "Ground",
    "Trace",
    "erase",
    "grounds",
    "traces_left",
    "would_erase",
]
