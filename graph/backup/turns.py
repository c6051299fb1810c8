"""Backups in turns: one folder, a backup a turn, the old ones removed when a newer one is whole.

    FOLDER/20261129T080000Z/            FOLDER/20261129T080000Z.secrets/

A backup made before a lawful deletion still has what was deleted.  It is listed as such, and goes with
the next turn, whatever else is kept: when a newer one is whole, nobody needs it.  The newest is
never removed, and nothing that is not a whole backup of this log.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from graph.backup.inventory import DATA, Inventory, read_inventory
from graph.backup.making import Backup, back_up, secrets_beside, verify_backup
from graph.backup.parts import LOG
from graph.errors import InputError, LogError
from graph.log import FactLog
from graph.progress import Progress
from graph.settings import Settings
from graph.tombstones import tombstones

__all__ = ["Turn", "TurnOfBackups", "backups_in", "next_turn"]

_NAME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Turn:
    """One backup of a folder of them.

    Attributes:
        folder, made_at, position: as `graph.backup.Backup`.
        deletions: how many lawful deletions it has been through.
        holds_deleted: whether something was deleted since it was made: it still has that.
    """

    folder: Path
    made_at: datetime
    position: int
    deletions: int
    holds_deleted: bool


@dataclass(frozen=True)
class TurnOfBackups:
    """What became of a turn.

    Attributes:
        made: the new one; None where it was only looked what would go.
        kept, removed: the older ones, newest first.
    """

    made: Backup | None
    kept: tuple[Turn, ...]
    removed: tuple[Turn, ...]


def backups_in(settings: Settings, folder: Path) -> tuple[Turn, ...]:
    """The whole backups of this log in a folder, the newest first; raises as `FactLog.batches`."""
    now = [item.hash for item in tombstones(settings.log_dir)]
    heads = ["", *(batch.hash for batch in FactLog(settings.log_dir).batches())]
    found = _found(folder, heads, now)
    return tuple(sorted(found, key=lambda turn: turn.made_at, reverse=True))


def next_turn(
    settings: Settings,
    folder: Path,
    *,
    at: datetime,
    keep: int,
    days: int | None = None,
    look: bool = False,
    progress: Progress | None = None,
) -> TurnOfBackups:
    """Make a backup, read it again, and then remove the older ones whose turn it is.

    Args:
        keep: so many of the newest stay, the one that is made among them.
        days: and none that is older; None: however old.
        look: only say what would be removed.

    Raises as `back_up` and `verify_backup`: nothing is removed before the new one is whole, and
    `InputError` (`backup_turns`) for none to be kept.
    """
    if keep < 1 or (days is not None and days < 0):
        raise InputError(
            "至少保留一份备份：--keep 不小于 1，--days 不小于 0。",
            "Keep one backup at least.",
            code="backup_turns",
        )
    made = None
    if not look:
        place = folder / at.astimezone(UTC).strftime(_NAME)
        made = back_up(settings, place, at=at, progress=progress)
        verify_backup(place, secrets=secrets_beside(place), progress=progress)
    older = [item for item in backups_in(settings, folder) if made is None or item.folder != place]
    goes = {item.folder for item in older[keep - 1 :]}
    goes |= {item.folder for item in older if item.holds_deleted}
    if days is not None:
        goes |= {item.folder for item in older if at - item.made_at > timedelta(days=days)}
    if made is not None:
        for item in sorted(goes):
            _remove(item)
    return TurnOfBackups(
        made,
        tuple(item for item in older if item.folder not in goes),
        tuple(item for item in older if item.folder in goes),
    )


def _found(folder: Path, heads: list[str], now: list[str]) -> Iterator[Turn]:
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        if not path.is_dir() or path.name.endswith(".secrets"):
            continue
        try:
            inventory = read_inventory(path)
        except InputError:
            continue  # somebody's other folder, or one that was cut off
        if heads[inventory.position : inventory.position + 1] != [inventory.head]:
            continue  # of another log
        had = _deletions(path, inventory)
        made_at = datetime.fromisoformat(inventory.made_at)
        yield Turn(path, made_at, inventory.position, len(had), had != now)


def _deletions(folder: Path, inventory: Inventory) -> list[str]:
    if not any(name.startswith(f"{LOG}/") for name in inventory.files):
        return []
    try:
        return [item.hash for item in tombstones(folder / DATA / LOG)]
    except LogError:
        return []


def _remove(folder: Path) -> None:
    """The inventory first: what is cut off in the middle is no backup any more."""
    for place in (folder, secrets_beside(folder)):
        (place / "inventory.json").unlink(missing_ok=True)
        shutil.rmtree(place, ignore_errors=True)
