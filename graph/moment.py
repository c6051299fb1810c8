"""The moment of an answer: both clocks and how far the log was, taken once and handed on.

Whatever makes one answer (a request, a page, a command, a job) reads at one moment, so that what is
taken in while it is made changes nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from graph.covered_sources import coverage_days
from graph.errors import NotFoundError
from graph.log import Batch
from graph.provenance import Provenance
from graph.time import day_of, today

__all__ = ["Moment", "lawful_on"]


def lawful_on(as_of: date, known_at: datetime) -> date:
    """The day by which law is applied: the later of both clocks, in China.

    A repair known today also protects the past.
    """
    return max(as_of, day_of(known_at))


@dataclass(frozen=True)
class Moment:
    """When an answer is, and on which data it stands.

    Attributes:
        as_of: the day that it is about, in China.
        known_at: later news is not in it.
        batches: those that were known by then, in the order of the log.
    """

    as_of: date
    known_at: datetime
    batches: tuple[Batch, ...]

    @classmethod
    def of(
        cls,
        batches: Iterable[Batch],
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Moment:
        """The moment on these batches; `as_of` is today by default, `known_at` the last batch's.

        Raises `NotFoundError` (`nothing_known`) where nothing was known by then.
        """
        told = tuple(item for item in batches if known_at is None or item.known_at <= known_at)
        if not told:
            raise NotFoundError(
                "在该时点还没有任何数据。请先运行 xinnong ingest。",
                "Nothing was known by then: run `xinnong ingest` first.",
                code="nothing_known",
            )
        return cls(as_of or today(), known_at or told[-1].known_at, told)

    @property
    def position(self) -> int:
        """Of the last batch that was known."""
        return self.batches[-1].position

    @property
    def head(self) -> str:
        """Hash of the last batch that was known: names the state of the data."""
        return self.batches[-1].hash

    @property
    def lawful_on(self) -> date:
        """The day by which law is applied (`lawful_on`)."""
        return lawful_on(self.as_of, self.known_at)

    @cached_property
    def sources(self) -> dict[str, date]:
        """What was taken in by then, and on which day it last came (`graph.covered_sources`)."""
        return coverage_days(self.batches)

    @cached_property
    def provenance(self) -> Provenance:
        """Which sources are registers, and which are not to be named (`graph.provenance`)."""
        return Provenance.of(self.batches)

    @property
    def veiled(self) -> tuple[str, ...]:
        """Sources that are shown as "其他来源" where they say what a party is."""
        return tuple(sorted(self.provenance.veiled))

    @property
    def registers(self) -> tuple[str, ...]:
        """What each register describes, as `source/kind`: their word on it counts first."""
        return tuple(sorted(f"{source}/{kind}" for source, kind in self.provenance.registers))

    def parameters(self) -> dict[str, date | datetime]:
        """What every question is given."""
        return {"as_of": self.as_of, "known_at": self.known_at, "lawful_on": self.lawful_on}
