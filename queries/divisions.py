"""What places are called: division keys are for programs, names for people."""

from __future__ import annotations

from datetime import date, datetime

from graph.log import FactLog

__all__ = ["division_names"]

_KINDS = ("County", "Town", "Village")


def division_names(log: FactLog, as_of: date, known_at: datetime) -> dict[str, str]:
    """Name of every county, town and village of the log, by division key; heard last counts."""
    names: dict[str, str] = {}
    for kind in _KINDS:
        told = log.read(kind, as_of=as_of, known_at=known_at).sort_by("known_from")
        pairs = zip(told["key"].to_pylist(), told["name"].to_pylist(), strict=True)
        names |= {key: name for key, name in pairs if name}
    return names
