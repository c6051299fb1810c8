"""After a start: questions are asked once, of nobody, before somebody waits for the answer."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable

from api.party_file import QUESTIONS
from api.security.known import askers
from api.services import Services
from graph.closing import Closing
from graph.errors import XinnongError
from graph.time import utc_now
from queries.library import rehearse
from queries.scope import Scope
from queries.seen import Reading

__all__ = ["Rehearsal", "one_of_each"]

#: How long others go first, and how often it is looked whether they are done, in seconds.
_PATIENCE_S, _LOOKS_S = 5.0, 0.05

#: What an officer does first: look for a party, and open its page.
_FIRST = ("find_party", *QUESTIONS)

_logger = logging.getLogger("xinnong.rehearsal")


class Rehearsal(Closing):
    """Asks as those would who may log in now; from `start` to `close`, which waits for the question
    at hand.

    Args:
        is_answering: whether somebody waits for an answer: they go first.
    """

    def __init__(
        self, services: Services, *, is_answering: Callable[[], bool] = lambda: False
    ) -> None:
        self._services, self._is_answering = services, is_answering
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rehearsal", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether all is asked within so many seconds."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def close(self) -> None:
        """Ask no more."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        asked = 0
        # an empty graph, say: whoever asks for an answer is told
        try:
            services, now = self._services, utc_now()
            seen = [services.consented(who, at=now) for who in askers(services.store)]
            for scope in one_of_each(seen):
                moment = services.reader(scope).moment
                for _ in rehearse(services.graph, moment=moment, scope=scope, first=_FIRST):
                    asked += 1
                    self._let_others_go_first()
                    if self._closing.is_set():
                        return
        except XinnongError as error:
            _logger.info("rehearsal_ended", extra={"code": error.cause_code, "asked": asked})
        except Exception as error:
            _logger.error("rehearsal_defect", exc_info=error)

    def _let_others_go_first(self) -> None:
        """Wait until nobody waits for an answer; a page that listens for ever is not waited for."""
        until = time.monotonic() + _PATIENCE_S
        while self._is_answering() and time.monotonic() < until:
            if self._closing.wait(_LOOKS_S):
                return


def one_of_each(scopes: Iterable[Scope]) -> list[Scope]:
    """Of scopes that ask in the same words one, and first of those that most ask in."""
    alike: dict[Reading | None, Scope] = {}
    often: Counter[Reading | None] = Counter()
    for scope in scopes:
        words = None if scope.sees_everything else Reading.of(scope)
        alike.setdefault(words, scope)
        often[words] += 1
    return [alike[words] for words, _ in often.most_common()]
