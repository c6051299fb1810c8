"""Bulletins of the credit office: what is said of a month or quarter, frozen.

rates, rows, open corrections, remarks ──> content (canonical JSON) ──> kept by its hash ──> signed
"""

from __future__ import annotations

from queries.bulletins.content import BulletinContent, Unit, canonical, read_content, write_content
from queries.bulletins.keeping import (
    Bulletin,
    bulletin,
    bulletins,
    keep_bulletin,
    sign_bulletin,
)

__all__ = [
    "Bulletin",
    "BulletinContent",
    "Unit",
    "bulletin",
    "bulletins",
    "canonical",
    "keep_bulletin",
    "read_content",
    "sign_bulletin",
    "write_content",
]
