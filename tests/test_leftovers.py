"""The check at the end of a run sees what a test left, also what left its parent."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import psutil
from leftovers import left_over, still_running
from waiting import until

from graph.settings import Settings

SLEEPER = "import sys, time; print(flush=True); time.sleep(600)"
#: One that starts another and ends: what it started is nobody's child any more.
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}, sys.argv[1]], start_new_session=True,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(child.pid)
"""


def test_a_child_and_an_orphan_are_seen(tmp_path: Path) -> None:
    before = set(still_running(tmp_path))  # an engine of this run, say

    def left() -> list[str]:
        return [line.split(":")[0] for line in still_running(tmp_path) if line not in before]

    assert left() == []
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stdout.readline()
        assert left() == [str(child.pid)]
        child.kill()
    run = [sys.executable, "-c", PARENT, str(tmp_path)]
    orphan = int(subprocess.run(run, capture_output=True, check=True).stdout)
    try:
        until(lambda: left() == [str(orphan)])
    finally:
        subprocess.run(["kill", "-9", str(orphan)], check=True)
    until(lambda: not left())


def test_what_others_still_use_is_theirs_and_who_is_stopping_it_is_waited_for(
    tmp_path: Path,
) -> None:
    folder, shared = tmp_path / "own", tmp_path / "shared"
    users = Settings(data=shared).engine_dir / "users"
    users.mkdir(parents=True)
    before = set(left_over(folder, shared, patience=0))
    words = [sys.executable, "-c", SLEEPER, f"{shared}/engine/host.json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as engine:
        assert engine.stdout is not None and engine.stdout.readline()

        def left(patience: float = 0) -> set[str]:
            return set(left_over(folder, shared, patience=patience)) - before

        assert [line.split(":")[0] for line in left()] == [str(engine.pid)]
        note = users / str(engine.pid)
        note.write_text(str(psutil.Process(engine.pid).create_time()))
        assert not left()
        note.unlink()
        stopping = threading.Timer(0.5, engine.kill)
        stopping.start()
        assert not left(patience=60)
        stopping.join()
