"""What has ended by law is deleted by itself: looked at, carried out, noted."""

from __future__ import annotations

from ingest.retention.records import act_ended, records_over
from ingest.retention.turn import Due, Retained, daily_turn, due, retain

__all__ = ["Due", "Retained", "act_ended", "daily_turn", "due", "records_over", "retain"]
