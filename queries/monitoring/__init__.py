"""Sector monitoring: warnings when something about a subject of a sector changes, and who is told.

A warning is no finding.  It follows from proven facts that may be used today, never from a resemblance.
"""

from __future__ import annotations

from queries.monitoring.event import NOTICE, Evidence, SectorWarning, identity
from queries.monitoring.inbox import Inbox, InboxItem, inbox, mark_read
from queries.monitoring.register import (
    WarningList,
    WarningRegister,
    warning_list,
    warning_register,
)
from queries.monitoring.rule_book import RuleBook, load_monitoring
from queries.monitoring.sector import CLASSES, Sector
from queries.monitoring.subscription import (
    Running,
    Wanted,
    end_subscription,
    subscribe,
    subscriber,
    subscriptions,
    wanted,
)

__all__ = [
    "CLASSES",
    "NOTICE",
    "Evidence",
    "Inbox",
    "InboxItem",
    "RuleBook",
    "Running",
    "Sector",
    "SectorWarning",
    "Wanted",
    "WarningList",
    "WarningRegister",
    "end_subscription",
    "identity",
    "inbox",
    "load_monitoring",
    "mark_read",
    "subscribe",
    "subscriber",
    "subscriptions",
    "wanted",
    "warning_list",
    "warning_register",
]
