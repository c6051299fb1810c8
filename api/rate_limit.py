"""How often somebody may ask: so many times within a window, counted in this process.

What holds for whom is data (`rate_limits.yaml`).  Every answer that was counted says how many are left
(RateLimit and RateLimit-Policy, draft-ietf-httpapi-ratelimit-headers-10); one that is refused says when
to ask again (Retry-After, RFC 9110, 10.2.3).  Several processes count each for themselves.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from threading import Lock

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.errors import BusyError
from graph.plain_yaml import read_yaml

__all__ = [
    "LIMITS",
    "PUBLIC_RECORDS",
    "PUBLIC_SEARCH",
    "TOKEN",
    "Limited",
    "Quota",
    "RateLimit",
    "RateLimitedError",
    "count_asker",
    "count_refused",
    "forget_all",
]

#: Who is remembered; who asked longest ago is forgotten first.
_REMEMBERED = 10_000
_NOTED = "xinnong.quotas"
#: Of the newer kind of addresses one household or office has so many bits to itself (RFC 6177).
_PREFIX = 64


@dataclass(frozen=True)
class Quota:
    """What is left to somebody.

    Attributes:
        policy: of what, as an item of RateLimit-Policy.
        again_s: in how many seconds there is more than now.
    """

    policy: str
    name: str
    left: int
    again_s: int

    @property
    def state(self) -> str:
        """As an item of RateLimit."""
        return f'"{self.name}";r={self.left};t={self.again_s}'


class RateLimitedError(BusyError):
    """Somebody asks too often."""

    code = "rate_limited"

    def __init__(self, quota: Quota) -> None:
        super().__init__(
            f"查询过于频繁，请在 {quota.again_s} 秒后再试。",
            f"Too many requests: try again in {quota.again_s} seconds.",
        )
        self.quota = quota
        self.headers: Mapping[str, str] = {"Retry-After": str(quota.again_s)}


class RateLimit:
    """A dependency of routes, counting by address; safe across threads.

    Args:
        most: requests of one within `seconds`.
        clock: seconds that only grow.
        name: of the policy.
    """

    def __init__(
        self,
        most: int,
        seconds: int,
        clock: Callable[[], float] = time.monotonic,
        *,
        name: str = "default",
        title: str = "",
    ) -> None:
        self.name, self.title, self.most, self.seconds = name, title, most, seconds
        self._clock = clock
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    @property
    def policy(self) -> str:
        """As an item of RateLimit-Policy."""
        return f'"{self.name}";q={self.most};w={self.seconds}'

    async def __call__(self, request: Request) -> None:
        """Count a request by its address, of a route; raises as `count_address`."""
        self.count_address(request)

    def count_address(self, request: Request) -> None:
        """Count a request by its address; raises `RateLimitedError` (`rate_limited`)."""
        self.count_for(request, _address(request))

    def count_for(self, request: Request, who: str) -> None:
        """Count a request of somebody, and have its answer say what is left.

        Raises `RateLimitedError` (`rate_limited`).
        """
        noted: list[Quota] = request.scope.setdefault(_NOTED, [])
        try:
            noted.append(self.count(who))
        except RateLimitedError as error:
            noted.append(error.quota)
            raise

    def count(self, who: str) -> Quota:
        """Count a request of somebody; raises `RateLimitedError` (`rate_limited`)."""
        now = self._clock()
        with self._lock:
            asked = self._asked.setdefault(who, deque())
            self._asked.move_to_end(who)
            while asked and asked[0] <= now - self.seconds:
                asked.popleft()
            is_refused = len(asked) >= self.most
            if not is_refused:
                asked.append(now)
            again = max(1, ceil(asked[0] + self.seconds - now))
            quota = Quota(self.policy, self.name, self.most - len(asked), again)
            while len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)
        if is_refused:
            raise RateLimitedError(quota)
        return quota

    def forget(self) -> None:
        """As if nobody had asked yet."""
        with self._lock:
            self._asked.clear()


def _address(request: Request) -> str:
    """Whom a request came from, as far as an address tells."""
    told = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return told
    if address.version == 4:
        return told
    return str(ipaddress.ip_network((address, _PREFIX), strict=False))


class Limited:
    """ASGI middleware: an answer says what is left of each limit that it was counted for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def limited(message: Message) -> None:
            quotas: list[Quota] = scope.get(_NOTED, [])
            if message["type"] == "http.response.start" and quotas:
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = ", ".join(quota.policy for quota in quotas)
                headers["RateLimit"] = ", ".join(quota.state for quota in quotas)
            await send(message)

        await self._app(scope, receive, limited)


def _load() -> dict[str, RateLimit]:
    told = read_yaml(Path(__file__).with_name("rate_limits.yaml").read_text(encoding="utf-8"))
    return {
        name: RateLimit(int(item["most"]), int(item["seconds"]), name=name, title=item["title"])
        for name, item in told.items()
    }


#: Every limit, by name.
LIMITS = _load()
#: A person looks up some dozens of firms; who wants all takes the whole (`/v1/public/records`).
PUBLIC_SEARCH, PUBLIC_RECORDS = LIMITS["public_search"], LIMITS["public_records"]
TOKEN = LIMITS["token"]


#: By what the identifier of whoever asks begins with; whoever uses this machine waits for nobody.
_OF_ASKERS = {"client": LIMITS["client"], "user": LIMITS["person"]}


def count_asker(request: Request, asker: str) -> None:
    """Count a request of somebody by their identifier, of nobody by the address.

    Raises `RateLimitedError` (`rate_limited`).
    """
    kind = asker.partition(":")[0]
    if kind == "visitor":
        LIMITS["visitor"].count_address(request)
    elif kind in _OF_ASKERS:
        _OF_ASKERS[kind].count_for(request, asker)


def count_refused(request: Request) -> None:
    """Count a token that was refused; raises `RateLimitedError` (`rate_limited`)."""
    LIMITS["refused_token"].count_address(request)


def forget_all() -> None:
    """As if nobody had asked anything yet."""
    for limit in LIMITS.values():
        limit.forget()
