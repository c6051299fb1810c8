"""What many small batches said, gathered in one file a kind: a copy beside them, for who reads all of it.

    log/compacted/00010000-3f2a…/   up to which batch, and the hash of its manifest
        index.json                  the manifests as they stand, and which rows of a file are whose
        Loan.parquet …              small files of that kind, one after the other
        closures.parquet            the same of what they close

The batches stay the truth, byte for byte, and every large file is read where it lies.  A copy is used
while the log still has that very batch and nothing was deleted since it was made; one that is damaged,
of another schema, or gone is passed over, and made again with the next turn (`graph.compacting`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from filelock import FileLock

from graph.batch import Batch, batch_of
from graph.errors import LogError
from graph.facts import INSTANT, arrow_schema, coded_schema
from graph.private import private_folder
from graph.schema import SCHEMA
from graph.sealed import file_state, harm_of, read_sealed
from graph.tombstones import tombstones

__all__ = [
    "COMPACTED",
    "FORMAT",
    "INDEX",
    "Compacted",
    "Copied",
    "columns_digest",
    "compacted",
    "compacted_harms",
    "compacting_alone",
    "forget_compacted",
    "kinds",
    "last_deletion",
    "seal_of",
]

COMPACTED, INDEX = "compacted", "index.json"
FORMAT = 1


@dataclass(frozen=True, eq=False)
class Compacted:
    """One copy.

    Attributes:
        folder: where it lies.
        batches: of which it knows the manifests; the first of the log, in order.
        ranges: table -> position -> first row and number of rows.
        seals: table -> its seal.
        deletion: hash of the last tombstone when it was made; empty for none.
        columns: digest of the columns that facts had then.
    """

    folder: Path
    batches: tuple[Batch, ...]
    ranges: Mapping[str, Mapping[int, tuple[int, int]]]
    seals: Mapping[str, Mapping[str, Any]]
    deletion: str
    columns: str

    @property
    def position(self) -> int:
        """The last batch that is in it."""
        return len(self.batches)

    def knows(self, batch: Batch) -> bool:
        """Whether it was made of this very batch: another may have come in the place of a lost one."""
        return (
            batch.position <= self.position and self.batches[batch.position - 1].hash == batch.hash
        )

    def read(self, name: str, *, coded: bool = False) -> pa.Table | None:
        """The rows of a table, batch after batch; None where it has none, or cannot be read.

        Args:
            coded: texts as numbers into a dictionary (`graph.facts.coded_schema`).
        """
        if name not in self.seals:
            return None
        fields = coded_schema(name) if coded else ()
        texts = [field.name for field in fields if pa.types.is_dictionary(field.type)]
        try:
            path = self.folder / f"{name}.parquet"
            return read_sealed(path, self.seals[name], read_dictionary=texts)
        except LogError:
            # a copy that was replaced meanwhile, or is damaged: the batches have it all
            return None


@dataclass(frozen=True)
class Copied:
    """What small batches that follow each other say, from their copy.

    Attributes:
        copy, ranges: of one table (`Compacted`).
    """

    batches: Sequence[Batch]
    copy: pa.Table
    ranges: Mapping[int, tuple[int, int]]

    def table(self) -> pa.Table:
        """All of it."""
        first, _ = self.ranges[self.batches[0].position]
        return self.copy.slice(first, sum(self.ranges[self.batches[-1].position]) - first)

    def known_at(self) -> pa.Array:
        """When each row became known."""
        counts = [self.ranges[batch.position][1] for batch in self.batches]
        instants = pa.array([batch.known_at for batch in self.batches], INSTANT)
        return instants.take(pa.array(np.repeat(np.arange(len(counts)), counts)))

    def some(self, rows: int, columns: Sequence[str]) -> Iterator[pa.Table]:
        """So many rows at a time, of those of the columns that are there."""
        whole = self.table().select([name for name in columns if name in self.copy.column_names])
        for first in range(0, len(whole), rows):
            yield whole.slice(first, rows)


def compacted(log_folder: Path) -> Compacted | None:
    """The copy that may be used; None where there is none."""
    for folder in _folders(log_folder):
        found = _remembered(folder)
        if (
            found is not None
            and found.deletion == last_deletion(log_folder)
            and found.columns == columns_digest()
        ):
            return found
    return None


def compacted_harms(log_folder: Path) -> Iterator[str]:
    """What is wrong with a copy, in words; nothing that anybody loses by."""
    for folder in _folders(log_folder):
        found = _remembered(folder)
        if found is None:
            yield f"{COMPACTED}/{folder.name}: 读不出来，将重新生成 / unreadable, will be made again"
            continue
        for name, seal in found.seals.items():
            if harm := harm_of(folder / f"{name}.parquet", seal):
                yield f"{COMPACTED}/{folder.name}/{name}: {harm}"


def forget_compacted(log_folder: Path) -> None:
    """Remove every copy, and what a killed one left: before rows are deleted from the log."""
    shutil.rmtree(log_folder / COMPACTED, ignore_errors=True)


@contextmanager
def compacting_alone(log_folder: Path) -> Iterator[None]:
    """Hold the copies: one makes them at a time, and none while rows are deleted.

    Whoever needs the log for writing as well takes this first.
    """
    private_folder(log_folder)
    with FileLock(log_folder / ".compacting.lock", is_singleton=True):
        yield


def last_deletion(log_folder: Path) -> str:
    """Names what was deleted so far: the hash of the last tombstone."""
    told = tombstones(log_folder)
    return told[-1].hash if told else ""


def seal_of(stated: Mapping[str, Any]) -> str:
    """What an index must say of the rest of itself."""
    told = json.dumps(stated, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


@cache
def columns_digest() -> str:
    """Names the columns that facts have in this version."""
    told = "\n".join(f"{kind}: {arrow_schema(kind)}" for kind in sorted(kinds()))
    return hashlib.sha256(told.encode()).hexdigest()


@cache
def kinds() -> frozenset[str]:
    """The kinds of facts of this version."""
    return frozenset(item.kind for item in SCHEMA.kinds)


def _folders(log_folder: Path) -> list[Path]:
    """Copies that are whole, the newest first: one that is being made has another name."""
    return sorted((log_folder / COMPACTED).glob("[0-9]*-*"), reverse=True)


def _remembered(folder: Path) -> Compacted | None:
    try:
        seen = (folder / INDEX).stat()
    except OSError:
        return None
    return _loaded(folder, file_state(seen))


@lru_cache(maxsize=8)
def _loaded(folder: Path, _file: tuple[int, ...]) -> Compacted | None:
    """An index whose manifests are chained up to the one that its folder names."""
    log_folder = folder.parent.parent
    try:
        stated = json.loads((folder / INDEX).read_bytes())
        seal = stated.pop("seal")
        if stated["format"] != FORMAT or seal != seal_of(stated):
            return None
        batches: list[Batch] = []
        for name, manifest in stated["manifests"]:
            batch = batch_of(manifest.encode(), log_folder / name)
            whole = batch.previous == (batches[-1].hash if batches else "")
            if not whole or batch.position != len(batches) + 1:
                return None
            batches.append(batch)
        if folder.name != f"{len(batches):08d}-{batches[-1].hash[:32]}":
            return None
        ranges = {
            name: {int(position): (first, rows) for position, first, rows in told}
            for name, told in stated["ranges"].items()
        }
        return Compacted(
            folder, tuple(batches), ranges, stated["seals"], stated["deletion"], stated["columns"]
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
