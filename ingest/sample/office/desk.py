"""The desk at which something is planted: the books, the district, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from graph.operations import OfficeBooks
from graph.time import day_of
from ingest.sample.consents import households_of, kind_of
from queries.reader import Reader

__all__ = ["Desk"]


@dataclass(frozen=True)
class Desk:
    """Attributes:
    reader: who sees the whole district.
    at: until when things were done; days are counted back from it.
    """

    office: OfficeBooks
    reader: Reader
    at: datetime

    def ago(self, days: int) -> datetime:
        """The instant so many days before."""
        return self.at - timedelta(days=days)

    def day(self, days: int) -> date:
        """The day so many days before; after it where negative."""
        return day_of(self.at) - timedelta(days=days)

    @cached_property
    def householders(self) -> dict[str, list[str]]:
        """Keys of one person of each household, by what became of the household's consent
        (`ingest.sample.consents.SHARES`), in the order of the households' keys."""
        found: dict[str, list[str]] = {}
        for household, leading in households_of(self.reader):
            kind = kind_of(household)
            if kind is not None and leading:
                found.setdefault(kind, []).append(leading[0])
        return found
