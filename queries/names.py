"""What places and institutions are called: keys are for programs, names for people."""

from __future__ import annotations

from datetime import date, datetime

from graph.log import FactLog
from graph.resolution import redirects

__all__ = ["division_names", "institution_names", "recoded_divisions"]


def division_names(log: FactLog, as_of: date, known_at: datetime) -> dict[str, str]:
    """Name of every county, town and village of the log, by division key; heard last counts."""
    return _names(log, ("County", "Town", "Village"), as_of, known_at)


def institution_names(log: FactLog, as_of: date, known_at: datetime) -> dict[str, str]:
    """Name of every financial institution of the log, by key; heard last counts."""
    return _names(log, ("FinancialInstitution",), as_of, known_at)


def _names(log: FactLog, kinds: tuple[str, ...], as_of: date, known_at: datetime) -> dict[str, str]:
    names: dict[str, str] = {}
    for kind in kinds:
        told = log.read(kind, as_of=as_of, known_at=known_at).sort_by("known_from")
        pairs = zip(told["key"].to_pylist(), told["name"].to_pylist(), strict=True)
        names |= {key: name for key, name in pairs if name}
    return names


def recoded_divisions(log: FactLog, as_of: date, known_at: datetime) -> dict[str, str]:
    """Former keys of divisions -> those of today."""
    told = log.read("RECODED_AS", as_of=as_of, known_at=known_at).to_pylist()
    return {key: stays for key, (stays, _) in redirects(told).items()}
