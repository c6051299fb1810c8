"""Restore a backup into an empty data folder, whole or not at all.

    .restoring/data/…       everything is copied here, compared and read first
    .restoring/whole        from here on: what is left is moves within one disk, the log last

Killed at any instant it goes on where it was, or begins anew, when it is run again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from graph.backup.inventory import DATA, Inventory, copied, read_inventory
from graph.backup.making import Backup, verify_backup
from graph.backup.parts import LOG, STORE
from graph.backup.refusals import alone, another_begun, damaged, data_not_empty, unwritable
from graph.backup.tables import copy_in, forget_restore
from graph.log import FactLog
from graph.operations import OperationsStore, operations_problems
from graph.private import private_folder
from graph.progress import Progress, silent
from graph.sealed import sync
from graph.settings import Settings

__all__ = ["RESTORING", "restore"]

RESTORING = ".restoring"
_WHOLE = "whole"
#: What may lie in a folder that counts as empty.
_NOTHING = frozenset({RESTORING, "restore.lock", "operations.lock", "lost+found"})


def restore(
    settings: Settings, folder: Path, *, secrets: Path, progress: Progress | None = None
) -> Backup:
    """Put a backup into the data folder of the settings, and into its database where it has one.

    Raises `SettingsError` (`restore_not_empty`, `restore_of_another`), `InputError` as
    `verify_backup` and `backup_unwritable`, `OperationsError` (`restore_not_empty`,
    `operations_newer`), `BusyError` (`restore_running`).
    """
    say = progress or silent
    found = verify_backup(folder, secrets=secrets, progress=progress)
    with _alone(settings.data):
        try:
            _stage(settings, folder, secrets, found.digest, say)
            _fill_database(settings, found.digest, say)
            _put_in_place(settings)
        except OSError as error:
            raise unwritable(settings.data, error) from error
    return found


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    private_folder(data)
    try:
        with FileLock(data / "restore.lock", timeout=0):
            yield
    except Timeout:
        raise alone(data) from None


def _stage(settings: Settings, folder: Path, secrets: Path, digest: str, say: Progress) -> None:
    """Have everything beside its place, compared with what was written."""
    stage = settings.data / RESTORING
    whole = stage / _WHOLE
    if whole.exists():
        if whole.read_text(encoding="utf-8") != digest:
            raise another_begun(settings.data)
        return
    others = sorted(path.name for path in settings.data.iterdir() if path.name not in _NOTHING)
    if others and stage.exists() and not any(stage.iterdir()):
        return  # cut off when all was in place: only the folder is left
    if others:
        raise data_not_empty(settings.data, others[0])
    shutil.rmtree(stage, ignore_errors=True)
    private_folder(stage)
    for place in (folder, secrets):
        _copy(place, read_inventory(place), stage / DATA, say)
    _look(stage / DATA)
    if hasattr(os, "sync"):
        os.sync()
    aside = stage / f".{_WHOLE}"
    aside.write_text(digest, encoding="utf-8")
    sync(aside)
    aside.replace(whole)
    sync(stage)


def _copy(place: Path, stated: Inventory, target: Path, say: Progress) -> None:
    for done, (name, item) in enumerate(stated.files.items()):
        say("恢复", done, len(stated.files))
        if copied(place / DATA / name, target / name) != item:
            raise damaged(place, name)


def _look(data: Path) -> None:
    """Open what was copied as the program will: older tables are brought up, newer ones refused."""
    there = Settings(data=data, operations_url=None)
    if there.operations_file.exists():
        OperationsStore(there).close()
    if harm := operations_problems(there, FactLog(there.log_dir).batches()):
        raise damaged(data, *harm)
    (data / "operations.lock").unlink(missing_ok=True)


def _fill_database(settings: Settings, digest: str, say: Progress) -> None:
    staged = settings.data / RESTORING / DATA
    if settings.operations_url is not None and (staged / STORE).exists():
        say("恢复运行库", 0, None)
        copy_in(settings, staged, digest)
        # cut off before this, the database itself says whose rows it has
        for path in staged.glob(f"{STORE}*"):
            path.unlink()


def _put_in_place(settings: Settings) -> None:
    stage = settings.data / RESTORING
    if (staged := stage / DATA).exists():
        # the log last: without it nothing else is taken for an office that works
        for path in sorted(staged.iterdir(), key=lambda path: (path.name == LOG, path.name)):
            path.rename(settings.data / path.name)
        sync(settings.data)
        staged.rmdir()
    if settings.operations_url is not None:
        forget_restore(settings)
    (stage / _WHOLE).unlink(missing_ok=True)
    stage.rmdir()
