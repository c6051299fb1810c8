"""What became of the rows of a file: counted, and explained where they were refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import InputError
from graph.file_name import shown
from graph.time import Instant
from ingest.finding import RowFinding

__all__ = ["BatchReport", "Refusals", "RefusedFile", "Report"]


@dataclass(frozen=True)
class BatchReport:
    """The fate of one file: `rows_in = accepted + unchanged + quarantined`.

    Attributes:
        position: of its batch in the log; None when the file was already there.
        asserted, closed: facts written, by kind, and facts no longer held as they were.
        ended: facts that a complete list no longer names, by kind: true until its day.
        succeeded: ties of which there is one at a time that end sooner, by kind, since the file names
            another one, or says that there is none any more.
        stale_suspected: facts of its table that stay although a list did not name them.
        missing_parts: parts of the list still to come.
    """

    source: str
    file_name: str
    batch: str
    position: int | None
    known_at: Instant
    rows_in: int
    accepted: int
    unchanged: int
    quarantined: int
    asserted: dict[str, int] = field(default_factory=dict)
    closed: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    succeeded: dict[str, int] = field(default_factory=dict)
    stale_suspected: int = 0
    missing_parts: tuple[int, ...] = ()
    findings: tuple[RowFinding, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_in != self.accepted + self.unchanged + self.quarantined:
            raise AssertionError(f"rows lost: {self}")


@dataclass(frozen=True)
class RefusedFile:
    """A file of which nothing was taken, and why."""

    file_name: str
    code: str
    message_zh: str
    message_en: str


@dataclass(frozen=True)
class Report:
    """The fate of all files of one call.

    Attributes:
        batches: one report a file that was taken in, in order.
        projected: batches written to the graph; None when the graph was not asked.
        refused: files that could not be taken at all.
    """

    batches: tuple[BatchReport, ...]
    projected: int | None
    refused: tuple[RefusedFile, ...] = ()


class Refusals:
    """The files of one call that are refused while those behind them are taken."""

    def __init__(self) -> None:
        self._met: list[tuple[Path, InputError]] = []

    @contextmanager
    def of(self, path: Path) -> Iterator[None]:
        """Whatever is raised of this file is kept, and the next one follows."""
        try:
            yield
        except InputError as error:
            self._met.append((path, error))

    def tell(self) -> None:
        """Raise what was met first, where anything was."""
        if self._met:
            raise self._met[0][1]

    def files(self) -> tuple[RefusedFile, ...]:
        """What was refused, in order."""
        return tuple(
            RefusedFile(shown(path), error.cause_code, error.message_zh, error.message_en)
            for path, error in self._met
        )
