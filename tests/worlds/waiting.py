"""Waiting for what happens, and never for so many seconds: a busy machine is slow, not broken."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["PATIENCE", "until"]

#: Seconds after which what has not happened will not: far beyond what a crowded machine needs.
PATIENCE = 400

_Found = TypeVar("_Found")


def until(
    happened: Callable[[], _Found],
    *,
    by: subprocess.Popen[Any] | None = None,
    pause: float = 0.05,
) -> _Found:
    """What `happened` gives as soon as it is true.

    Args:
        by: the process that should bring it about; when that ends first, nothing else is awaited.

    Raises:
        AssertionError: where it did not happen, with what the process said.
    """
    begun = time.monotonic()
    while True:
        ended = by is not None and by.poll() is not None
        if found := happened():
            return found
        if ended:
            assert by is not None
            raise AssertionError(f"it ended with {by.returncode}: {by.communicate()}")
        assert time.monotonic() - begun < PATIENCE, "it did not happen"
        time.sleep(pause)
