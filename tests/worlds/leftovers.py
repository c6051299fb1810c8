"""What lives on after the tests that started it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil

from graph.engine.users import used_by_others
from graph.settings import Settings

__all__ = ["left_over", "shared_folder", "still_running"]

#: What a process keeps beside itself, which ends when it does: Python's own, and who reads files.
_ITS_OWN = (
    "multiprocessing.resource_tracker",
    "multiprocessing.forkserver",
    "-m ingest.reading.reader",
)


def still_running(folder: Path) -> list[str]:
    """Processes below this one, and those of their own that work on files in a folder."""
    here = psutil.Process()
    below = {child.pid for child in here.children(recursive=True)}
    found = []
    for process in psutil.process_iter(["pid", "ppid", "cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        ours = process.pid in below or (str(folder) in line and process.pid != here.pid)
        over = process.info["status"] in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        kept = process.info["ppid"] == here.pid and any(name in line for name in _ITS_OWN)
        if ours and not over and not kept:
            found.append(f"{process.pid}: {line[:300]}")
    return found


def shared_folder(folder: Path) -> Path:
    """Where the processes of one run share what is made once; `folder` is this process's own."""
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def left_over(folder: Path, *shared: Path, patience: float = 60.0) -> list[str]:
    """What still runs of this process of tests, and of what several share in data folders.

    An engine that others still use is theirs to stop, whoever started it; one that whoever went last
    is just stopping is waited for.
    """
    ends = time.monotonic() + patience
    while True:
        found = {
            line.split(":")[0]: line for each in (folder, *shared) for line in still_running(each)
        }
        stopping = False
        for each in shared:
            of_all = {pid for pid, line in found.items() if f"{each}/" in line}
            if of_all and used_by_others(Settings(data=each)):
                found = {pid: line for pid, line in found.items() if pid not in of_all}
            elif of_all:
                stopping = True
        if not stopping or time.monotonic() > ends:
            return list(found.values())
        time.sleep(0.2)
