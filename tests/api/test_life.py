"""The life of commands: Ctrl-C, kill -9, an exception; what they leave, the next one finds."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from waiting import PATIENCE, until

from graph.connection import connect
from graph.engine import engine_status, stop_engine
from graph.log import FactLog
from graph.projection import projected_to
from graph.settings import Settings
from ingest import ingest as take_in
from ingest.sample import steps, write_district

XINNONG = str(Path(sys.executable).parent / "xinnong")


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    write_district(folder, persons=1_000)
    return folder


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    made = Settings(data=tmp_path_factory.mktemp("life"), engine_heap_mb=512)
    yield made
    stop_engine(made)


def start(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    """A command in a process group of its own, as a terminal starts it."""
    environment = {
        **os.environ, "XINNONG_DATA": str(settings.data), "XINNONG_ENGINE_HEAP_MB": "512",
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    return subprocess.Popen(
        [XINNONG, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def interrupt(child: subprocess.Popen[str]) -> tuple[str, str]:
    """Ctrl-C: every process of the group hears it."""
    os.killpg(child.pid, signal.SIGINT)
    return child.communicate(timeout=PATIENCE)


def serving(settings: Settings, port: int) -> subprocess.Popen[str]:
    child = start(settings, "serve", "--port", str(port))

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
                return bool(json.load(answer) == {"status": "ok"})
        except OSError:
            return False

    until(answers, by=child, pause=0.2)
    return child


def descendants(settings: Settings) -> list[psutil.Process]:
    """Every process that works in this data folder."""
    data = str(settings.data)
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(data in word for word in process.info["cmdline"] or ())
    ]


def test_ctrl_c_stops_the_server_and_its_engine(settings: Settings, free_port: int) -> None:
    child = serving(settings, free_port)
    assert engine_status(settings).running
    out, said = interrupt(child)
    assert f"http://127.0.0.1:{free_port}" in out
    assert "Traceback" not in said
    assert child.returncode in (0, 130)
    assert not engine_status(settings).running
    assert descendants(settings) == []


@pytest.mark.sweep
def test_a_killed_server_leaves_an_engine_that_is_found(settings: Settings, free_port: int) -> None:
    child = serving(settings, free_port)
    engine = engine_status(settings)
    child.kill()
    child.communicate()
    # the port is free again and the next server uses the engine that is there
    second = serving(settings, free_port)
    assert engine_status(settings).pid == engine.pid
    interrupt(second)
    assert descendants(settings) == []


@pytest.mark.sweep
def test_two_servers_share_an_engine_and_neither_stops_the_others(
    settings: Settings, free_port: int
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other_port = int(probe.getsockname()[1])
    first = serving(settings, free_port)
    engine = engine_status(settings)
    second = serving(settings, other_port)
    assert engine_status(settings).pid == engine.pid
    interrupt(first)
    assert engine_status(settings).pid == engine.pid
    with urllib.request.urlopen(
        f"http://127.0.0.1:{other_port}/readyz", timeout=PATIENCE
    ) as answer:
        assert answer.status == 200
    interrupt(second)
    assert descendants(settings) == []


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("reached", "way"),
    [
        ("secrets.json", signal.SIGTERM),
        ("engine/host.json", signal.SIGINT),
        ("engine/data/databases/store_lock", signal.SIGTERM),
        ("engine/engine.json", signal.SIGINT),
    ],
)
def test_stopped_at_any_instant_a_command_leaves_no_engine(
    settings: Settings, district: Path, tmp_path: Path, reached: str, way: signal.Signals
) -> None:
    """Whatever file has just appeared: no traceback, no engine, and the next run is whole."""
    own = settings.model_copy(update={"data": tmp_path})
    source, path = steps(district)[0]
    child = start(own, "ingest", source, str(path))
    until((tmp_path / reached).exists, by=child, pause=0.002)
    os.killpg(child.pid, way)
    _, said = child.communicate(timeout=PATIENCE)
    assert "Traceback" not in said and "已停止" in said
    assert child.returncode == 128 + way
    assert descendants(own) == []
    assert FactLog(own.log_dir).verify() == []


@pytest.mark.sweep
def test_what_the_log_holds_beyond_the_graph(
    settings: Settings, district: Path, free_port: int
) -> None:
    """`check` tells it, `check --repair` and `serve` put it right, and a lost batch is told apart."""
    own = settings.model_copy(update={"data": settings.data / "behind"})
    (first, regions), (second, farmers) = steps(district)[:2]
    take_in(first, [regions], settings=own, into_graph=False)

    def checked(*options: str) -> tuple[int, list[str]]:
        child = start(own, "check", "--json", *options)
        out, said = child.communicate(timeout=PATIENCE)
        return child.returncode, json.loads(out)["problems"] if out else [said]

    assert checked() == (1, ["图落后于日志：0 / 1。请运行 xinnong check --repair 补齐。"])
    assert checked("--repair") == (0, [])
    take_in(second, [farmers], settings=own, into_graph=False)
    child = serving(own, free_port)
    with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/readyz", timeout=PATIENCE) as answer:
        assert json.load(answer)["graph_position"] == 2
    interrupt(child)
    shutil.rmtree(FactLog(own.log_dir).batches()[1].folder)
    status, [problem] = checked()
    assert status == 1 and "日志最后的批次丢失" in problem
    stop_engine(own)


@pytest.mark.sweep
@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGKILL])
def test_an_ingest_cut_short_is_made_whole_by_the_next(
    settings: Settings, district: Path, way: signal.Signals
) -> None:
    source, path = steps(district)[0 if way is signal.SIGINT else 1]
    child = start(settings, "ingest", source, str(path))
    log = FactLog(settings.log_dir)
    before = len(log.batches())
    # cut when the batch is committed and the graph is not there yet, or soon after
    until(lambda: len(log.batches()) > before or child.poll() is not None, pause=0.02)
    os.killpg(child.pid, way)
    _, said = child.communicate(timeout=PATIENCE)
    assert "Traceback" not in said
    again = start(settings, "ingest", source, str(path), "--json")
    out, said = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, said
    report = json.loads(out)["batches"][0]
    assert report["rows_in"] == report["accepted"] + report["unchanged"] + report["quarantined"]
    assert len(log.batches()) == before + 1
    with connect(settings) as graph:
        held = projected_to(graph)
        assert held is not None and held.position == before + 1
    stop_engine(settings)
    assert descendants(settings) == []


def test_an_exception_ends_the_command(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "行政区划.csv"
    broken.write_bytes(b"\xff\xfe\x00broken")
    child = start(settings, "ingest", "regions", str(broken))
    _, said = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    assert "Traceback" not in said and "行政区划.csv" in said
    stop_engine(settings)
    assert descendants(settings) == []


@pytest.mark.sweep
def test_the_first_demo_stops_at_ctrl_c_and_goes_on_at_the_second(
    settings: Settings, free_port: int
) -> None:
    demo = ("demo", "--persons", "1000", "--port", str(free_port))
    own = settings.model_copy(update={"data": settings.data / "demo"})
    # the first time while the files are written, the second while they are taken in
    child = start(own, *demo)
    until((own.data / ".district").exists, by=child, pause=0.005)
    _, said = interrupt(child)
    assert "Traceback" not in said
    assert not (own.data / "district").exists()
    child = start(own, *demo)
    until(lambda: len(FactLog(own.log_dir).batches()) >= 2, by=child)
    _, said = interrupt(child)
    assert "Traceback" not in said
    assert descendants(own) == []
    second = start(own, *demo)
    assert second.stdout is not None
    # the links of the demonstration's users come first, and each opens as soon as it is there
    opened = []
    for line in iter(second.stdout.readline, ""):
        if found := re.search(r"http://127\.0\.0\.1:\d+/login/link/[\w-]+", line):
            with urllib.request.urlopen(found[0], timeout=PATIENCE) as answer:
                opened.append(answer.status)
        elif f"打开 http://127.0.0.1:{free_port}" in line:
            break
    assert opened == [200] * 4
    interrupt(second)
    # beside the files there is what the loop carried over of its own
    batches = [one for one in FactLog(own.log_dir).batches() if one.source != "platform_financing"]
    files = {path.name for _, path in steps(own.data / "district")}
    # a workbook of two tables is two batches, the second named by its table; none came in twice
    assert files <= {one.file_name for one in batches}
    assert len(batches) - len(files) == sum("（" in one.file_name for one in batches)
    assert len({one.batch for one in batches}) == len(batches) > 9
    assert descendants(own) == []
