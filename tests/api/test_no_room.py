"""A disk without room, and one that is read-only: every command says so in a sentence, at once."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from world import World

import ingest
from api.command_line import _run
from api.interrupt import _dropped
from graph.engine.home import store_exists
from graph.log import FactLog
from graph.settings import Settings

HEAD = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
        "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
LOAN = "C1402610305001,样本行,J1,张三,61032219750315001X,0.2,2026-01-05,2027-01-05,0.2,正常,2026-01-31\n"
PERSON = f"person:{'0' * 32}"

#: Every command that writes, here or elsewhere, or needs the engine; DISK is where there is no room.
COMMANDS = [
    "init",
    "ingest loan DISK/drop/新.csv",
    "withdraw 2 --reason 送错了",
    "check",
    "check --repair",
    "check --accept-loss",
    "engine start",
    "serve --port PORT",
    "demo --persons 1000 --port PORT",
    "watch DISK/drop --once",
    f"ask loans key={PERSON}",
    "search 张三",
    f"adverse {PERSON}",
    f"decide farmer_small_credit_loan {PERSON}",
    "grades",
    "identity candidates",
    "quarantine export loan --out DISK/out",
    "template loan --out DISK/out",
    "dictionary DISK/out",
    "sample DISK/district --persons 1000",
    "export --graphml DISK/out.graphml",
    "confirm-code 91610305MA91000470 --by 李四 --evidence 营业执照副本原件，2026-04-01核对",
]


@pytest.fixture(scope="module", params=["full", "read-only"])
def disk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A small disk of its own that holds a data folder, and then takes nothing more."""
    folder = tmp_path_factory.mktemp(request.param)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(folder)], capture_output=True
    ) if sys.platform == "linux" else None  # fmt: skip
    if mounted is None or mounted.returncode:
        pytest.skip("NO SMALL DISK: a tmpfs cannot be mounted by this account")
    try:
        settings = Settings(data=folder / "data")
        World(FactLog(settings.log_dir)).commit(datetime(2026, 1, 1, tzinfo=UTC))
        (folder / "drop").mkdir()
        # a refused row, so that there is something to export
        old = folder / "旧.csv"
        old.write_text(HEAD + LOAN + LOAN.replace("J1", "J2").replace("正常", "优良"), "utf-8")
        ingest.ingest("loan", [old], settings=settings, into_graph=False)
        (folder / "drop" / "新.csv").write_text(HEAD + LOAN.replace("J1", "J3"), "utf-8")
        if request.param == "full":
            with (folder / "fill").open("wb", buffering=0) as stream:
                for size in (1 << 20, 1 << 12, 1):
                    try:
                        while True:
                            stream.write(b"x" * size)
                    except OSError:
                        pass
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("typed", COMMANDS)
def test_a_sentence_and_nothing_half_done(
    disk: Path, typed: str, free_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    words = typed.replace("DISK", str(disk)).replace("PORT", str(free_port)).split()
    monkeypatch.setenv("XINNONG_DATA", str(disk / "data"))
    monkeypatch.setattr(sys, "argv", ["xinnong", *words])
    log = FactLog(disk / "data" / "log")
    before = len(log.batches())
    # a library closes in its destructor what it could not write; the command has said so by then
    monkeypatch.setattr(sys, "unraisablehook", _dropped)
    status = _run()
    gc.collect()
    said = capsys.readouterr().err
    assert "Traceback" not in said
    if status == 0:
        # what finds nothing to write succeeds on any disk, and what is full is not always so
        assert typed.split()[0] in {"init", "engine", "watch", "quarantine", "check"}, said
        assert typed.split()[0] != "watch" or "写" in said or "盘" in said, said
    else:
        assert status == 1
        assert any(word in said for word in ("磁盘", "只读", "空间", "写不进去", "无法读写")), said
    assert len(log.batches()) == before and log.verify() == []
    assert not store_exists(Settings(data=disk / "data"))
