"""What works on events behind the requests: batches are told of, hooks are served, what is old is dropped.

Every process of a data folder has one; locks of files keep them apart.  A receiver that is slow holds up
nobody but its own hook, up to as many at once as there are threads.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from filelock import FileLock, Timeout

from api.events.sending import Sending
from graph.closing import Closing
from graph.errors import XinnongError
from graph.log import FactLog
from graph.log_head import read_head
from graph.operations import Events, HookDeliveries, Hooks
from graph.time import day_of
from ingest.batch_events import tell, tell_of_day

__all__ = ["KEPT", "Sender"]

#: How long events are kept for whoever goes on from a cursor.
KEPT = timedelta(days=180)

#: How often it looks whether there is something to do, and drops what is old, in seconds.
_LOOK_S, _SWEEP_S = 2.0, 3_600.0
#: How long it rests after something went wrong, in seconds.
_REST_S = 30.0
#: Receivers that are sent to at once.
_THREADS = 4

_logger = logging.getLogger("xinnong.events")


class Sender(Closing):
    """Works from `start` to `close`, which waits for the try at hand and no longer."""

    def __init__(self, sending: Sending, *, look_s: float = _LOOK_S) -> None:
        self._sending, self._look_s = sending, look_s
        store = sending.office.store
        self._events, self._hooks, self._deliveries = (
            Events(store),
            Hooks(store),
            HookDeliveries(store),
        )
        self._log = FactLog(sending.office.settings.log_dir)
        self._closing, self._wake = threading.Event(), threading.Event()
        sending.stop = self._closing.is_set
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="hooks")
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)
        self._swept = 0.0
        self._told_of: date | None = None

    def start(self) -> None:
        """Begin; of a log to which nobody listened before, what comes from now on is told."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def close(self) -> None:
        """Stop; what is left is done at the next start."""
        self._closing.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._pool.shutdown(cancel_futures=True)

    def _run(self) -> None:
        while not self._closing.is_set():
            rest = self._look_s
            try:
                self._look()
            except XinnongError as error:
                # a store that is busy or full is said where somebody asks of it
                _logger.warning("events_wait", extra={"code": error.cause_code})
                rest = _REST_S
            except Exception as error:
                _logger.error("events_defect", exc_info=error)
                rest = _REST_S
            self._wake.wait(rest)
            self._wake.clear()

    def _look(self) -> None:
        self._hear()
        for hook in self._hooks.all(state="active"):
            with self._lock:
                if hook.id in self._busy:
                    continue
                self._busy.add(hook.id)
            self._pool.submit(self._serve, hook.id)
        if time.monotonic() - self._swept > _SWEEP_S:
            self._swept = time.monotonic()
            self._deliveries.drop_before(self._sending.now() - KEPT)

    def _hear(self) -> None:
        """Tell of the batches that came."""
        heard, head = self._events.heard(), read_head(self._log.folder)
        day = day_of(self._sending.now())
        is_new = heard is None or (head is not None and head.position > heard)
        if not is_new and self._told_of == day:
            return
        folder = self._sending.office.settings.lease_dir
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder / "events.lock", timeout=0):
                tell(self._log, self._events, stop=self._closing.is_set)
                tell_of_day(self._log, self._events, day)
                self._told_of = day
        except Timeout:
            return  # another process tells of them

    def _serve(self, name: str) -> None:
        try:
            while not self._closing.is_set() and self._sending.serve(name):
                continue
        except XinnongError as error:
            _logger.warning("hook_waits", extra={"hook": name, "code": error.cause_code})
        except Exception as error:
            _logger.error("hook_defect", extra={"hook": name}, exc_info=error)
        finally:
            with self._lock:
                self._busy.discard(name)
