"""How far the log had come, noted beside its batches: a last batch that is lost is missed.

Every manifest states the one before it, so a batch that is lost or altered in the middle shows;
nothing states the last.  `head.json` does.  It is written before the commit and put in place after
it, so that a kill in between leaves one that is a batch behind, never one that is ahead.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from graph.sealed import sync

__all__ = ["HEAD", "Head", "place_head", "prepare_head", "read_head"]

HEAD = "head.json"


@dataclass(frozen=True)
class Head:
    """The last batch that was committed: its position, and the hash of its manifest."""

    position: int
    hash: str


def read_head(folder: Path) -> Head | None:
    """What is noted; None in a log of before, and where the note itself is damaged.

    It is a witness and no truth: `FactLog.verify` says that it is damaged, and nothing depends on
    it that a commit does not put right.
    """
    try:
        stated = json.loads((folder / HEAD).read_text(encoding="utf-8"))
        head = Head(stated["position"], stated["hash"])
        return head if stated["seal"] == _seal(head) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def prepare_head(folder: Path, head: Head) -> Path:
    """Write the note aside, whole and on the disk; returns where it lies."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{HEAD}.{os.getpid()}"
    stated = {"position": head.position, "hash": head.hash, "seal": _seal(head)}
    aside.write_text(json.dumps(stated), encoding="utf-8")
    sync(aside)
    return aside


def place_head(folder: Path, aside: Path) -> None:
    """Put the note in place."""
    aside.replace(folder / HEAD)
    sync(folder)


def _seal(head: Head) -> str:
    return hashlib.sha256(f"{head.position} {head.hash}".encode()).hexdigest()
