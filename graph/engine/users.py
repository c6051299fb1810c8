"""Who uses the engine of a data folder: a note a process, which counts while that process lives.

An engine is shared by commands and servers that come and go.  Who goes last stops it; a note whose
process died, or whose number another process has by now, is nobody's.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

from graph.settings import Settings

__all__ = ["forget_use", "forget_users", "note_use", "used_by_others"]

_MANY = 20


def note_use(settings: Settings) -> None:
    """Say that this process uses the engine."""
    note = _note(settings)
    note.parent.mkdir(parents=True, exist_ok=True)
    # commands come and go by the thousand, and most leave their note
    if len(list(note.parent.iterdir())) > _MANY:
        used_by_others(settings)
    note.write_text(str(psutil.Process().create_time()), encoding="utf-8")


def forget_use(settings: Settings) -> None:
    """Say that this process uses it no longer."""
    _note(settings).unlink(missing_ok=True)


def forget_users(settings: Settings) -> None:
    """The engine was stopped on purpose: who needs it again says so again."""
    for note in _folder(settings).glob("*"):
        note.unlink(missing_ok=True)


def used_by_others(settings: Settings) -> bool:
    """Whether another process that lives uses it; notes of the dead are removed."""
    others = False
    for note in _folder(settings).glob("*"):
        if note.name == str(os.getpid()):
            continue
        if _lives(note):
            others = True
        else:
            note.unlink(missing_ok=True)
    return others


def _lives(note: Path) -> bool:
    with suppress(OSError, ValueError, psutil.Error):
        process = psutil.Process(int(note.name))
        since = float(note.read_text(encoding="utf-8"))
        is_dead = process.status() == psutil.STATUS_ZOMBIE
        return abs(process.create_time() - since) < 1 and not is_dead
    return False


def _folder(settings: Settings) -> Path:
    return settings.engine_dir / "users"


def _note(settings: Settings) -> Path:
    return _folder(settings) / str(os.getpid())
