"""What every answer forbids whoever shows it or passes it on.

It may neither be framed nor read by another site, runs no script and no style that is not a file of
ours, may use nothing of the machine it is shown on, and is kept by nobody on the way.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "Forbidding"]

#: Every answer carries them.
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # nothing is told to others; with `no-referrer` a browser would call the origin of our own forms
    # "null" (Fetch, "append a request Origin header"), and they could not be told from foreign ones
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=(), "
    "clipboard-read=(), payment=(), usb=(), serial=(), bluetooth=(), hid=(), midi=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}

#: Personal data is in nobody's cache; our own files hold none, and are asked for again by their tag.
_KEPT, _NOT_KEPT = "no-cache", "no-store"
_FILES = "/static/"


class Forbidding:
    """ASGI middleware, outermost: what fails within is no way round it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def forbidding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["Cache-Control"] = _KEPT if scope["path"].startswith(_FILES) else _NOT_KEPT
            await send(message)

        await self._app(scope, receive, forbidding)
