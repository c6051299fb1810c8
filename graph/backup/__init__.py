"""Backup and restore of one installation: log, operations store, what lies beside, secrets apart.

The graph is not in it: it follows from the log, and is made again.
"""

from __future__ import annotations

from graph.backup.making import Backup, back_up, secrets_beside, verify_backup
from graph.backup.restoring import RESTORING, restore
from graph.backup.turns import Turn, TurnOfBackups, backups_in, next_turn

__all__ = [
    "RESTORING",
    "Backup",
    "Turn",
    "TurnOfBackups",
    "back_up",
    "backups_in",
    "next_turn",
    "restore",
    "secrets_beside",
    "verify_backup",
]
