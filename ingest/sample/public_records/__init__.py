"""The public records of a sample district, and what was planted in them.

A subject of its own is one module here with

    FILES: tuple[tuple[str, str], ...]      (source, file) in the order in which they are taken in
    ORDER: int                              where it stands among the modules
    def plant(district: District) -> Planted

and makes no edit elsewhere.  What a module writes is drawn from a generator of its own, so that one
subject more changes no file of another.  `public_truth.json` says under the module's name what was
planted and where; no ingestor reads it.

All plants stand in one district.  Whoever plants on firms brings its own (`own_firms`), so that no truth
touches another's, and has a finder of its name in the tests (`truths`): what that finds in the whole
district and what is planted are held to be equal.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from ingest.sample.public_records.district import District, Planted
from ingest.sample.public_records.writing import write_table

__all__ = ["TRUTH", "District", "Planted", "public_files", "write_public_records"]

#: The answer sheet.
TRUTH = "public_truth.json"


@cache
def _subjects() -> tuple[ModuleType, ...]:
    found = [
        importlib.import_module(f"{__name__}.{item.name}")
        for item in pkgutil.iter_modules(__path__)
    ]
    return tuple(sorted((item for item in found if hasattr(item, "plant")), key=lambda m: m.ORDER))


def public_files() -> Iterator[tuple[str, str]]:
    """(source, file) in the order in which they can be taken in."""
    for subject in _subjects():
        yield from subject.FILES


def write_public_records(folder: Path, *, seed: int = 20260401) -> dict[str, int]:
    """Write the files into a folder that holds a district with its registers; rows by file.

    The same district and seed give the same bytes.
    """
    rows: dict[str, int] = {}
    truth = {}
    for subject in _subjects():
        planted = subject.plant(District(folder, seed, subject.__name__.rpartition(".")[2]))
        for name, table in planted.tables.items():
            rows[name] = write_table(folder / name, table)
        truth[subject.__name__.rpartition(".")[2]] = planted.truth
    text = json.dumps(truth, ensure_ascii=False, indent=1, default=str)
    (folder / TRUTH).write_text(text, encoding="utf-8")
    return rows
