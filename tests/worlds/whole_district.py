"""One sample district with everybody's plants together, taken in without an engine."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

from api.services import Services
from graph.settings import Settings
from graph.time import utc_now
from ingest import ingest
from ingest.report import BatchReport
from ingest.sample import registers, steps, write_district, write_registers
from ingest.sample.consents import households_of, register_sample
from ingest.sample.office import plant_all
from ingest.sample.public_records import TRUTH, write_public_records
from queries.reader import Reader
from queries.scope import ADMINISTRATOR

__all__ = ["DAY", "WholeDistrict", "whole_district"]

#: The day on which the truth is asked for: later ones are no different, earlier ones are.
DAY = date(2026, 12, 1)
#: What the reports said and what was planted at the office, beside the files.
_TOLD = "told.pickle"


@dataclass(frozen=True)
class WholeDistrict:
    """What was planted, and everything that answers about it.

    Attributes:
        reports: of every batch, in the order in which files came.
        planted: by module, as `public_truth.json` says it of files and the office itself of what was
            done there.  base, registers: what was there before.
        worked: what was planted at the office, up to `worked_at`.
    """

    folder: Path
    services: Services
    reports: tuple[BatchReport, ...]
    worked: Mapping[str, Any]
    worked_at: datetime

    @cached_property
    def planted(self) -> dict[str, Any]:
        return {**self._sheet(TRUTH), **self.worked}

    @cached_property
    def base(self) -> dict[str, Any]:
        return self._sheet("truth.json")

    @cached_property
    def registers(self) -> dict[str, Any]:
        return self._sheet(registers.TRUTH)

    def _sheet(self, name: str) -> dict[str, Any]:
        return dict(json.loads((self.folder / name).read_text(encoding="utf-8")))

    @cached_property
    def reader(self) -> Reader:
        """Who sees all of it, on the day."""
        return self.services.reader(ADMINISTRATOR, as_of=DAY)

    def refused(self) -> dict[str, list[list[Any]]]:
        """Row and code of what was refused, by file."""
        found: dict[str, list[list[Any]]] = {}
        for report in self.reports:
            for item in report.findings:
                if item.severity == "error":
                    found.setdefault(report.file_name, []).append([item.row, item.code])
        return {name: sorted(rows) for name, rows in found.items()}

    def file_of(self, batch: str) -> str:
        """What the file of a batch is called."""
        return next(item.file_name for item in self.reports if item.batch == batch)

    def table(self, name: str) -> Any:
        """A text file of the district, all cells as text."""
        return pd.read_csv(self.folder / name, dtype=str, encoding="utf-8-sig").fillna("")


@contextmanager
def whole_district(folder: Path, *, persons: int, made_in: Path) -> Iterator[WholeDistrict]:
    """It taken in, worked on and answering in a folder of one's own.

    It is made once, in `made_in`, whichever process of tests comes first; the others take a copy.
    """
    made = made_in / f"whole_district_{persons}"
    with FileLock(made.with_suffix(".lock")):
        if not (made / _TOLD).exists():
            _make(made, persons)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    reports, worked, now = pickle.loads((folder / _TOLD).read_bytes())
    with Services(Settings(data=folder / "data"), reads_graph=False) as services:
        yield WholeDistrict(folder, services, reports, worked, now)


def _make(folder: Path, persons: int) -> None:
    """Write it, take every file in, and have the office work."""
    shutil.rmtree(folder, ignore_errors=True)
    write_district(folder, persons=persons)
    write_registers(folder)
    write_public_records(folder)
    settings = Settings(data=folder / "data")
    reports: list[BatchReport] = []
    for source, path in steps(folder):
        reports += ingest(source, [path], settings=settings, into_graph=False).batches
    with Services(settings, reads_graph=False) as services:
        # what the office does is of today: nothing of later days is taken in
        reader, now = services.reader(ADMINISTRATOR), utc_now()
        register_sample(services.office, households_of(reader), at=now)
        worked = plant_all(services.office, reader, at=now)
    (folder / _TOLD).write_bytes(pickle.dumps((tuple(reports), worked, now)))
