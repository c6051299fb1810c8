"""Gather what many small batches said, so that who reads a kind opens one file and not ten thousand.

    copy made beside      nobody sees it
    renamed into place    readers use it from here on
    older ones removed

Killed anywhere, the log is what it was: the next one clears what was left (ADR 0170).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from graph.batch import CLOSURES, MANIFEST, Batch
from graph.compacted import (
    COMPACTED,
    FORMAT,
    INDEX,
    columns_digest,
    compacted,
    compacting_alone,
    kinds,
    last_deletion,
    seal_of,
)
from graph.log import FactLog
from graph.log_damage import altered, unwritable
from graph.private import private_folder
from graph.progress import Progress, silent
from graph.sealed import sync, write_sealed
from graph.tombstones import standing

__all__ = ["SMALL_ROWS", "WORTH_BATCHES", "compact", "compact_if_worth"]

#: A file of fewer rows is small: to open it takes longer than to read it.
SMALL_ROWS = 4_096
#: So many batches that no copy knows make one worth its work.
WORTH_BATCHES = 200
_MAKING = ".making-"


def compact_if_worth(log: FactLog, *, progress: Progress | None = None) -> int | None:
    """`compact`, where enough batches came since the last copy; None where they did not."""
    there = compacted(log.folder)
    came = len(log.batches()) - (there.position if there else 0)
    return compact(log, progress=progress) if came >= WORTH_BATCHES else None


def compact(log: FactLog | Path, *, progress: Progress | None = None) -> int | None:
    """Make a copy of what small batches said up to now; batches may be committed meanwhile.

    Returns the position up to which it goes; None for an empty log.  Raises `LogError` as reading
    the log does, and `log_unwritable`.
    """
    say = progress or silent
    log = FactLog(log) if isinstance(log, Path) else log
    with compacting_alone(log.folder):
        batches = log.batches()
        if not batches:
            return None
        folder = private_folder(log.folder / COMPACTED)
        for left in folder.glob(f"{_MAKING}*"):
            shutil.rmtree(left)
        place = folder / f"{len(batches):08d}-{batches[-1].hash[:32]}"
        try:
            if not place.exists() or compacted(log.folder) is None:
                aside = private_folder(folder / f"{_MAKING}{os.getpid()}")
                _write(log, batches, aside, say)
                shutil.rmtree(place, ignore_errors=True)
                aside.rename(place)
                sync(folder)
            for other in folder.glob("[0-9]*-*"):
                if other != place:
                    shutil.rmtree(other)
        except OSError as error:
            raise unwritable(log.folder, error) from error
    return len(batches)


def _write(log: FactLog, batches: list[Batch], aside: Path, say: Progress) -> None:
    names = sorted({name for batch in batches for name in batch.files if _is_gathered(name)})
    ranges: dict[str, list[list[int]]] = {}
    seals: dict[str, dict[str, Any]] = {}
    for done, name in enumerate(names):
        say("合并小批次", done, len(names))
        pieces = [*_small(log, batches, name)]
        if len(pieces) < 2:
            continue  # one file is one file
        first, told = 0, []
        for position, table in pieces:
            told.append([position, first, len(table)])
            first += len(table)
        whole = pa.concat_tables([table for _, table in pieces]).unify_dictionaries()
        seals[name] = write_sealed(aside / f"{name}.parquet", whole, store_schema=False)
        ranges[name] = told
    stated = {
        "format": FORMAT,
        "manifests": [[batch.folder.name, _manifest(batch)] for batch in batches],
        "ranges": ranges,
        "seals": seals,
        "deletion": last_deletion(log.folder),
        "columns": columns_digest(),
    }
    text = json.dumps({**stated, "seal": seal_of(stated)}, ensure_ascii=False)
    (aside / INDEX).write_text(text, encoding="utf-8")
    sync(aside / INDEX)
    sync(aside)


def _is_gathered(name: str) -> bool:
    return name in kinds() or name == CLOSURES


def _small(log: FactLog, batches: list[Batch], name: str) -> Iterator[tuple[int, pa.Table]]:
    """Position and rows of every small file of a table; of those that an earlier copy has, from it."""
    there = compacted(log.folder)
    known = there.ranges.get(name, {}) if there else {}
    copied = there.read(name, coded=name != CLOSURES) if there and known else None
    for batch in batches:
        if name not in batch.files or _rows(batch, name) >= SMALL_ROWS:
            continue
        if there and copied is not None and batch.position in known and there.knows(batch):
            yield batch.position, copied.slice(*known[batch.position])
        elif name == CLOSURES:
            yield batch.position, log.closures(batch)
        else:
            yield batch.position, log.facts(batch, name, coded=True)


def _rows(batch: Batch, name: str) -> int:
    _, seal = standing(batch.folder, name, batch.files[name])
    return int(seal["rows"])


def _manifest(batch: Batch) -> str:
    raw = (batch.folder / MANIFEST).read_bytes()
    if hashlib.sha256(raw).hexdigest() != batch.hash:
        raise altered(batch.folder.name)
    return raw.decode()
