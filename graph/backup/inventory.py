"""What is in a backup, and that it is whole: written last, so that half a backup has none.

    FOLDER/                 FOLDER.secrets/
        inventory.json          inventory.json      hash and size of every file, and what pairs them
        data/log/…              data/secrets.json
        data/operations.sqlite3
        data/quarantine/…

Hashes of secrets stand beside the secrets only: from the hash of a short one it could be guessed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.backup.refusals import damaged, unfinished
from graph.sealed import sync

__all__ = [
    "DATA",
    "INVENTORY",
    "Inventory",
    "Item",
    "copied",
    "item_of",
    "read_inventory",
    "write_inventory",
]

INVENTORY = "inventory.json"
#: The files, in the places that they have in a data folder.
DATA = "data"
#: Of this file.
_FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Item:
    """One file of a backup."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Inventory:
    """What a backup holds.

    Attributes:
        pair: the same in a backup and its secrets, and in no other.
        made_at: when, as ISO 8601 with offset.
        position, head: the last batch of the log that is in it, and the hash of its manifest; 0 and
            empty for a log without any.
        schema: version of the tables of the operations store; empty where there was no store.
        files: place in a data folder, with `/`, to the file.
    """

    pair: str
    made_at: str
    position: int
    head: str
    schema: str
    files: dict[str, Item]

    def digest(self) -> str:
        """Names the backup: two that hold the same bytes at the same instant have the same."""
        return hashlib.sha256(_text(self).encode()).hexdigest()

    def harm(self, folder: Path) -> Iterator[str]:
        """What is not as it was written, in words."""
        data = folder / DATA
        there = {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()}
        yield from (f"{name}: 缺失 / missing" for name in sorted(self.files.keys() - there))
        yield from (f"{name}: 多余 / not of the backup" for name in sorted(there - {*self.files}))
        for name in sorted(there & self.files.keys()):
            if item_of(data / name) != self.files[name]:
                yield f"{name}: 内容被改动 / altered"


def copied(source: Path, target: Path) -> Item:
    """Copy a file, its owner's alone; returns what was written."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as read, os.fdopen(descriptor, "wb") as write:
        while chunk := read.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            write.write(chunk)
    return Item(digest.hexdigest(), size)


def write_inventory(folder: Path, inventory: Inventory) -> None:
    """Say that a backup is whole: what it says is on the disk by then."""
    if hasattr(os, "sync"):
        os.sync()
    aside = folder / f".{INVENTORY}"
    aside.write_text(_text(inventory), encoding="utf-8")
    sync(aside)
    aside.replace(folder / INVENTORY)
    sync(folder)


def read_inventory(folder: Path) -> Inventory:
    """What a backup says of itself.

    Raises `InputError`: `backup_unfinished` where it says nothing, `backup_damaged`.
    """
    try:
        text = (folder / INVENTORY).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise unfinished(folder) from None
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(folder, INVENTORY) from error
    try:
        told = json.loads(text)
        seal, stated = told.pop("seal"), told
        files = {name: Item(**item) for name, item in stated.pop("files").items()}
        if stated.pop("format") != _FORMAT:
            raise ValueError
        found = Inventory(**stated, files=files)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(folder, INVENTORY) from error
    if seal != _seal(found) or any(_leaves(name) for name in found.files):
        raise damaged(folder, INVENTORY)
    return found


def _leaves(name: str) -> bool:
    """Whether a place lies outside of a data folder: what is restored is written there."""
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name


def item_of(path: Path) -> Item:
    """The file that lies there."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as read:
        while chunk := read.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Item(digest.hexdigest(), size)


def _stated(inventory: Inventory) -> dict[str, object]:
    return {"format": _FORMAT, **asdict(inventory)}


def _seal(inventory: Inventory) -> str:
    told = json.dumps(_stated(inventory), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _text(inventory: Inventory) -> str:
    told = {**_stated(inventory), "seal": _seal(inventory)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1)
