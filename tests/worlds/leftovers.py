"""What lives on after the tests that started it."""

from __future__ import annotations

from pathlib import Path

import psutil

__all__ = ["still_running"]

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
