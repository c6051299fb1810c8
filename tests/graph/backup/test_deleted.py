"""A backup made after a deletion is whole: it has the tombstones, and what is read in the place of what went."""

from __future__ import annotations

from pathlib import Path

from backing_up import MOMENT, ORDER, first_row, office

from graph.backup import back_up, restore, secrets_beside, verify_backup
from graph.compacting import compact
from graph.erasing import erase_rows
from graph.log import FactLog
from graph.settings import Settings
from graph.tombstones import tombstones


def test_a_log_from_which_something_was_deleted_is_backed_up_whole(tmp_path: Path) -> None:
    here = office(Settings(data=tmp_path / "data", operations_url=None))
    (here.settings.data / "signing_key.pem").unlink()  # that of the office is none
    log = FactLog(here.settings.log_dir)
    erase_rows(log, first_row, ORDER, at=MOMENT)
    kind = log.batches()[0].kinds[0]
    left = log.history(kind)
    compact(log)
    folder = tmp_path / "backup"
    made = back_up(here.settings, folder, at=MOMENT)
    assert verify_backup(folder) == made
    # a copy of small batches is made again
    assert not (folder / "data" / "log" / "compacted").exists()
    elsewhere = Settings(data=tmp_path / "elsewhere", operations_url=None)
    restore(elsewhere, folder, secrets=secrets_beside(folder))
    there = FactLog(elsewhere.log_dir)
    assert there.history(kind) == left and there.verify() == []
    assert tombstones(elsewhere.log_dir) == tombstones(here.settings.log_dir)
