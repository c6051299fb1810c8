"""What stands before every request: whose host was asked, and which site sent it.

Whoever can open a page in an officer's browser can make that browser send requests here, and
loopback does not keep them out.  A browser says on its own account where a request comes from
(`Origin`, `Sec-Fetch-Site`, `Referer`); a program that is no browser says none of it and is let by.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["LOOPBACK", "Guard", "Refuse", "is_foreign"]

#: Names under which the service answers (ADR 8).
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

#: Methods that change nothing: a link on another site may lead here.
_SAFE = ("GET", "HEAD", "OPTIONS")
#: What a browser says of a request that one of our pages, or the officer himself, made.
_OURS = ("same-origin", "none")

#: Makes a problem of: request, status, code, Chinese, English.
Refuse = Callable[[Request, int, str, str, str], Response]


def is_foreign(method: str, headers: Headers) -> bool:
    """Whether a browser sent this for another site.

    A link may be followed from anywhere; beyond that another site may not even make us work, as a
    picture whose address is a slow question would.
    """
    site = headers.get("sec-fetch-site")
    if method in _SAFE:
        followed = headers.get("sec-fetch-mode") == "navigate"
        framed = headers.get("sec-fetch-dest") not in (None, "document")
        return site is not None and site not in _OURS and (framed or not followed)
    if site is not None and site not in _OURS:
        return True
    told = headers.get("origin", headers.get("referer"))
    return told is not None and _host_of(told) != headers.get("host", "").lower()


def _host_of(address: str) -> str | None:
    """Host and port of an origin; None for one that has none ("null"), or is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in ("http", "https") else None


class Guard:
    """ASGI middleware, before all routes."""

    def __init__(self, app: ASGIApp, *, refuse: Refuse, hosts: Collection[str] = LOOPBACK) -> None:
        self._app = app
        self._refuse = refuse
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refused(Request(scope))
        await (refused or self._app)(scope, receive, send)

    def _refused(self, request: Request) -> Response | None:
        named = request.headers.get("host", "").lower()
        # an address in brackets has colons of its own
        host = named if named.endswith("]") else named.rsplit(":", 1)[0]
        if host not in self._hosts:
            return self._refuse(
                request,
                400,
                "foreign_host",
                "服务只以本机名称应答：请打开 http://127.0.0.1 加端口号。",
                "The service answers under names of this machine only: use 127.0.0.1.",
            )
        if is_foreign(request.method, request.headers):
            return self._refuse(
                request,
                403,
                "other_site",
                "这个请求来自另一个网站，已拒绝。请在本系统的页面上操作。",
                "The request came from another site.",
            )
        return None
