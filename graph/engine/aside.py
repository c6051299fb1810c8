"""A store that does not open is set aside: the log is the truth, the graph is made from it again.

    engine/data       the store
    engine/aside      the last one that was set aside, with `why.txt`; may be deleted
    engine/unfilled   names the new store from then until the log was written into it

Only our own engine's store, never a Neo4j that the settings name.
"""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graph.settings import Settings
from graph.time import utc_now

__all__ = [
    "SetAside",
    "awaits_filling",
    "last_set_aside",
    "put_back",
    "set_aside",
    "was_filled",
    "will_be_new",
]

_PARTS = ("data", "password_set")
_WHY = "why.txt"


@dataclass(frozen=True)
class SetAside:
    """A store that was set aside: when, why, and where it lies."""

    at: datetime
    why: str
    folder: Path


def set_aside(settings: Settings, why: str) -> SetAside:
    """Move the store of the stopped engine away; the next start makes an empty one.

    The one that was set aside before is deleted: broken stores must not fill the disk.
    """
    folder = _folder(settings)
    # first, so that a kill in between leaves an empty store that is known to be one
    will_be_new(settings)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    made = SetAside(utc_now(), why, folder)
    note = {"at": made.at.isoformat(), "why": why}
    (folder / _WHY).write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")
    # the note of the password first: a store without that note has its password set
    for part in reversed(_PARTS):
        if (settings.engine_dir / part).exists():
            (settings.engine_dir / part).rename(folder / part)
    return made


def delete_stores(settings: Settings) -> None:
    """Delete the store of the stopped engine, and the one that was set aside; the next start makes an
    empty one, which lacks what the log holds."""
    will_be_new(settings)
    for folder in (settings.engine_dir / "data", _folder(settings), settings.engine_dir / "import"):
        shutil.rmtree(folder, ignore_errors=True)
    for part in _PARTS[1:]:
        (settings.engine_dir / part).unlink(missing_ok=True)


def will_be_new(settings: Settings) -> None:
    """Say that the next start makes a store, which lacks what the log holds."""
    _marker(settings).write_text(uuid.uuid4().hex, encoding="utf-8")


def put_back(settings: Settings) -> None:
    """Undo `set_aside`, where it was not the store that kept the engine from starting."""
    folder = _folder(settings)
    shutil.rmtree(settings.engine_dir / "data", ignore_errors=True)
    for part in _PARTS:
        if (folder / part).exists():
            (folder / part).replace(settings.engine_dir / part)
    shutil.rmtree(folder, ignore_errors=True)
    _marker(settings).unlink(missing_ok=True)


def awaits_filling(settings: Settings) -> str | None:
    """The name of a store that is new and lacks what the log holds; None of any other."""
    if settings.neo4j_uri is not None:
        return None
    try:
        return _marker(settings).read_text(encoding="utf-8")
    except OSError:
        return None


def was_filled(settings: Settings) -> None:
    """Say that the new store holds the log."""
    _marker(settings).unlink(missing_ok=True)


def last_set_aside(settings: Settings) -> SetAside | None:
    """The store that was set aside last and is still there."""
    folder = _folder(settings)
    try:
        note = json.loads((folder / _WHY).read_text(encoding="utf-8"))
        return SetAside(datetime.fromisoformat(note["at"]), note["why"], folder)
    except (OSError, ValueError, KeyError):
        return None


def _folder(settings: Settings) -> Path:
    return settings.engine_dir / "aside"


def _marker(settings: Settings) -> Path:
    return settings.engine_dir / "unfilled"
