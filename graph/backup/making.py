"""Make a backup: at one batch of the log, while everybody goes on working.

For as long as store and open deliveries are copied nobody commits a batch: so the store knows none
that the backup's log lacks, and no delivery is missing that the store waits for.  The log itself is
copied afterwards; what is committed never changes.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graph.backup.inventory import (
    DATA,
    INVENTORY,
    Inventory,
    Item,
    copied,
    item_of,
    read_inventory,
    write_inventory,
)
from graph.backup.parts import LOG, STORE, entries, files_below
from graph.backup.refusals import damaged, inside, not_empty, of_another, unwritable
from graph.backup.tables import copy_out
from graph.compacted import compacting_alone
from graph.log import Batch, FactLog
from graph.log_head import Head, place_head, prepare_head
from graph.private import private_folder
from graph.progress import Progress, silent
from graph.secrets import secrets_problems
from graph.settings import Settings
from graph.tombstones import ERASURES

__all__ = ["Backup", "back_up", "secrets_beside", "verify_backup"]

#: Lies in a folder that a backup is being written into: only such a one is cleared.
_UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Backup:
    """One backup that is whole.

    Attributes:
        folder, secrets: where the two halves lie.
        digest: names it; whoever notes it elsewhere can say later that this is it.
        made_at: as ISO 8601.
        position: the last batch of the log that is in it.
        schema: version of the operations store's tables; empty where there was none.
        files, size: how many there are, and how many bytes, without the secrets.
    """

    folder: Path
    secrets: Path
    digest: str
    made_at: str
    position: int
    schema: str
    files: int
    size: int


def secrets_beside(folder: Path) -> Path:
    """Where the secrets of a backup lie unless another place is named: beside it, to be moved."""
    return folder.with_name(f"{folder.name}.secrets")


def back_up(
    settings: Settings,
    folder: Path,
    *,
    at: datetime,
    secrets: Path | None = None,
    progress: Progress | None = None,
) -> Backup:
    """Make a backup in a folder of its own; its secrets in another.

    One that was cut off has no inventory: it is cleared when the folder is named again.

    Raises `InputError` (`backup_not_empty`, `backup_inside`, `backup_unwritable`), `LogError`,
    `OperationsError`: what is damaged is not copied as if it were whole.
    """
    say = progress or silent
    secrets = secrets or secrets_beside(folder)
    for place in (folder, secrets):
        _refuse_inside(settings, place)
        with _writing(place):
            _begin(place, whole=folder / INVENTORY)
    made: dict[str, Item] = {}
    data = folder / DATA
    log = FactLog(settings.log_dir)
    # nothing is deleted from the log until its files are copied
    with compacting_alone(log.folder):
        with log.writer():
            batches = log.batches()
            with _writing(folder):
                say("备份运行库", 0, None)
                schema = copy_out(settings, data)
                for entry in entries(settings.data, secret=False):
                    made |= _copy(settings.data, entry, data)
            with _writing(secrets):
                kept: dict[str, Item] = {}
                for entry in entries(settings.data, secret=True):
                    kept |= _copy(settings.data, entry, secrets / DATA)
        with _writing(folder):
            if (data / STORE).exists():
                made[STORE] = item_of(data / STORE)
            made |= _copy_log(batches, data, say)
            made |= _copy(settings.data, settings.log_dir / ERASURES, data)
    pair, when = uuid.uuid4().hex, at.isoformat()
    head = batches[-1].hash if batches else ""
    with _writing(secrets):
        write_inventory(secrets, Inventory(pair, when, len(batches), head, schema, kept))
    with _writing(folder):
        write_inventory(folder, Inventory(pair, when, len(batches), head, schema, made))
        # whole from here on
        for place in (folder, secrets):
            (place / _UNFINISHED).unlink()
    return _told(folder, secrets, read_inventory(folder))


def verify_backup(
    folder: Path, *, secrets: Path | None = None, progress: Progress | None = None
) -> Backup:
    """Read every byte of a backup again.

    Args:
        secrets: of the pair; without them only the backup itself is looked at.

    Raises `InputError`: `backup_unfinished`, `backup_damaged`, `backup_secrets_of_another`.
    """
    say = progress or silent
    found = read_inventory(folder)
    say("核对备份", 0, None)
    harm = list(found.harm(folder))
    if not harm:
        harm = FactLog(folder / DATA / LOG).verify()
        if _position(folder) != (found.position, found.head):
            harm.append("log: 与清单的批次不符 / another log")
    if harm:
        raise damaged(folder, *harm)
    if secrets is not None:
        beside = read_inventory(secrets)
        if beside.pair != found.pair:
            raise of_another(secrets)
        if harm := [*beside.harm(secrets), *secrets_problems(secrets / DATA / "secrets.json")]:
            raise damaged(secrets, *harm)
    return _told(folder, secrets or secrets_beside(folder), found)


def _position(folder: Path) -> tuple[int, str]:
    batches = FactLog(folder / DATA / LOG).batches()
    return (len(batches), batches[-1].hash) if batches else (0, "")


def _told(folder: Path, secrets: Path, found: Inventory) -> Backup:
    size = sum(item.size for item in found.files.values())
    return Backup(
        folder, secrets, found.digest(), found.made_at, found.position, found.schema,
        len(found.files), size,
    )  # fmt: skip


def _refuse_inside(settings: Settings, place: Path) -> None:
    if place.resolve().is_relative_to(settings.data.resolve()):
        raise inside(place)


def _begin(folder: Path, *, whole: Path) -> None:
    """An empty folder that says of itself that a backup is being written into it."""
    if folder.exists() and any(folder.iterdir()):
        # what a backup that is not whole left behind is ours to clear, anything else is somebody's
        if not (folder / _UNFINISHED).exists() or whole.exists():
            raise not_empty(folder)
        shutil.rmtree(folder / DATA, ignore_errors=True)
        (folder / INVENTORY).unlink(missing_ok=True)
    private_folder(folder)
    (folder / _UNFINISHED).touch(mode=0o600)


def _copy(data: Path, entry: Path, target: Path) -> dict[str, Item]:
    made = {}
    for path in files_below(entry):
        name = path.relative_to(data).as_posix()
        try:
            made[name] = copied(path, target / name)
        except FileNotFoundError:
            # a delivery that was done with meanwhile, a log of a day that was kept long enough
            (target / name).unlink(missing_ok=True)
    return made


def _copy_log(batches: list[Batch], data: Path, say: Progress) -> dict[str, Item]:
    made = {}
    for done, batch in enumerate(batches):
        say("备份日志", done, len(batches))
        for path in files_below(batch.folder):
            name = f"{LOG}/{batch.folder.name}/{path.relative_to(batch.folder).as_posix()}"
            made[name] = copied(path, data / name)
    if batches:
        head = prepare_head(data / LOG, Head(len(batches), batches[-1].hash))
        place_head(data / LOG, head)
        made[f"{LOG}/head.json"] = item_of(data / LOG / "head.json")
    return made


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(place, error) from error
