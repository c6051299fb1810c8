"""In which language a page is written: Chinese, or what a browser was told by its reader."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final, Protocol

from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from api.languages import Language

__all__ = ["LANGUAGE", "Message", "Speaking", "message_of", "spoken"]

#: Name of the cookie that says it.
LANGUAGE: Final = "xinnong_language"


class Message(Protocol):
    """What is said in both: an error, what is found in a row."""

    @property
    def message_zh(self) -> str: ...

    @property
    def message_en(self) -> str: ...


_spoken: ContextVar[Language] = ContextVar("_spoken", default="zh")


def spoken() -> Language:
    """The language of the pages of this request."""
    return _spoken.get()


def message_of(said: Message | Mapping[str, Any]) -> str:
    """A message in the language of this request; of one that was kept as JSON, too."""
    name = "message_en" if spoken() == "en" else "message_zh"
    told: str = said[name] if isinstance(said, Mapping) else getattr(said, name)
    return told


class Speaking:
    """ASGI middleware: notes the language that whoever asks chose, also for what goes wrong within."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            _spoken.set("en" if _told(scope) == "en" else "zh")
        await self._app(scope, receive, send)


def _told(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"cookie":
            told = cookie_parser(value.decode("latin-1")).get(LANGUAGE)
            if told is not None:
                return told
    return ""
