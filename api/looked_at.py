"""Which parties somebody looked at lately: keys alone, in the memory of this process, by session.

It is a convenience and no record (that is the audit): it goes with the log-in, with the process, and
with the next ones looked at.  Names are asked for when it is shown, of what the reader sees then.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

__all__ = ["LookedAt"]

#: Parties of one session, and sessions, that are kept.
_PARTIES, _SESSIONS = 8, 2_000


class LookedAt:
    """Keys by session; safe across threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_session: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()

    def note(self, session: str, key: str) -> None:
        """A party was looked at; it is the first of the list from now on."""
        with self._lock:
            held = self._by_session.setdefault(session, OrderedDict())
            self._by_session.move_to_end(session)
            held[key] = None
            held.move_to_end(key)
            while len(held) > _PARTIES:
                held.popitem(last=False)
            while len(self._by_session) > _SESSIONS:
                self._by_session.popitem(last=False)

    def of(self, session: str) -> tuple[str, ...]:
        """Keys of a session, the last first."""
        with self._lock:
            return tuple(reversed(self._by_session.get(session, ())))

    def forget(self, session: str) -> None:
        """A session is over."""
        with self._lock:
            self._by_session.pop(session, None)
