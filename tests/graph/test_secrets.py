"""Secrets: made once, the owner's alone, and missed aloud."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from world import World

from graph.errors import SettingsError
from graph.log import FactLog
from graph.secrets import fingerprint, load_secrets, make_secrets, secrets_problems


def test_made_once_and_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "in" / "secrets.json"
    first = make_secrets(file)
    assert make_secrets(file) == first == load_secrets(file)
    assert first.identity_key not in repr(first)
    assert secrets_problems(file) == []


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_a_file_that_others_can_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    make_secrets(file)
    file.chmod(0o640)
    assert [problem for problem in secrets_problems(file) if "chmod 600" in problem]


def test_lost_and_damaged(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    assert "xinnong init" in secrets_problems(file)[0]
    file.write_text('{"identity_key": 1', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        make_secrets(file)
    # a new key would orphan every person: it is never made over a damaged one
    assert caught.value.cause_code == "secrets_damaged"
    assert file.read_text(encoding="utf-8") == '{"identity_key": 1'


def _log(data: Path) -> FactLog:
    world = World(FactLog(data / "log"))
    world.node("Person", "person:" + "0" * 32, name="样甲")
    batches = world.log.batches()
    world.commit(datetime(2026, 1, 1 + len(batches), tzinfo=UTC))
    return world.log


def test_a_batch_names_the_key_its_persons_are_kept_under(tmp_path: Path) -> None:
    kept = make_secrets(tmp_path / "secrets.json")
    [batch] = _log(tmp_path).batches()
    assert batch.key == fingerprint(kept.identity_key)
    assert kept.identity_key[:16] not in (batch.folder / "manifest.json").read_text("utf-8")


@pytest.mark.parametrize("with_key", [True, False])
def test_secrets_lost_beside_a_log_are_not_made_anew(tmp_path: Path, with_key: bool) -> None:
    file = tmp_path / "secrets.json"
    if with_key:
        make_secrets(file)
    _log(tmp_path)
    file.unlink(missing_ok=True)
    for opening in (make_secrets, load_secrets):
        with pytest.raises(SettingsError) as caught:
            opening(file)
        assert caught.value.cause_code == "secrets_lost"
        assert "备份" in caught.value.message_zh
    assert not file.exists()
    assert "备份" in secrets_problems(file)[0]
    if with_key:  # nor is anything written that would name no key
        with pytest.raises(SettingsError):
            _log(tmp_path)
        assert len(FactLog(tmp_path / "log").batches()) == 1


def test_another_key_beside_a_log_is_refused(tmp_path: Path) -> None:
    file, other = tmp_path / "secrets.json", tmp_path / "other" / "secrets.json"
    make_secrets(file)
    _log(tmp_path)
    make_secrets(other)
    file.write_bytes(other.read_bytes())
    for opening in (make_secrets, load_secrets):
        with pytest.raises(SettingsError) as caught:
            opening(file)
        assert caught.value.cause_code == "secrets_of_another_log"
    with pytest.raises(SettingsError):
        _log(tmp_path)


def test_a_log_of_before_names_no_key_and_takes_the_one_that_is_there(tmp_path: Path) -> None:
    _log(tmp_path)  # nothing is beside it
    made = {"identity_key": "11" * 32, "engine_password": "unused"}
    (tmp_path / "secrets.json").write_text(json.dumps(made), encoding="utf-8")
    assert [batch.key for batch in _log(tmp_path).batches()] == ["", fingerprint("11" * 32)]


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_a_folder_of_before_is_closed_with_what_is_ours_in_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for folder in ("log/00000001-a", "engine/data", "theirs"):
        (data / folder).mkdir(parents=True)
    files = [data / "log/00000001-a/manifest.json", data / "operations.sqlite3",
             data / "engine/data/store", data / "theirs/page.html"]  # fmt: skip
    for path in files:
        path.write_text("", encoding="utf-8")
        path.chmod(0o644)
    for path in (data, *data.rglob("*/")):
        path.chmod(0o755)
    make_secrets(data / "secrets.json")
    assert secrets_problems(data / "secrets.json") == []
    others = [path for path in (data, *data.rglob("*")) if path.stat().st_mode & 0o077]
    # a data folder may be one where other things lie as well
    assert others == [data / "theirs", data / "theirs/page.html"]
    data.chmod(0o755)
    assert "chmod 700" in secrets_problems(data / "secrets.json")[0]
