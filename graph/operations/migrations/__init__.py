"""How the tables of the store came to be what they are: one file of `versions` for each change."""

from __future__ import annotations

__all__: list[str] = []
