"""The service's daily turn: once a day, by whichever service of a data folder comes first."""

from __future__ import annotations

import logging
import threading

from graph.closing import Closing
from graph.errors import XinnongError
from graph.operations import OperationsStore
from graph.settings import Settings
from graph.time import utc_now
from ingest.retention import daily_turn

__all__ = ["DailyTurn"]

#: How long after its start a service looks, and how often then, in seconds: who starts it has other
#: things to wait for.
_FIRST_S, _LOOK_S = 60.0, 1_800.0

_logger = logging.getLogger("xinnong.retention")


class DailyTurn(Closing):
    """Works from `start` to `close`, which waits for the turn at hand."""

    def __init__(
        self,
        settings: Settings,
        store: OperationsStore,
        *,
        first_s: float = _FIRST_S,
        look_s: float = _LOOK_S,
    ) -> None:
        self._settings, self._store = settings, store
        self._first_s, self._look_s = first_s, look_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="daily-turn", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        wait = self._first_s
        while not self._closing.wait(wait):
            wait = self._look_s
            try:
                turn = daily_turn(self._settings, self._store, at=utc_now())
            except XinnongError as error:
                # a store that is busy or full is said where somebody asks of it
                _logger.warning("retention_waits", extra={"code": error.cause_code})
                continue
            except Exception as error:
                _logger.error("retention_defect", exc_info=error)
                continue
            if turn is not None:
                told = {"rows": sum(turn.rows.values()), "waiting": sum(turn.waiting.values())}
                _logger.info("retention_turn", extra=told)
