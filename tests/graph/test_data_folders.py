"""The data folder of every released version is read by this one as that one read it."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from released import VERSIONS, unpacked

from graph.backup import back_up, restore, secrets_beside
from graph.log import FactLog
from graph.operations import DecisionArchive, Ledger, OperationsStore, operations_problems
from graph.secrets import secrets_problems
from graph.settings import Settings


def digest(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()


def test_every_released_version_is_there() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    now = tomllib.loads(text)["project"]["version"]
    assert list(VERSIONS) == [f"0.{number}.0" for number in range(1, int(now.split(".")[1]))]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_folder_is_whole_and_says_the_same(tmp_path: Path, version: str) -> None:
    old = unpacked(version, tmp_path)
    log = FactLog(old.settings.log_dir)
    assert log.verify() == [] and secrets_problems(old.settings.secrets_file) == []
    batches = log.batches()
    assert [batch.hash for batch in batches] == old.told["batches"]
    for kind, told in old.told["facts"].items():
        held = [str(fact) for fact in log.read(kind)["fact_id"].to_pylist()]
        assert (len(held), digest(held)) == (told["count"], told["digest"]), kind
    people = [str(name) for name in log.read("Person")["name"].to_pylist()]
    assert digest(people) == old.told["people"]
    for _ in range(2):  # brought up at the first opening, and found so at the second
        with OperationsStore(old.settings) as store:
            found = Ledger(store).deliveries()
            assert [[item.source, item.batch] for item in found] == [
                told[:2] for told in old.told["ledger"]
            ]
            assert Ledger(store).reconcile(batches) == 0
            Ledger(store).refuse_lost(batches)
            [kept] = DecisionArchive(store).of(party="person:1")
            assert kept.record == b"record"
            assert kept.decided_at == datetime(2026, 4, 30, tzinfo=UTC)
    assert operations_problems(old.settings, batches) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_folder_that_nobody_opened_yet_is_backed_up(tmp_path: Path, version: str) -> None:
    old = unpacked(version, tmp_path / "old")
    folder, new = tmp_path / "backup", Settings(data=tmp_path / "new", operations_url=None)
    back_up(old.settings, folder, at=datetime(2026, 5, 1, tzinfo=UTC))
    restore(new, folder, secrets=secrets_beside(folder))
    batches = FactLog(new.log_dir).batches()
    assert [batch.hash for batch in batches] == old.told["batches"]
    assert operations_problems(new, batches) == []
