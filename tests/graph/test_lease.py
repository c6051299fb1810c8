"""A lease keeps runs of one source apart, names its holder, and dies with it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import BusyError
from graph.operations import OperationsStore, holder, lease
from graph.settings import Settings

pytestmark = pytest.mark.each_store

HOLD = """
import sys, time
from pathlib import Path
from graph.operations import OperationsStore, lease
from graph.settings import Settings
settings = Settings(data=Path(sys.argv[1]))
with OperationsStore(settings) as store, lease(store, settings, "loan", wait_s=0):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def store(settings: Settings) -> Iterator[OperationsStore]:
    with OperationsStore(settings) as opened:
        yield opened


def test_a_second_run_is_told_who_holds_it_and_a_dead_holder_holds_nothing(
    store: OperationsStore, settings: Settings
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(settings.data)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout and child.stdout.readline() == "held\n"
        with pytest.raises(BusyError) as caught, lease(store, settings, "loan", wait_s=0):
            raise AssertionError
        assert caught.value.cause_code == "source_busy"
        assert f"进程 {child.pid}" in caught.value.message_zh
        held = holder(store, "loan")
        assert held is not None and held.pid == child.pid
        # another source is another matter
        with lease(store, settings, "guarantee", wait_s=0):
            assert holder(store, "guarantee")
        child.kill()
    # its note is still there, but nobody by that note lives
    assert holder(store, "loan") is None
    with lease(store, settings, "loan", wait_s=0):
        mine = holder(store, "loan")
        assert mine is not None and mine.pid == os.getpid()
    assert holder(store, "loan") is None


def test_a_second_run_waits_and_says_so(store: OperationsStore, settings: Settings) -> None:
    said: list[str] = []
    held, release = threading.Event(), threading.Event()

    def first() -> None:
        with lease(store, settings, "loan", wait_s=0):
            held.set()
            release.wait(60)

    thread = threading.Thread(target=first)
    thread.start()
    held.wait(60)

    def note(what: str, _done: int, _total: int | None) -> None:
        said.append(what)
        release.set()

    with lease(store, settings, "loan", wait_s=60, progress=note):
        assert "等待" in said[0] and str(os.getpid()) in said[0]
    thread.join()


def test_a_failure_gives_it_back(store: OperationsStore, settings: Settings) -> None:
    with pytest.raises(ZeroDivisionError), lease(store, settings, "loan", wait_s=0):
        raise ZeroDivisionError

    with lease(store, settings, "loan", wait_s=60):
        assert holder(store, "loan")
