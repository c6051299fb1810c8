"""Whether an applicant lets an institution look: asked at the push, and at every look after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

__all__ = ["PURPOSE", "HasConsent"]

#: For what an applicant lets an institution look: the code of consents.
PURPOSE = "credit_approval"

#: Whether a subject lets an institution look at it for a purpose, at an instant.
HasConsent: TypeAlias = Callable[[str, str, str, datetime], bool]
