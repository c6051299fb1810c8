"""A whole-district answer that takes seconds: computed once for each state of the data, off the
threads that answer requests.

Whoever needs it asks with `wait`; a page asks with `ready`, and says that it is being computed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

import psutil

from queries.collector import collector_at_rest
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


@dataclass(frozen=True)
class _Answered(Generic[T]):
    """An answer and the bytes that it takes."""

    answer: T
    taken: int


class SingleFlight(Generic[T]):
    """Answers of the states asked for last; a state is whatever an answer follows from, compared
    by value."""

    def __init__(self, name: str, *, room: float | None = None) -> None:
        """`room`: bytes that the answers may take together; by default a share of the machine's memory."""
        self._room = psutil.virtual_memory().total * _SHARE if room is None else room
        # one worker: an answer may start from one before it (`finished`)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=f"xinnong-{name}")
        self._lock = threading.Lock()
        self._held: list[tuple[object, Future[_Answered[T]]]] = []

    def finished(self) -> Iterator[tuple[object, T]]:
        """States with their answers, asked for last first: what the next may start from."""
        with self._lock:
            held = list(reversed(self._held))
        for state, future in held:
            if _is_there(future):
                yield state, future.result().answer

    def wait(self, state: object, make: Callable[[], T]) -> T:
        """The answer for a state, computed now unless it is there or under way."""
        return self._begun(state, make).result().answer

    def ready(self, state: object, make: Callable[[], T], *, within: float | None) -> T | None:
        """The answer if it is there within so many seconds; None while it is being computed.

        `within` None waits for it.
        What went wrong is raised, and the next who asks has it computed again.
        """
        found = self._begun(state, make)
        try:
            return found.result(timeout=within).answer
        except TimeoutError:
            if found.done():
                raise
            return None

    def close(self) -> None:
        """Wait for what is under way: it reads what is about to be closed."""
        self._worker.shutdown(cancel_futures=True)

    def _begun(self, state: object, make: Callable[[], T]) -> Future[_Answered[T]]:
        with self._lock:
            place = next((n for n, (one, _) in enumerate(self._held) if one == state), None)
            if place is not None:
                _, future = held = self._held.pop(place)
                if not future.done() or future.exception() is None:
                    self._held.append(held)
                    return future
            self._let_go()
            future = self._worker.submit(self._measured, make)
            self._held.append((state, future))
            return future

    def _measured(self, make: Callable[[], T]) -> _Answered[T]:
        # here, where nobody holds the lock: a large answer takes a while to go through
        with collector_at_rest():
            answer = make()
            return _Answered(answer, held_bytes(answer))

    def _let_go(self) -> None:
        """Keep of those asked for last as many as there is room for, and one more."""
        kept, taken = 0, 0
        for _, future in reversed(self._held[-(MOST_HELD - 1) :]):
            taken += future.result().taken if _is_there(future) else 0
            if kept >= LEAST_HELD - 1 and taken > self._room:
                break
            kept += 1
        self._held = self._held[len(self._held) - kept :]


def _is_there(future: Future[T]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
