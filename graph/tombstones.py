"""Tombstones: which rows of the log were lawfully deleted, by whom and why, and what is left.

    log/erasures/00000001.json      one deletion; files by number, each states the one before it
    log/00000003-…/Person.e1.parquet   what is left of a file after deletion 1

The manifests of batches stay as they were written, so that their chain holds: a tombstone says that in
place of a file that a manifest states another one is read, with its own seal.  It is signed
(`graph.signing`) and tells nobody's name: whom it was about are keyed hashes.

Placing the tombstone is the commit.  What it needs lies there before; what it replaces is removed after,
by this writer or, where this one is killed, by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from graph.errors import LogError
from graph.private import private_folder
from graph.sealed import file_state, sync
from graph.signing import Signer, is_signed

__all__ = ["ERASURES", "Tombstone", "harms", "place", "standing", "tidy", "tombstones"]

#: In which they lie, in the log.
ERASURES = "erasures"
#: Stands while a deletion may have left files behind.
_UNTIDY = ".untidy"
_STATED = ("number", "at", "ground", "reason", "by", "second", "subjects", "files", "previous")


@dataclass(frozen=True)
class Tombstone:
    """One deletion.

    Attributes:
        ground: code of the legal ground.
        by, second: who carried it out, and who else stands for it.
        subjects: keyed hashes of what was deleted (`ingest.erasure`): whether a value is among them can
            be asked, what they were cannot.
        files: `batch folder/table` -> what stands in its place (`file`, `rows`, `sha256`, `footer`),
            with the number of rows `erased` and the hash of the file that was there (`before`).
        public, signature: by whom it is signed.
        hash: sha256 of its file, which the next one states.
    """

    number: int
    at: datetime
    ground: str
    reason: str
    by: str
    second: str
    subjects: tuple[str, ...]
    files: Mapping[str, Mapping[str, Any]] = field(hash=False)
    previous: str
    public: str
    signature: str
    hash: str

    @property
    def erased(self) -> int:
        """How many rows are gone."""
        return sum(int(stated["erased"]) for stated in self.files.values())


def tombstones(log_folder: Path) -> tuple[Tombstone, ...]:
    """Every deletion, in order.

    Raises `LogError` (`log_damaged`) for one that is missing, altered or not signed.
    """
    folder = log_folder / ERASURES
    try:
        files = sorted(folder.glob("[0-9]*.json"))
        seen = [(path.name, path.stat()) for path in files]
    except OSError:
        return ()
    return _read(folder, tuple((name, *file_state(at)) for name, at in seen))


def standing(folder: Path, name: str, stated: Mapping[str, Any]) -> tuple[Path, Mapping[str, Any]]:
    """The file that is read for a table of a batch, and its seal: that of the manifest, or what a
    deletion left."""
    found = _left(folder.parent).get(f"{folder.name}/{name}")
    if found is None:
        return folder / f"{name}.parquet", stated
    return folder / str(found["file"]), found


def place(
    log_folder: Path,
    signer: Signer,
    *,
    at: datetime,
    ground: str,
    reason: str,
    by: str,
    second: str,
    subjects: Sequence[str],
    files: Mapping[str, Mapping[str, Any]],
) -> Tombstone:
    """Commit a deletion whose files lie there; the log is held for writing (`FactLog.writer`)."""
    before = tombstones(log_folder)
    stated = {
        "number": len(before) + 1,
        "at": at.astimezone(UTC).isoformat(),
        "ground": ground,
        "reason": reason,
        "by": by,
        "second": second,
        "subjects": sorted(subjects),
        "files": {name: dict(files[name]) for name in sorted(files)},
        "previous": before[-1].hash if before else "",
    }
    signed = {**stated, "public": signer.public, "signature": signer.sign(_text(stated))}
    folder = private_folder(log_folder / ERASURES)
    aside = folder / f".{stated['number']:08d}.{os.getpid()}"
    aside.write_bytes(_text(signed))
    sync(aside)
    aside.rename(folder / f"{stated['number']:08d}.json")
    sync(folder)
    return tombstones(log_folder)[-1]


def begin(log_folder: Path) -> int:
    """Number of the deletion that begins now; what it may leave behind is noted first."""
    folder = private_folder(log_folder / ERASURES)
    (folder / _UNTIDY).touch()
    sync(folder)
    return len(tombstones(log_folder)) + 1


def tidy(log_folder: Path) -> None:
    """Remove what a deletion replaced, and what a killed one left; nothing where there was none."""
    folder = log_folder / ERASURES
    if not (folder / _UNTIDY).exists():
        return
    for left in folder.glob(".0*"):
        left.unlink()
    wanted = {
        f"{name.partition('/')[0]}/{stated['file']}" for name, stated in _left(log_folder).items()
    }
    for path in log_folder.glob("[0-9]*-*/*.parquet"):
        table, _, rest = path.name.partition(".")
        is_left = rest.startswith("e") and f"{path.parent.name}/{path.name}" not in wanted
        is_replaced = rest == "parquet" and f"{path.parent.name}/{table}" in _left(log_folder)
        if is_left or is_replaced:
            path.unlink()
            sync(path.parent)
    (folder / _UNTIDY).unlink()
    sync(folder)


def harms(log_folder: Path) -> Iterator[str]:
    """What is wrong with the tombstones, in words."""
    try:
        tombstones(log_folder)
    except LogError as error:
        yield error.message_zh


def _left(log_folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Table of a batch -> what the last deletion left of it."""
    return _merged(tombstones(log_folder))


@lru_cache(maxsize=64)
def _merged(told: tuple[Tombstone, ...]) -> Mapping[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for item in told:
        found |= item.files
    return found


@lru_cache(maxsize=64)
def _read(folder: Path, _state: tuple[tuple[str | int, ...], ...]) -> tuple[Tombstone, ...]:
    told: list[Tombstone] = []
    for number, path in enumerate(sorted(folder.glob("[0-9]*.json")), start=1):
        try:
            raw = path.read_bytes()
            held = json.loads(raw)
            stated = {name: held[name] for name in _STATED}
            public, signature = held["public"], held["signature"]
            whole = (
                stated["number"] == number == int(path.stem)
                and stated["previous"] == (told[-1].hash if told else "")
                and is_signed(public, _text(stated), signature)
            )
            if not whole:
                raise ValueError("not what was written")
            stated["at"] = datetime.fromisoformat(stated["at"])
            stated["subjects"] = tuple(stated["subjects"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LogError(
                f"事实日志的删除记录 {path.name} 缺失、被改动或签名不符，没有用它得出任何结果。"
                "请从备份恢复 log/erasures 目录，再运行 xinnong check。",
                f"The record of deletion {path.name} is not what was written: restore log/erasures.",
                code="log_damaged",
            ) from error
        told.append(
            Tombstone(
                **stated,
                public=public,
                signature=signature,
                hash=hashlib.sha256(raw).hexdigest(),
            )
        )
    return tuple(told)


def _text(stated: Mapping[str, Any]) -> bytes:
    return json.dumps(stated, ensure_ascii=False, sort_keys=True, indent=1).encode()
