"""A whole-district answer that takes seconds: reckoned once for each state of the data, off the
threads that answer requests.

Whoever needs it asks with `wait`; a page asks with `ready`, and says that it is being reckoned.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

__all__ = ["Reckoning"]

T = TypeVar("T")


class Reckoning(Generic[T]):
    """One answer, the newest; a state is whatever the answer follows from, compared by value."""

    def __init__(self, name: str) -> None:
        # one worker: an answer may start from the one before it (`newest`)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=f"xinnong-{name}")
        self._lock = threading.Lock()
        self._held: tuple[object, Future[T]] | None = None
        self._newest: T | None = None

    @property
    def newest(self) -> T | None:
        """The last answer that was reckoned whole, of whatever state: what the next may start from."""
        return self._newest

    def wait(self, state: object, make: Callable[[], T]) -> T:
        """The answer for a state, reckoned now unless it is there or under way."""
        return self._begun(state, make).result()

    def ready(self, state: object, make: Callable[[], T], *, within: float | None) -> T | None:
        """The answer if it is there within so many seconds; None while it is being reckoned.

        `within` None waits for it.
        What went wrong in reckoning is raised, and the next who asks has it reckoned again.
        """
        found = self._begun(state, make)
        try:
            return found.result(timeout=within)
        except TimeoutError:
            if found.done():
                raise
            return None

    def close(self) -> None:
        """Wait for what is under way: it reads what is about to be closed."""
        self._worker.shutdown(cancel_futures=True)

    def _begun(self, state: object, make: Callable[[], T]) -> Future[T]:
        with self._lock:
            if self._held is not None and self._held[0] == state:
                held = self._held[1]
                if not held.done() or held.exception() is None:
                    return held
            future = self._worker.submit(self._reckon, make)
            self._held = (state, future)
            return future

    def _reckon(self, make: Callable[[], T]) -> T:
        self._newest = made = make()
        return made
