"""What a process had resident at the most since somebody last asked.

Linux keeps the mark and sets it back on request (`/proc/self/clear_refs`, proc(5)); where it cannot be
set back, or elsewhere, it is that of the whole process so far.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import psutil

__all__ = ["peak_mib", "reset_peak"]

_MARK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def reset_peak() -> None:
    """Count from here; nothing is said where that is not possible."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_mib() -> float:
    """The most MiB that were resident since; on other systems, those that are resident now."""
    try:
        found = _MARK.search(Path("/proc/self/status").read_text(encoding="ascii"))
    except OSError:
        found = None
    return int(found[1]) / 1024 if found else psutil.Process().memory_info().rss / 2**20
