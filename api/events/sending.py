"""Sending to one subscription: what is due, in order, and what becomes of each try.

One sender of one hook at a time, whichever process it is in: a file lock, which the kernel gives back
when its holder dies.  Between any two steps it may be killed: an event is entered once, is sent until it
is acknowledged or given up, and is never sent after that; what was sent and not yet noted is sent again
under the same name (`webhook-id`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from filelock import FileLock, Timeout

from api.events.address import Network, Resolve, look_up, networks, target_of
from api.events.message import body_of
from api.events.post import Answered, Post
from api.events.signature import HookSecrets
from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import Hook, HookDeliveries, HookDelivery, Hooks, OfficeBooks
from graph.time import utc_now
from queries.events import Coverage, locations
from queries.scope import Scope

__all__ = ["DELAYS_S", "Owners", "Sending", "delay"]

#: What the owner of a hook may see now; None where there is none any more.
Owners: TypeAlias = Callable[[str], Scope | None]

#: After which time a delivery is tried again, in seconds; after the last it is dead.
DELAYS_S = (5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200, 86_400)
#: How much later at most, so that those who failed together do not come back together.
_JITTER = 0.2
#: A receiver that takes nothing is left alone for no longer than this, in seconds.
_MOST_REST_S = 600
_GONE = 410
#: Deliveries of one turn, and tries within it.
_AT_ONCE = 100


def delay(tries: int, jitter: float) -> timedelta | None:
    """How long to wait after so many tries; None: no more.

    Args:
        jitter: from 0 to 1.
    """
    if tries > len(DELAYS_S):
        return None
    return timedelta(seconds=DELAYS_S[tries - 1] * (1 + _JITTER * jitter))


def _chance() -> float:
    return secrets.randbelow(1_000) / 1_000


@dataclass
class Sending:
    """How one installation sends.

    Attributes:
        owners: what the owner of a hook may see now.
        now, jitter, resolve, post: the clock, chance and the world outside.
        stop: whether to stop before the next try.
    """

    office: OfficeBooks
    owners: Owners
    now: Callable[[], datetime] = utc_now
    jitter: Callable[[], float] = _chance
    resolve: Resolve | None = None
    post: Callable[..., Answered] | None = None
    stop: Callable[[], bool] = lambda: False
    _allowed: tuple[Network, ...] = field(init=False)

    def __post_init__(self) -> None:
        settings, store = self.office.settings, self.office.store
        self._allowed = networks(settings.hook_networks)
        self._hooks, self._deliveries = Hooks(store), HookDeliveries(store)
        self._log = FactLog(settings.log_dir)
        self._secrets: HookSecrets | None = None
        if self.post is None:
            self.post = Post(settings.hook_authorities)

    def serve(self, name: str) -> bool:
        """One turn of one hook: enter what is new, send what is due.

        Returns whether there is more to do at once; False also where another sender has it.
        """
        folder = self.office.settings.lease_dir
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder / f"hook-{name}.lock", timeout=0):
                return self._turn(name)
        except Timeout:
            return False

    def _turn(self, name: str) -> bool:
        while self._deliveries.spread(name, at=self.now()):
            if self.stop():
                return False
        hook = self._hooks.find(name)
        if not self._may_send(hook):
            return False
        due = self._deliveries.due(name, at=self.now(), most=_AT_ONCE)
        places = self._places(hook, due)
        for item in due:
            # whoever ends or rotates it meanwhile is heard with the next one
            hook = self._hooks.find(name)
            if self.stop() or not self._may_send(hook) or not self._sent(hook, item, places):
                return False
        return bool(due)

    def _may_send(self, hook: Hook) -> bool:
        return hook.state == "active" and (hook.next_at is None or hook.next_at <= self.now())

    def _sent(self, hook: Hook, item: HookDelivery, places: dict[str, set[str]]) -> bool:
        """Send one; whether to go on with the next."""
        scope = self.owners(hook.owner)
        if scope is None:
            self._deliveries.refused_for_good(hook.id, "订阅人已停用，已暂停发送。")
            return False
        told = Coverage(scope, places, hook.divisions).told(item.event)
        if told is None:
            self._deliveries.beyond(hook.id, item.event.number, at=self.now())
            return True
        answered = self._post(hook, told.id, body_of(told))
        number, at = item.event.number, self.now()
        if answered.taken:
            assert answered.status is not None
            self._deliveries.taken(hook.id, number, status=answered.status, at=at)
            return True
        self._note_failure(hook, item, answered, at)
        return False

    def _note_failure(
        self, hook: Hook, item: HookDelivery, answered: Answered, at: datetime
    ) -> None:
        jitter, asked = self.jitter(), timedelta(seconds=answered.wait_s or 0)
        wait = delay(item.tries + 1, jitter)
        rest = delay(min(hook.failures + 1, len(DELAYS_S)), jitter)
        assert rest is not None
        rest = max(min(rest, timedelta(seconds=_MOST_REST_S)), asked)
        gone = answered.status == _GONE
        if gone:
            self._deliveries.refused_for_good(
                hook.id, "接收方答复该地址已不再使用（410），已暂停发送。"
            )
        self._deliveries.failed(
            hook.id, item.event.number, answered.problem, status=answered.status, at=at,
            # what is gone is no fault of this message: it waits for whoever resumes
            again_at=at if gone else None if wait is None else at + max(wait, asked),
            hook_again_at=at + rest,
        )  # fmt: skip

    def _post(self, hook: Hook, name: str, body: bytes) -> Answered:
        assert self.post is not None
        try:
            target = target_of(hook.url, allowed=self._allowed)
            address = look_up(target, allowed=self._allowed, resolve=self.resolve)
        except InputError as error:
            return Answered(None, error.message_zh)
        if self._secrets is None:
            self._secrets = HookSecrets(self.office.settings)
        headers = self._secrets.headers(hook, name, body, at=self.now())
        return self.post(target, address, body, headers)

    def _places(self, hook: Hook, due: Iterable[HookDelivery]) -> dict[str, set[str]]:
        """Where the subjects of some deliveries are, where it matters."""
        scope = self.owners(hook.owner)
        if scope is None or not Coverage(scope, {}, hook.divisions).needs_places:
            return {}
        try:
            moment = Moment.of(self._log.batches())
        except NotFoundError:
            return {}
        return locations(self._log, moment, (item.event.subject for item in due))
