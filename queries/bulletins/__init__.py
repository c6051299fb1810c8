"""Bulletins of the credit office: what is said of a month or quarter, frozen.

rates, rows, open corrections, remarks ──> content (canonical JSON) ──> kept by its hash ──> signed
                                                                     └──> as it may be shown today
"""

from __future__ import annotations

from queries.bulletins.content import BulletinContent, Unit, canonical, read_content, write_content
from queries.bulletins.display import WITHHELD, as_shown, withheld
from queries.bulletins.keeping import (
    Bulletin,
    bulletin,
    bulletins,
    keep_bulletin,
    sign_bulletin,
)

__all__ = [
    "WITHHELD",
    "Bulletin",
    "BulletinContent",
    "Unit",
    "as_shown",
    "bulletin",
    "bulletins",
    "canonical",
    "keep_bulletin",
    "read_content",
    "sign_bulletin",
    "withheld",
    "write_content",
]
