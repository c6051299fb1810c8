"""The changes, in order: `m0001_…`, `m0002_…`; one that was released is never changed again."""

from __future__ import annotations

__all__: list[str] = []
