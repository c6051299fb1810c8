"""Which public record may be used, shown or published on a day: law as data, applied when read.

What is removed, repaired, annulled, disputed or past its term leaves no trace in any answer.
"""

from __future__ import annotations

from queries.lawful.clocks import Channel, Clock, Clocks, clock_for, clocks, due_on
from queries.lawful.keep import Law, Shared
from queries.lawful.lists import Catalogue, ListRule, list_catalogue
from queries.lawful.publication import SUBJECT, Exclusion, publication, why_not_published
from queries.lawful.regimes import PARAMETERS, Ended, Regimes, parameters, regimes
from queries.lawful.repair import Window, repair_effects, repair_law, window_of
from queries.lawful.retention import Retention, RetentionRule, StoreRule, retention_rules
from queries.lawful.table import Barred, barred, ended_records
from queries.lawful.usable import usable, why_ended

__all__ = [
    "PARAMETERS",
    "SUBJECT",
    "Barred",
    "Catalogue",
    "Channel",
    "Clock",
    "Clocks",
    "Ended",
    "Exclusion",
    "Law",
    "ListRule",
    "Regimes",
    "Retention",
    "RetentionRule",
    "Shared",
    "StoreRule",
    "Window",
    "barred",
    "clock_for",
    "clocks",
    "due_on",
    "ended_records",
    "list_catalogue",
    "parameters",
    "publication",
    "regimes",
    "repair_effects",
    "repair_law",
    "retention_rules",
    "usable",
    "why_ended",
    "why_not_published",
    "window_of",
]
