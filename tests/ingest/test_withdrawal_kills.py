"""Killed at any step, a withdrawal is there whole or not at all, and run again it is the same."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from killing import Nursery, TakingBack

import ingest
from graph.log import FactLog
from graph.operations import Ledger, OperationsStore
from graph.settings import Settings

HEAD = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
        "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
LOAN = "C1402610305001,样本行,J{},张三,61032219750315001X,0.2,2026-01-05,2027-01-05,0.2,{},2026-01-31\n"


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock" and "head.json" not in path.name
    }


def ledger(settings: Settings) -> list[tuple[str, str]]:
    with OperationsStore(settings) as store:
        return [(item.file_name, item.state) for item in Ledger(store).deliveries()]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An office that took loans in and then a wrong file about them, of which a row was refused."""
    made = Settings(data=tmp_path / "office")
    for day, (name, rows) in enumerate(
        {
            "一.csv": (("1", "正常"), ("2", "正常")),
            "错.csv": (("1", "次级"), ("2", "优良")),
        }.items(),
        1,
    ):
        path = tmp_path / name
        path.write_text(HEAD + "".join(LOAN.format(*row) for row in rows), encoding="utf-8")
        ingest.ingest("loan", [path], settings=made, known_at=datetime(2026, 4, day, tzinfo=UTC),
                      into_graph=False)  # fmt: skip
    return made


def test_killed_at_every_step(settings: Settings, tmp_path: Path) -> None:
    before = files(settings.log_dir)
    taken = shutil.copytree(settings.data, tmp_path / "before")
    order = [TakingBack("2", datetime(2026, 4, 3, tzinfo=UTC))]

    def begin_again() -> None:
        shutil.rmtree(settings.data)
        shutil.copytree(taken, settings.data)

    with Nursery(settings.data, order, into_graph=False) as nursery:
        life = nursery.run()
        steps = life.steps or 0
        calm = files(settings.log_dir)
        assert not life.killed and set(before.items()) < set(calm.items())
        assert ledger(settings) == [("一.csv", "committed"), ("错.csv", "withdrawn")]
        found = {"none": 0, "whole": 0}
        for step in range(1, steps + 1):
            begin_again()
            assert nursery.run(after_steps=step).killed
            # a folder that was being written is no batch
            pending = FactLog(settings.log_dir).batches()
            left = {
                n: h for n, h in files(settings.log_dir).items() if not n.startswith(".pending")
            }
            assert left in (before, calm), step
            found["whole" if left == calm else "none"] += 1
            assert len(pending) == (3 if left == calm else 2)
            if step % 4 == 0 or left == calm:
                assert not nursery.run().killed
                assert files(settings.log_dir) == calm, step
                assert ledger(settings) == [("一.csv", "committed"), ("错.csv", "withdrawn")], step
                assert not list(settings.quarantine_dir.glob("*")), step
        assert found["none"] > 10 and found["whole"] > 3, found
        assert FactLog(settings.log_dir).verify() == []
        begin_again()
        # a disk without room changes nothing
        assert nursery.run(largest_file=700).refused in {"log_unwritable", "operations_unavailable"}
        assert files(settings.log_dir) == before
