"""Ways of the interface that are to end, and how whoever uses them is told in time.

A route that is marked answers as before, with `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link
to what takes its place; the description of the interface says so too.  `/v1` goes on for at least
`_NOTICE` after a way was marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any, TypeVar

from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["NOTICE", "Deprecating", "Ending", "add_deprecations", "deprecated", "ending_of"]

Way = TypeVar("Way", bound=Callable[..., Any])

#: How long a way is there after it was marked, at least.
NOTICE = timedelta(days=180)
#: Where the policy is told.
_POLICY = "/docs#deprecation"


@dataclass(frozen=True)
class Ending:
    """That a way ends.

    Attributes:
        since: from which day it is not to be used for anything new.
        until: the last day on which it answers.
        instead: method and path of what takes its place.
    """

    since: date
    until: date
    instead: str

    def __post_init__(self) -> None:
        if self.until - self.since < NOTICE:
            raise ValueError(f"a way is there for {NOTICE.days} days after it was marked")

    @property
    def headers(self) -> dict[str, str]:
        """What every answer says of it."""
        return {
            "Deprecation": f"@{int(_begins(self.since).timestamp())}",
            "Sunset": format_datetime(_begins(self.until + timedelta(days=1)), usegmt=True),
            "Link": f'<{_POLICY}>; rel="deprecation"',
        }

    @property
    def told(self) -> str:
        """The same in words."""
        return (
            f"{self.since} 起不再推荐，{self.until} 后停用，请改用 {self.instead}"
            f" / deprecated since {self.since}, ends after {self.until}: use {self.instead}"
        )


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def deprecated(*, since: date, until: date, instead: str) -> Callable[[Way], Way]:
    """Mark a route; raises `ValueError` where too little time is left (`NOTICE`)."""
    ending = Ending(since, until, instead)

    def declared(way: Way) -> Way:
        way.ending = ending  # type: ignore[attr-defined]
        return way

    return declared


def ending_of(way: Any) -> Ending | None:
    """When a route ends; None where it goes on."""
    found: Ending | None = getattr(way, "ending", None)
    return found


class Deprecating:
    """ASGI middleware: answers of ways that end say so, refusals too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def saying(message: Message) -> None:
            ending = ending_of(getattr(scope.get("route"), "endpoint", None))
            if ending is not None and message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ending.headers.items():
                    headers.append(name, value)
            await send(message)

        await self._app(scope, receive, saying if scope["type"] == "http" else send)


def add_deprecations(description: dict[str, Any], routes: Iterable[APIRoute]) -> None:
    """Say in the description of the interface which ways end, and what takes their place."""
    for route in routes:
        ending = ending_of(route.endpoint)
        operations = description["paths"].get(route.path_format)
        if ending is None or operations is None:
            continue
        for method in route.methods or ():
            operation = operations[method.lower()]
            operation["deprecated"] = True
            operation["x-sunset"] = ending.until.isoformat()
            operation["description"] = (
                f"{operation.get('description', '')}\n\n{ending.told}".strip()
            )
