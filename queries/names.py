"""What places and institutions are called: keys are for programs, names for people."""

from __future__ import annotations

from datetime import date, datetime

from graph.log_view import AnyLog
from graph.resolution import redirects
from queries.visible import as_view

__all__ = ["division_names", "institution_names", "recoded_divisions"]


def division_names(log: AnyLog, as_of: date, known_at: datetime) -> dict[str, str]:
    """Name of every county, town and village of the log, by division key; heard last counts."""
    return _names(log, ("County", "Town", "Village"), as_of, known_at)


def institution_names(log: AnyLog, as_of: date, known_at: datetime) -> dict[str, str]:
    """Name of every financial institution of the log, by key; heard last counts."""
    return _names(log, ("FinancialInstitution",), as_of, known_at)


def _names(log: AnyLog, kinds: tuple[str, ...], as_of: date, known_at: datetime) -> dict[str, str]:
    names: dict[str, str] = {}
    held = as_view(log).at(as_of, known_at)
    for kind in kinds:
        # a page may name a place under the code that it had
        told = held.as_said(kind).sort_by("known_from")
        pairs = zip(told["key"].to_pylist(), told["name"].to_pylist(), strict=True)
        names |= {key: name for key, name in pairs if name}
    return names


def recoded_divisions(log: AnyLog, as_of: date, known_at: datetime) -> dict[str, str]:
    """Former keys of divisions -> those of today."""
    told = as_view(log).at(as_of, known_at).as_said("RECODED_AS").to_pylist()
    return {key: stays for key, (stays, _) in redirects(told).items()}
