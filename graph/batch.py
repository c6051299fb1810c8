"""One committed batch of the log, as its manifest states it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from graph.identifiers.older_masks import shortened
from graph.log_damage import batch_unreadable
from graph.sealed import file_state

__all__ = ["CLOSURES", "MANIFEST", "Batch", "batch_of", "load", "remembered"]

MANIFEST = "manifest.json"
#: The table of what a batch closes.
CLOSURES = "closures"


@dataclass(frozen=True)
class Batch:
    """One committed batch.

    Attributes:
        position: 1 for the first batch, then one more each.
        batch: its name, unique in the log: source and content hash.
        known_at: when its facts became known; strictly later than the batch before.
        counts: rows in the file by fate (`rows_in = accepted + unchanged + quarantined`).
        files: table name -> {sha256, rows}.
        key: names the identity key under which its persons are kept (`graph.secrets`); empty in
            a log of before 2026-12, whose masks are read as they are kept now.
        notes: what ingest says of the delivery (its table, which part of a list it is).
        hash: sha256 of the manifest, which the next manifest repeats.
    """

    position: int
    batch: str
    source: str
    file_name: str
    content_sha256: str
    known_at: datetime
    counts: Mapping[str, int]
    files: Mapping[str, Mapping[str, Any]]
    notes: Mapping[str, Any]
    previous: str
    hash: str
    folder: Path
    key: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """Fact kinds that this batch asserts."""
        return tuple(name for name in self.files if name[0].isupper())

    @property
    def fact_count(self) -> int:
        """How many facts it asserts."""
        return sum(int(self.files[kind]["rows"]) for kind in self.kinds)

    def closes(self, kind: str) -> bool:
        """Whether it closes facts of a kind."""
        stated = self.files.get(CLOSURES)
        # manifests written before 2026-12 do not say which kinds
        return stated is not None and kind in stated.get("kinds", (kind,))


def remembered(folder: Path) -> Batch:
    """The batch of a folder; its manifest is read again only where it is another file by now."""
    try:
        seen = (folder / MANIFEST).stat()
    except OSError:
        return load(folder)
    return _loaded(folder, file_state(seen))


@lru_cache(maxsize=20_000)
def _loaded(folder: Path, _file: tuple[int, ...]) -> Batch:
    return load(folder)


def load(folder: Path) -> Batch:
    """The batch of a folder; raises `LogError` (`log_damaged`) for a manifest that is none."""
    try:
        return batch_of((folder / MANIFEST).read_bytes(), folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise batch_unreadable(folder.name, error) from error


def batch_of(raw: bytes, folder: Path) -> Batch:
    """The batch that a manifest states; raises what reading JSON raises."""
    stated = json.loads(raw)
    return Batch(
        position=stated["position"],
        batch=stated["batch"],
        source=stated["source"],
        file_name=shortened(stated["file_name"]),
        content_sha256=stated["content_sha256"],
        known_at=datetime.fromisoformat(stated["known_at"]),
        counts=stated["counts"],
        files=stated["files"],
        notes=stated.get("notes", {}),
        previous=stated["previous"],
        hash=hashlib.sha256(raw).hexdigest(),
        folder=folder,
        key=stated.get("key", ""),
    )
