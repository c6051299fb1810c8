"""What of an event is told to a reader."""

from __future__ import annotations

from queries.events.coverage import Coverage, locations

__all__ = ["Coverage", "locations"]
