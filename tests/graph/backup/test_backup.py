"""A backup holds the office at one batch; restored, it is the office; half of one is none."""

from __future__ import annotations

import shutil
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from backing_up import AGAIN, BESIDE, MOMENT, SECRET, Lives, Office, office
from breadth import some
from postgres import Server
from pydantic import SecretStr

from graph.backup import back_up, restore, secrets_beside, verify_backup
from graph.errors import XinnongError
from graph.log import FactLog
from graph.operations import (
    DecisionArchive,
    JudgementBook,
    Ledger,
    OperationsStore,
    operations_problems,
)
from graph.secrets import secrets_problems
from graph.settings import Settings

pytestmark = pytest.mark.each_store


@pytest.fixture
def here(tmp_path: Path) -> Office:
    return office(Settings(data=tmp_path / "data"))


@pytest.fixture
def elsewhere(tmp_path: Path, request: pytest.FixtureRequest, kept_in: str) -> Iterator[Settings]:
    """Another machine: an empty folder, and an empty database where it has one."""
    data = tmp_path / "elsewhere"
    if kept_in == "sqlite":
        yield Settings(data=data, operations_url=None)
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database() as url:
        yield Settings(data=data, operations_url=SecretStr(url))


def refused(code: str, folder: Path, into: Settings, *, secrets: Path | None = None) -> str:
    """Restoring is refused with that code; returns the words."""
    with pytest.raises(XinnongError) as caught:
        restore(into, folder, secrets=secrets or secrets_beside(folder))
    assert caught.value.cause_code == code
    return caught.value.message_zh


def test_what_is_restored_is_the_office(here: Office, elsewhere: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups" / "2026-03-01"
    before = here.content()
    made = back_up(here.settings, folder, at=MOMENT)
    assert (made.position, made.made_at) == (3, MOMENT.isoformat())
    assert verify_backup(folder, secrets=secrets_beside(folder)) == made
    restore(elsewhere, folder, secrets=secrets_beside(folder))
    there = Office(elsewhere)
    assert there.content() == before
    batches = FactLog(elsewhere.log_dir).batches()
    assert operations_problems(elsewhere, batches) == []
    assert secrets_problems(elsewhere.secrets_file) == []
    assert not any((elsewhere.data / name).exists() for name in (*AGAIN, ".restoring"))
    # the office goes on: numbers count on, the next batch follows the last
    there.commit(4)
    with OperationsStore(elsewhere) as store:
        assert [item.number for item in JudgementBook(store).judgements()] == [1, 2, 3, 4]
    # and what was backed up is what it was
    assert verify_backup(folder, secrets=secrets_beside(folder)) == made


def test_secrets_lie_apart_and_nothing_is_open_to_others(here: Office, tmp_path: Path) -> None:
    folder, secrets = tmp_path / "backup", tmp_path / "elsewhere" / "keys"
    back_up(here.settings, folder, at=MOMENT, secrets=secrets)
    there = {path.relative_to(folder / "data").as_posix() for path in folder.rglob("data/**/*")}
    assert set(BESIDE) <= there and "operations.sqlite3" in there
    apart = {
        path.relative_to(secrets / "data").as_posix() for path in (secrets / "data").rglob("*")
    }
    assert apart == {"secrets.json", *SECRET}
    assert not there & {*apart, *AGAIN}
    held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    key = here.settings.secrets_file.read_text(encoding="utf-8").split('"')[3]
    assert key.encode() not in held
    for path in (*folder.rglob("*"), *secrets.rglob("*"), folder, secrets):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_every_altered_byte_and_every_missing_file_is_found(here: Office, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    back_up(here.settings, folder, at=MOMENT)
    secrets = secrets_beside(folder)
    into = Settings(data=tmp_path / "new", operations_url=None)
    for place in (folder, secrets):
        for path in [path for path in place.rglob("*") if path.is_file()]:
            content = path.read_bytes()
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
            told = refused("backup_damaged", folder, into)
            assert path.name in told
            path.unlink()
            refused(
                "backup_unfinished" if path.name == "inventory.json" else "backup_damaged",
                folder, into,
            )  # fmt: skip
            path.write_bytes(content)
    (folder / "data" / "log" / "more").write_bytes(b"x")
    refused("backup_damaged", folder, into)
    (folder / "data" / "log" / "more").unlink()
    assert not [path for path in into.data.rglob("*") if path.is_file()]
    verify_backup(folder, secrets=secrets)


def test_an_inventory_cannot_lead_out_of_the_folder(here: Office, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    back_up(here.settings, folder, at=MOMENT)
    from graph.backup.inventory import read_inventory, write_inventory

    found = read_inventory(folder)
    for name in ("../out", "/etc/out", "a/../../out", "c:\\out"):
        item = next(iter(found.files.values()))
        changed = type(found)(**{**vars(found), "files": {**found.files, name: item}})
        write_inventory(folder, changed)
        refused("backup_damaged", folder, Settings(data=tmp_path / "new", operations_url=None))


def test_secrets_of_another_backup_are_refused(here: Office, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        back_up(here.settings, folder, at=MOMENT)
    told = refused(
        "backup_secrets_of_another", one, Settings(data=tmp_path / "new", operations_url=None),
        secrets=secrets_beside(other),
    )  # fmt: skip
    assert "--secrets" in told


def test_nothing_is_overwritten(here: Office, elsewhere: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    back_up(here.settings, folder, at=MOMENT)
    before = here.content()
    assert str(here.settings.data) in refused("restore_not_empty", folder, here.settings)
    assert here.content() == before
    # nor a backup, nor what is somebody else's
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x", encoding="utf-8")
    for place, code in (
        (folder, "backup_not_empty"),
        (tmp_path / "mine", "backup_not_empty"),
        (here.settings.data / "backups", "backup_inside"),
        (here.settings.data, "backup_inside"),
    ):
        with pytest.raises(XinnongError) as caught:
            back_up(here.settings, place, at=MOMENT)
        assert caught.value.cause_code == code
    assert (tmp_path / "mine" / "letter.txt").exists()
    verify_backup(folder, secrets=secrets_beside(folder))


def test_a_database_with_rows_is_not_filled(
    here: Office, elsewhere: Settings, tmp_path: Path, kept_in: str
) -> None:
    if kept_in == "sqlite":
        elsewhere = Settings(
            data=elsewhere.data, operations_url=SecretStr(f"sqlite:///{tmp_path}/other.sqlite3")
        )
    with OperationsStore(elsewhere) as store:
        DecisionArchive(store).keep(b"x", party="p", product="x", verdict="符合", decided_at=MOMENT)
    for path in elsewhere.data.glob("*"):
        path.unlink()
    folder = tmp_path / "backup"
    back_up(here.settings, folder, at=MOMENT)
    assert "空库" in refused("restore_not_empty", folder, elsewhere)
    with OperationsStore(elsewhere) as store:
        assert len(DecisionArchive(store).of()) == 1
    assert not elsewhere.log_dir.exists()


@pytest.mark.sqlite_only("it moves from one to the other")
def test_an_office_moves_from_sqlite_to_postgresql_and_back(
    here: Office, postgres: Server, tmp_path: Path
) -> None:
    before = here.content()
    with postgres.database() as url:
        moved = Settings(data=tmp_path / "moved", operations_url=SecretStr(url))
        back_up(here.settings, tmp_path / "one", at=MOMENT)
        restore(moved, tmp_path / "one", secrets=secrets_beside(tmp_path / "one"))
        assert Office(moved).content() == before
        assert not moved.operations_file.exists()
        back_up(moved, tmp_path / "two", at=MOMENT)
    home = Settings(data=tmp_path / "home", operations_url=None)
    restore(home, tmp_path / "two", secrets=secrets_beside(tmp_path / "two"))
    assert Office(home).content() == before


def test_a_backup_is_of_one_batch_while_others_commit(
    here: Office, elsewhere: Settings, tmp_path: Path
) -> None:
    """Whoever commits meanwhile is in it whole or not at all, and the store knows no batch more."""
    stop, failed = threading.Event(), []

    def commit() -> None:
        try:
            for day in range(4, 28):
                if stop.is_set():
                    return
                here.commit(day)
        except BaseException as error:
            failed.append(error)
            raise

    thread = threading.Thread(target=commit)
    thread.start()
    for number in range(3):
        folder = tmp_path / f"backup-{number}"
        made = back_up(here.settings, folder, at=MOMENT)
        into = Settings(data=tmp_path / f"new-{number}", operations_url=None)
        restore(into, folder, secrets=secrets_beside(folder))
        batches = FactLog(into.log_dir).batches()
        assert len(batches) == made.position
        assert operations_problems(into, batches) == []
        with OperationsStore(into) as store:
            Ledger(store).refuse_lost(batches)
            assert len(DecisionArchive(store).of()) <= made.position
    stop.set()
    thread.join()
    assert failed == []


def test_killed_at_any_step_a_backup_is_none_or_whole(here: Office, tmp_path: Path) -> None:
    folder, url = tmp_path / "backup", _url(here.settings)
    with Lives() as lives:
        steps = lives.run("backup", here.settings.data, tmp_path / "calm", url=url)
        assert isinstance(steps, int) and steps > 50
        before = here.content()
        for after in some(_spread(steps)):
            told = lives.run("backup", here.settings.data, folder, after=after, url=url)
            if told == -1 and not (folder / "inventory.json").exists():
                with pytest.raises(XinnongError) as caught:
                    verify_backup(folder)
                assert caught.value.cause_code == "backup_unfinished"
                again = lives.run("backup", here.settings.data, folder, url=url)
                assert isinstance(again, int), again
            verify_backup(folder, secrets=secrets_beside(folder))
            assert here.content() == before
            shutil.rmtree(folder)
            shutil.rmtree(secrets_beside(folder))


def test_killed_at_any_step_a_restore_goes_on(
    here: Office, elsewhere: Settings, tmp_path: Path, request: pytest.FixtureRequest, kept_in: str
) -> None:
    folder = tmp_path / "backup"
    back_up(here.settings, folder, at=MOMENT)
    before = here.content()
    with Lives() as lives:
        steps = lives.run("restore", elsewhere.data, folder, url=_url(elsewhere))
        assert isinstance(steps, int) and steps > 50
        for number, after in enumerate(some(_spread(steps))):
            with _database(request, kept_in) as url:
                data = tmp_path / f"new-{number}"
                told = lives.run("restore", data, folder, after=after, url=url)
                if told == -1:
                    whole = not (data / ".restoring").exists() and (data / "log").exists()
                    again = lives.run("restore", data, folder, url=url)
                    assert again == "restore_not_empty" if whole else isinstance(again, int), after
                into = Settings(data=data, operations_url=SecretStr(url) if url else None)
                assert Office(into).content() == before
                assert not (data / ".restoring").exists()
                shutil.rmtree(data)


def _database(request: pytest.FixtureRequest, kept_in: str):  # type: ignore[no-untyped-def]
    from contextlib import nullcontext

    if kept_in == "sqlite":
        return nullcontext(None)
    return request.getfixturevalue("postgres").database()


def _url(settings: Settings) -> str | None:
    return settings.operations_url.get_secret_value() if settings.operations_url else None


def _spread(steps: int) -> list[int]:
    """Steps to be killed at: spread over all, and every one of the last."""
    return sorted({*range(1, steps, max(1, steps // 9)), *range(steps - 6, steps + 1)})
