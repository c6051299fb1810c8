"""Answers that whoever asks has already (RFC 9110, 13.1.2): 304, and nothing is sent again.

Every JSON answer to a GET of `/v1` carries its tag.  Of most it is made of what is sent.  A route
that is marked `of_one_state` is worked out of the log alone, of a moment, for a scope: there it is
made of these, and an answer that is had already is not even worked out.

A tag is of one reader: nobody learns from it whether another was told the same.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Any, TypeVar

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.entity_tag import names, tag_of
from api.handed import Handed, takes_also
from queries.reader import Reader

__all__ = [
    "Tagged",
    "Unchanged",
    "is_of_one_state",
    "of_one_state",
    "tag_answer",
    "who_is",
]

Way = TypeVar("Way", bound=Callable[..., Any])

_TAG, _ASKER = "xinnong.etag", "xinnong.asker"
_OK, _NOT_MODIFIED = 200, 304
_JSON, _DATA = "application/json", "/v1"


class Unchanged(Exception):  # noqa: N818 - no error
    """Whoever asks has the answer already; no error.

    Attributes:
        tag: of that answer.
    """

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def of_one_state(way: Way) -> Way:
    """Mark a route whose answer follows from log, moment, scope and what is asked, and nothing else."""
    asked = inspect.signature(way, eval_str=True)
    handed = Handed(asked, Request, "stated")

    @wraps(way)
    def answered(**given: Any) -> Any:
        # behind the checks of what is asked: what is malformed has no state
        _state(handed.take(given), given["reader"])
        return way(**given)

    takes_also(answered, asked, *handed.parameters)
    answered.is_of_one_state = True  # type: ignore[attr-defined]
    return answered  # type: ignore[return-value]


def is_of_one_state(way: Any) -> bool:
    """Whether a route is marked so."""
    return bool(getattr(way, "is_of_one_state", False))


def who_is(request: Request) -> str:
    """Names whoever asks; empty where nobody does."""
    found = request.scope.get(_ASKER) or getattr(request.app.state, "asker", None)
    return f"{found.id} {found.role.value}" if found is not None else ""


def _state(request: Request, reader: Reader) -> None:
    """Name the state that an answer is worked out of; raises `Unchanged`, and as `Reader.moment`."""
    at, scope = reader.moment, reader.scope
    tag = tag_of(
        version("xinnong"), who_is(request), request.url.path,
        sorted(request.query_params.multi_items()), at.as_of, at.known_at, at.head, scope.id,
        scope.name, scope.purpose, scope.institution,
    )  # fmt: skip
    tag_answer(request, tag)
    known = request.headers.get("if-none-match")
    if known is not None and names(known, tag, weakly=True):
        raise Unchanged(tag)


def tag_answer(request: Request, tag: str) -> None:
    """Have the answer carry a tag."""
    request.scope[_TAG] = tag


class Tagged:
    """ASGI middleware: tags what succeeds, and sends nothing of what is had already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"].startswith(_DATA)
        if not asked or scope["method"] not in ("GET", "POST", "PATCH", "PUT"):
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Tagging(scope, send).take)


class _Tagging:
    """One answer on its way out."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._start: Message | None = None

    async def take(self, message: Message) -> None:
        """A message of the answer."""
        if message["type"] == "http.response.start" and self._is_tagged(message):
            self._start = message
            return
        start, self._start = self._start, None
        if start is None:
            await self._send(message)
            return
        body = message.get("body", b"")
        tag = self._scope.get(_TAG)
        if tag is None and not message.get("more_body"):
            who = who_is(Request(self._scope))
            tag = f'"{hashlib.sha256(who.encode() + b" " + body).hexdigest()[:32]}"'
        if tag is not None:
            headers = MutableHeaders(scope=start)
            headers["ETag"] = tag
            known = Headers(scope=self._scope).get("if-none-match")
            if known is not None and self._scope["method"] == "GET" and _has(known, tag):
                start, message = _nothing(start), {"type": "http.response.body", "body": b""}
        await self._send(start)
        await self._send(message)

    def _is_tagged(self, start: Message) -> bool:
        if self._scope["method"] != "GET":
            return _TAG in self._scope and start["status"] // 100 == _OK // 100
        kind = Headers(raw=start["headers"]).get("content-type", "")
        return start["status"] == _OK and kind.partition(";")[0] == _JSON


def _has(known: str, tag: str) -> bool:
    return names(known, tag, weakly=True)


def _nothing(start: Message) -> Message:
    """The head of an answer without content: what is true of the one that is had stays."""
    kept = [
        item
        for item in start["headers"]
        if item[0].lower() not in (b"content-length", b"content-type")
    ]
    return {**start, "status": _NOT_MODIFIED, "headers": kept}
