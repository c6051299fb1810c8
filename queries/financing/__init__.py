"""The financing loop as it is looked at: inbox, progress, terms, figures, and the check of a first loan."""

from __future__ import annotations

from queries.financing.consent import PURPOSE, HasConsent
from queries.financing.first_loan import first_loan
from queries.financing.inbox import (
    Inbox,
    InboxRow,
    Progress,
    cut_to,
    inbox_of,
    progress_of,
)
from queries.financing.indicators import LOOP_FIGURES, LoopFigure, loop_figures
from queries.financing.limits import Waiting, financing_limits, waiting_for

__all__ = [
    "LOOP_FIGURES",
    "PURPOSE",
    "HasConsent",
    "Inbox",
    "InboxRow",
    "LoopFigure",
    "Progress",
    "Waiting",
    "cut_to",
    "financing_limits",
    "first_loan",
    "inbox_of",
    "loop_figures",
    "progress_of",
    "waiting_for",
]
