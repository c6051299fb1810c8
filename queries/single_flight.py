"""A whole-district answer that takes seconds: computed once for each state of the data, off the
threads that answer requests.

Whoever needs it asks with `wait`; a page asks with `ready`, and says that it is being computed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

import psutil

from queries.held_bytes import held_bytes

__all__ = ["LEAST_HELD", "MOST_HELD", "SingleFlight"]

#: States whose answers are kept however large they are.  News comes while readers of the state before
#: are still reading, and somebody may look at a day that is past.
LEAST_HELD = 3
#: States kept at most: officers of many towns and banks work side by side, each with what they see.
MOST_HELD = 64
#: What the answers of one name may take together, as a share of the machine's memory.
_SHARE = 1 / 16

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Answers of the states asked for last; a state is whatever an answer follows from, compared
    by value."""

    def __init__(self, name: str, *, room: float | None = None) -> None:
        """`room`: bytes that the answers may take together; by default a share of the machine's memory."""
        self._room = psutil.virtual_memory().total * _SHARE if room is None else room
        self._bytes: dict[int, int] = {}
        # one worker: an answer may start from one before it (`finished`)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=f"xinnong-{name}")
        self._lock = threading.Lock()
        self._held: list[tuple[object, Future[T]]] = []

    def finished(self) -> Iterator[tuple[object, T]]:
        """States with their answers, asked for last first: what the next may start from."""
        with self._lock:
            held = list(reversed(self._held))
        for state, future in held:
            if future.done() and not future.cancelled() and future.exception() is None:
                yield state, future.result()

    def wait(self, state: object, make: Callable[[], T]) -> T:
        """The answer for a state, computed now unless it is there or under way."""
        return self._begun(state, make).result()

    def ready(self, state: object, make: Callable[[], T], *, within: float | None) -> T | None:
        """The answer if it is there within so many seconds; None while it is being computed.

        `within` None waits for it.
        What went wrong is raised, and the next who asks has it computed again.
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
            place = next((n for n, (one, _) in enumerate(self._held) if one == state), None)
            if place is not None:
                _, future = held = self._held.pop(place)
                if not future.done() or future.exception() is None:
                    self._held.append(held)
                    return future
            self._let_go()
            future = self._worker.submit(make)
            self._held.append((state, future))
            return future

    def _let_go(self) -> None:
        """Keep of those asked for last as many as there is room for, and one more."""
        kept, taken = 0, 0
        for _, future in reversed(self._held[-(MOST_HELD - 1) :]):
            taken += self._size(future)
            if kept >= LEAST_HELD - 1 and taken > self._room:
                break
            kept += 1
        self._held = self._held[len(self._held) - kept :]
        held = {id(future) for _, future in self._held}
        self._bytes = {key: size for key, size in self._bytes.items() if key in held}

    def _size(self, future: Future[T]) -> int:
        if not future.done() or future.cancelled() or future.exception() is not None:
            return 0
        if id(future) not in self._bytes:
            self._bytes[id(future)] = held_bytes(future.result())
        return self._bytes[id(future)]
