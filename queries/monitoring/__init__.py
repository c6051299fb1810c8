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
from queries.monitoring.watching import (
    Watched,
    WatchNews,
    is_watched,
    note_seen,
    unwatch,
    watch,
    watch_news,
    watched,
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
    "WatchNews",
    "Watched",
    "end_subscription",
    "identity",
    "inbox",
    "is_watched",
    "load_monitoring",
    "mark_read",
    "note_seen",
    "subscribe",
    "subscriber",
    "subscriptions",
    "unwatch",
    "wanted",
    "warning_list",
    "warning_register",
    "watch",
    "watch_news",
    "watched",
]
