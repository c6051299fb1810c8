"""A browser that comes again where it is told to, as a page does by itself and a client should.

What is being reckoned is a page that says so (202), and a question that the engine plans for the
first time may be slower than its limit (503); both name a time, and both pass.
"""

from __future__ import annotations

import time
from typing import Any

from starlette.testclient import TestClient

__all__ = ["Patient", "at_once"]

_LATER = (202, 503)
#: How often it comes: far beyond what a crowded machine needs, and no more where it never passes.
_TRIES = 60


class Patient(TestClient):
    """Asks again after `Retry-After` seconds; what was accepted as a job names none, and is done once."""

    def request(self, *told: Any, **more: Any) -> Any:
        for _ in range(_TRIES):
            answer = super().request(*told, **more)
            again = answer.headers.get("retry-after")
            if answer.status_code not in _LATER or again is None:
                break
            time.sleep(float(again))
        return answer


def at_once(browser: TestClient, path: str, *, method: str = "GET") -> Any:
    """The first answer, where it is the answer that is looked at."""
    return TestClient.request(browser, method, path)
