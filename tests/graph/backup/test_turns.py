"""Backups take turns: the newest stay, what still has deleted values goes, nothing of others is touched."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from backing_up import MOMENT, ORDER, Office, first_row, office

import graph.backup.turns
from graph.backup import back_up, backups_in, next_turn, secrets_beside, verify_backup
from graph.erasing import erase_rows
from graph.errors import InputError
from graph.log import FactLog
from graph.settings import Settings


@pytest.fixture
def here(tmp_path: Path) -> Office:
    made = office(Settings(data=tmp_path / "data", operations_url=None))
    (made.settings.data / "signing_key.pem").unlink()
    return made


def day(number: int) -> datetime:
    return MOMENT + timedelta(days=number)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_newest_stay_and_their_secrets_with_them(here: Office, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    made = [next_turn(here.settings, folder, at=day(number), keep=2).made for number in range(3)]
    stays = [item.folder.name for item in made[1:] if item]
    assert names(folder) == sorted([*stays, *(f"{name}.secrets" for name in stays)])
    look = next_turn(here.settings, folder, at=day(3), keep=2, look=True)
    assert (look.made, len(look.kept), len(look.removed)) == (None, 1, 1)
    assert len(names(folder)) == 4
    told = next_turn(here.settings, folder, at=day(30), keep=9, days=28)
    assert [item.folder.name for item in told.removed] == [stays[0]]


def test_what_still_has_deleted_values_goes_with_the_next_turn(
    here: Office, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    next_turn(here.settings, folder, at=day(0), keep=9)
    erase_rows(FactLog(here.settings.log_dir), first_row, ORDER, at=day(1))
    assert [turn.holds_deleted for turn in backups_in(here.settings, folder)] == [True]
    told = next_turn(here.settings, folder, at=day(2), keep=9)
    assert len(told.removed) == 1 and told.kept == ()
    assert [turn.holds_deleted for turn in backups_in(here.settings, folder)] == [False]


def test_nothing_goes_before_the_new_one_is_whole(
    here: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    next_turn(here.settings, folder, at=day(0), keep=1)
    before = names(folder)

    def damaged(*_: object, **__: object) -> None:
        raise InputError("坏了", "damaged", code="backup_damaged")

    monkeypatch.setattr(graph.backup.turns, "verify_backup", damaged)
    with pytest.raises(InputError):
        next_turn(here.settings, folder, at=day(1), keep=1)
    assert {*before} <= {*names(folder)}


def test_nothing_of_others_is_touched(here: Office, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    (folder / "photos").mkdir(parents=True)
    other = office(Settings(data=tmp_path / "other", operations_url=None), batches=2)
    back_up(other.settings, folder / "theirs", at=day(0))
    cut_off = folder / "cut-off"
    back_up(here.settings, cut_off, at=day(0))
    (cut_off / "inventory.json").unlink()
    told = next_turn(here.settings, folder, at=day(9), keep=1, days=1)
    assert told.removed == ()
    assert {"photos", "cut-off"} <= {*names(folder)}
    assert told.made and verify_backup(told.made.folder, secrets=secrets_beside(told.made.folder))
    shutil.rmtree(folder)


@pytest.mark.parametrize("wrong", [{"keep": 0}, {"keep": 1, "days": -1}])
def test_one_stays_at_least(here: Office, tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(InputError) as refused:
        next_turn(here.settings, tmp_path / "backups", at=MOMENT, **wrong)  # type: ignore[arg-type]
    assert refused.value.cause_code == "backup_turns"
