"""The audit looked at: unusual reading, found by rules that are data."""

from __future__ import annotations

from queries.audit.alerts import Look, alerts_of
from queries.audit.rules import AlertRules, load_alert_rules
from queries.audit.watching import raise_alerts

__all__ = ["AlertRules", "Look", "alerts_of", "load_alert_rules", "raise_alerts"]
