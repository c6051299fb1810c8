"""One thread that enters into the audit for all requests: what waits meanwhile goes in together.

The disk is waited for once for all that came in the meantime, so that many requests cost hardly more
than one; and no request holds a thread of the server while it waits.
"""

from __future__ import annotations

import queue
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Thread
from typing import TypeAlias

from graph.closing import Closing
from graph.errors import XinnongError
from graph.operations import AuditNote, OperationsStore, Trail

__all__ = ["TrailWriter"]

_AT_ONCE = 200
_Waiting: TypeAlias = tuple[AuditNote, "Future[int]"]
_Taken: TypeAlias = tuple[AuditNote, "Future[int] | None"]


class TrailWriter(Closing):
    """Enters notes in the order in which they are handed in."""

    def __init__(self, store: OperationsStore) -> None:
        self._trail = Trail(store)
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = Thread(target=self._work, name="audit", daemon=True)
        self._thread.start()

    def write(self, note: AuditNote) -> Future[int]:
        """Hand a note in; its number, or why it could not be entered (`XinnongError`)."""
        future: Future[int] = Future()
        self._waiting.put((note, future))
        return future

    def close(self) -> None:
        """Enter what waits, and end."""
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        open_still = True
        while open_still:
            lot: list[_Taken] = []
            while len(lot) < _AT_ONCE and (not lot or not self._waiting.empty()):
                found = self._waiting.get()
                if found is None:
                    open_still = False
                    break
                note, future = found
                # from here on nobody can take it back; what was taken back before was still done
                lot.append((note, future if future.set_running_or_notify_cancel() else None))
            if lot:
                self._enter(lot)

    def _enter(self, lot: Sequence[_Taken]) -> None:
        try:
            numbers = self._trail.append([note for note, _ in lot])
        except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it is
            if len(lot) > 1:
                # one that cannot be entered does not keep the others out
                for one in lot:
                    self._enter([one])
            elif (future := lot[0][1]) is not None:
                future.set_exception(_said(error))
            return
        for (_, future), number in zip(lot, numbers, strict=True):
            if future is not None:
                future.set_result(number)


def _said(error: Exception) -> XinnongError:
    if isinstance(error, XinnongError):
        return error
    told = XinnongError("审计记录写不进去。", f"The audit: {type(error).__name__}.")
    told.__cause__ = error
    return told
