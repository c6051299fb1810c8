"""Which public record may be used, shown or published on a day: law as data, applied when read.

What is removed, repaired, annulled, disputed or past its term leaves no trace in any answer.
"""

from __future__ import annotations

from queries.lawful.keep import Law
from queries.lawful.lists import Catalogue, ListRule, list_catalogue
from queries.lawful.regimes import PARAMETERS, Ended, Regimes, parameters, regimes
from queries.lawful.repair import Window, repair_effects, repair_law, window_of
from queries.lawful.retention import Retention, RetentionRule, retention_rules
from queries.lawful.table import Barred, barred, ended_records
from queries.lawful.usable import usable, why_ended

__all__ = [
    "PARAMETERS",
    "Barred",
    "Catalogue",
    "Ended",
    "Law",
    "ListRule",
    "Regimes",
    "Retention",
    "RetentionRule",
    "Window",
    "barred",
    "ended_records",
    "list_catalogue",
    "parameters",
    "regimes",
    "repair_effects",
    "repair_law",
    "retention_rules",
    "usable",
    "why_ended",
    "window_of",
]
