"""A turn takes from the log what has ended, in one rewrite with one tombstone, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from world import World

import ingest.erasure.act as act
from graph.backup import back_up
from graph.compacting import compact
from graph.log import FactLog
from graph.operations import OperationsStore, RepairCases
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.tombstones import tombstones
from ingest.erasure import verify_backups, verify_erased
from ingest.retention import daily_turn, due, retain

AT = datetime(2026, 11, 29, 4, tzinfo=UTC)
FIRM = (f"person:{7:032x}", "Person")
OLD, NEW, ASKED = "penalty:old", "penalty:new", "penalty:asked"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Somebody with a penalty of 2019, one of 2025, and one of 2019 about which a case is open."""
    monkeypatch.setattr(act, "catch_up", lambda *_, **__: 0)
    made = Settings(data=tmp_path / "data", operations_url=None)
    make_secrets(made.secrets_file)
    world = World(FactLog(made.log_dir))
    world.node("Person", FIRM[0], name="样本一")
    for key, day, fact in (
        (OLD, date(2019, 3, 1), "使用未经检定的计量器具甲"),
        (NEW, date(2025, 3, 1), "使用未经检定的计量器具乙"),
        (ASKED, date(2019, 3, 1), "使用未经检定的计量器具丙"),
    ):
        world.node("Penalty", key, decided_on=day, violation=fact)
        world.tie("PENALISED_BY", FIRM, (key, "Penalty"))
    world.commit(datetime(2025, 6, 1, tzinfo=UTC))
    with OperationsStore(made) as store:
        RepairCases(store).open("objection", "Penalty", ASKED, by="张三", at=AT, reason="有异议")
    return made


def left(settings: Settings) -> dict[str, list[Any]]:
    log = FactLog(settings.log_dir)
    return {
        "penalties": sorted(log.history("Penalty")["key"].to_pylist()),
        "ties": sorted(log.history("PENALISED_BY")["to_key"].to_pylist()),
        "firms": log.history("Person")["key"].to_pylist(),
    }


AFTER = {"penalties": [ASKED, NEW], "ties": [ASKED, NEW], "firms": [FIRM[0]]}


def test_what_ended_goes_with_what_hangs_on_it(settings: Settings, tmp_path: Path) -> None:
    compact(FactLog(settings.log_dir))
    back_up(settings, tmp_path / "backup", at=AT)
    before = left(settings)
    look = due(settings, at=AT)
    assert look.records == {"Penalty": 1} and look.facts == {"PENALISED_BY": 1, "Penalty": 1}
    assert left(settings) == before
    told = retain(settings, at=AT)
    assert left(settings) == AFTER
    assert told.turn.facts == look.facts and told.turn.tombstone == 1
    assert not [item for item in told.traces if not item.why]
    (tombstone,) = tombstones(settings.log_dir)
    assert tombstone.ground == "retention_ended" and "第十六条" in tombstone.reason
    assert FactLog(settings.log_dir).verify() == []
    everything = b"".join(path.read_bytes() for path in settings.data.rglob("*") if path.is_file())
    assert "计量器具甲".encode() not in everything and OLD.encode() not in everything
    assert verify_erased(settings) == ()
    # and a second turn finds nothing
    assert retain(settings, at=AT).turn.tombstone is None
    # a backup of before still has it, and is found out
    places = {item.place for item in verify_backups(settings, [tmp_path / "backup"])}
    assert any(place.endswith("Penalty.key") for place in places)
    back_up(settings, tmp_path / "later", at=AT)
    assert verify_backups(settings, [tmp_path / "later"]) == ()


@pytest.mark.parametrize("step", ["erase_rows", "erase_named", "_refused_rows", "catch_up"])
def test_a_turn_that_was_killed_is_finished_by_the_next(
    settings: Settings, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(act, step, killed)
        with pytest.raises(Killed):
            retain(settings, at=AT)
    retain(settings, at=AT)
    assert left(settings) == AFTER
    assert len(tombstones(settings.log_dir)) == 1
    assert not (settings.data / "erasing.json").exists()


def test_a_service_leaves_the_log_alone_and_says_what_waits(settings: Settings) -> None:
    before = left(settings)
    with OperationsStore(settings) as store:
        turn = daily_turn(settings, store, at=AT)
    assert turn is not None and turn.waiting == {"PENALISED_BY": 1, "Penalty": 1}
    assert left(settings) == before and tombstones(settings.log_dir) == ()
