"""The most memory that this process ever held."""

from __future__ import annotations

import re
import resource
from pathlib import Path

__all__ = ["peak_bytes"]


def peak_bytes() -> int:
    """Peak resident memory in bytes.

    `ru_maxrss` of a child begins with what its parent held when it was started; the kernel's own
    mark does not, where there is one.
    """
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8"))):
        return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
