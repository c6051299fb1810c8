"""How often one address may ask: so many times within a window, counted in this process."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock

from fastapi import Request

from graph.errors import BusyError

__all__ = ["PUBLIC_SEARCH", "RateLimit"]

#: Addresses that are remembered; who asked longest ago is forgotten first.
_REMEMBERED = 10_000


class RateLimit:
    """A dependency of routes that anybody may call; safe across threads.

    Args:
        most: requests of one address within `seconds`.
        clock: seconds that only grow.
    """

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, request: Request) -> None:
        """Raises `BusyError` (`rate_limited`)."""
        self.count(request.client.host if request.client else "")

    def count(self, address: str) -> None:
        """Count a request of an address; raises `BusyError` (`rate_limited`)."""
        now = self._clock()
        with self._lock:
            asked = self._asked.setdefault(address, deque())
            self._asked.move_to_end(address)
            while asked and asked[0] <= now - self._seconds:
                asked.popleft()
            if len(asked) >= self._most:
                raise BusyError(
                    f"查询过于频繁，请在 {self._seconds:.0f} 秒后再试。",
                    "Too many requests from this address: try again later.",
                    code="rate_limited",
                )
            asked.append(now)
            while len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)

    def forget(self) -> None:
        """As if nobody had asked yet."""
        with self._lock:
            self._asked.clear()


#: A person looks up some dozens of firms; who wants all takes the whole (`/v1/public/records`).
PUBLIC_SEARCH = RateLimit(most=60, seconds=60)
