"""The thread through one request: its trace id, its line in the log, and what nobody expected.

A trace id is that of the caller (W3C Trace Context, 3.2) or one of ours.  It stands in a header of
the answer, in every problem, and in every line that is logged meanwhile: who is told it can be
helped by whoever reads the log.

Of a request is logged what names nobody: its method, the template of its route and never its path,
its status, its time, who was asked for.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from opentelemetry.trace import format_trace_id, get_current_span
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

__all__ = [
    "METHODS",
    "NOBODY",
    "TRACE_HEADER",
    "Traced",
    "note_code",
    "note_scope",
    "route_of",
    "trace_of",
]

TRACE_HEADER = "Trace-Id"
#: For whom a request was that nobody was known to ask.
NOBODY = "未登录"

#: version, trace id, the caller's span, flags; what a later version appends may follow
_PARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?"
)

#: Methods that are told apart.
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_TRACE, _CODE, _WHO = "xinnong.trace", "xinnong.code", "xinnong.scope"
_DEFECT = 500

_logger = logging.getLogger("xinnong.requests")


def trace_of(request: Request) -> str:
    """The trace id of a request: 32 hexadecimal digits."""
    found: str = request.scope[_TRACE]
    return found


def note_code(request: Request, code: str) -> None:
    """Have the line of a request say which problem it was answered."""
    request.scope[_CODE] = code


def note_scope(request: Request, name: str) -> None:
    """Have the line of a request say for whom it was asked."""
    request.scope[_WHO] = name


class Traced:
    """ASGI middleware: gives every request its thread.

    Args:
        defect: the answer to what nobody expected.
        who: name of the scope where nobody notes another.
    """

    def __init__(self, app: ASGIApp, *, defect: Callable[[Request], Response], who: str) -> None:
        self._app = app
        self._defect = defect
        self._who = who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[_TRACE] = trace = _of_span() or _given(Headers(scope=scope)) or secrets.token_hex(16)
        began, status = time.perf_counter(), None

        async def traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[TRACE_HEADER] = trace
            await send(message)

        with bound_contextvars(trace=trace):
            try:
                await self._app(scope, receive, traced)
            except Exception as error:
                _logger.error("defect", extra={"route": route_of(scope)}, exc_info=error)
                if status is not None:
                    # half of the answer is gone: all that can still be said is that it is cut off
                    raise ConnectionAbortedError(trace) from None
                await self._defect(Request(scope))(scope, receive, traced)
            finally:
                _logger.info("request", extra=self._line(scope, status, began))

    def _line(self, scope: Scope, status: int | None, began: float) -> dict[str, Any]:
        told = {
            "method": scope["method"] if scope["method"] in METHODS else "?",
            "route": route_of(scope),
            "status": status or _DEFECT,
            "ms": round((time.perf_counter() - began) * 1_000, 1),
            "scope": scope.get(_WHO, self._who),
        }
        return {**told, "code": scope[_CODE]} if _CODE in scope else told


def _of_span() -> str | None:
    """That of the span which a collector is told (`api.spans`); None where there is none."""
    context = get_current_span().get_span_context()
    return format_trace_id(context.trace_id) if context.is_valid else None


def _given(headers: Headers) -> str | None:
    """The caller's trace id; None where there is none, or none that the standard allows."""
    found = _PARENT.fullmatch(headers.get("traceparent", "").strip())
    # what is appended in the first version makes it invalid
    return found[1] if found and not (found[2] and found[0].startswith("00")) else None


def route_of(scope: Scope) -> str:
    """The template of the route that took a request; of a file, or of nothing, no more than that."""
    found = getattr(scope.get("route"), "path", None)
    if isinstance(found, str):
        return found
    return "/static" if scope["path"].startswith("/static/") else "?"
