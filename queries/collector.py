"""Python's collector of cycles, at rest while a large answer is made.

Each time objects have grown by a quarter the collector goes through all of them.  Of an answer of
millions that only grows, that is most of the time it takes, and it finds nothing: memory that no
cycle holds is given back without it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

__all__ = ["collector_at_rest"]

_counting = Lock()
#: How many answers are being made at once, and whether the collector was at work before the first.
_makers, _was_at_work = 0, False


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No cycles are looked for in this process until all who asked for it are done.

    What others leave in cycles meanwhile stays that much longer, seconds of their work; when the last
    is done the collector goes through what is new once, as it would have at the next collection.
    A collector that somebody else has switched off stays so.
    """
    global _makers, _was_at_work
    with _counting:
        if not _makers:
            _was_at_work = gc.isenabled()
            gc.disable()
        _makers += 1
    try:
        yield
    finally:
        with _counting:
            _makers -= 1
            if not _makers and _was_at_work:
                gc.enable()
