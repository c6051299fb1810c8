"""A page that was asked about another moment leads on at that moment.

Whoever looks at a day of last year, or at what was known then, goes on from page to page; a link that
forgot the clocks would put today's answer beside the one of then.  So every link and form of a page
takes them along where what it leads to takes them, and so does where a form is sent on to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape, unescape
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.admission import declared

__all__ = ["CLOCKS", "Carrying", "Takes", "carried", "taking"]

#: The parameters that say of when an answer is.
CLOCKS = ("as_of", "known_at")

#: Which of the clocks a path takes, asked by a method.
Takes = Callable[[str, str], frozenset[str]]

_LINK = re.compile(r'(<a\b[^>]*?\bhref=")(/[^"]*)(")')
_FORM = re.compile(r"<form\b[^>]*>")
_ACTION = re.compile(r'(\baction=")(/[^"]*)(")')
_POST = re.compile(r'\bmethod="post"', re.IGNORECASE)


def taking(routes: Iterable[APIRoute]) -> Takes:
    """What the first of some routes that has a path takes."""
    known = [
        (route.path_regex, route.methods or (), declared(route) & {*CLOCKS}) for route in routes
    ]

    def takes(method: str, path: str) -> frozenset[str]:
        return next(
            (names for path_is, methods, names in known
             if method in methods and path_is.fullmatch(path)),
            frozenset(),
        )  # fmt: skip

    return takes


def carried(page: str, asked: Mapping[str, str], takes: Takes, here: str = "/") -> str:
    """The page with the clocks that it was asked for in its links and forms.

    Args:
        here: its own path, where a form without an action is sent.
    """

    def link(found: re.Match[str]) -> str:
        return found[1] + escape(_along(unescape(found[2]), "GET", asked, takes)) + found[3]

    def form(found: re.Match[str]) -> str:
        tag = found[0]
        action = _ACTION.search(tag)
        if _POST.search(tag):
            # one without an action is sent to the address of the page, clocks and all
            return _ACTION.sub(
                lambda at: at[1] + escape(_along(unescape(at[2]), "POST", asked, takes)) + at[3],
                tag,
            )
        inside = page[found.end() : page.find("</form>", found.end())]
        path = unescape(action[2]) if action else here
        fields = [
            f'<input type="hidden" name="{name}" value="{escape(asked[name])}">'
            for name in asked
            if name in takes("GET", _path(path)) and f'name="{name}"' not in inside
        ]
        return tag + "".join(fields)

    return _LINK.sub(link, _FORM.sub(form, page))


def _path(url: str) -> str:
    return unquote(urlsplit(url).path)


def _along(url: str, method: str, asked: Mapping[str, str], takes: Takes) -> str:
    there = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    taken = takes(method, _path(url))
    more = "&".join(
        f"{name}={quote(value, safe='')}"
        for name, value in asked.items()
        if name in taken and name not in there
    )
    if not more:
        return url
    before, mark, part = url.partition("#")
    return f"{before}{'&' if '?' in before else '?'}{more}{mark}{part}"


class Carrying:
    """ASGI middleware: takes the clocks of a request along in the page that answers it."""

    def __init__(self, app: ASGIApp, *, routes: Iterable[APIRoute]) -> None:
        self._app = app
        self._takes = taking(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = parse_qsl(scope.get("query_string", b"").decode("latin-1"))
        asked = {name: value for name, value in told if name in CLOCKS}
        if scope["type"] != "http" or not asked:
            await self._app(scope, receive, send)
            return
        begun: Message | None = None
        parts: list[bytes] = []

        async def carrying(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "location" in headers:
                    headers["location"] = _along(headers["location"], "GET", asked, self._takes)
                if _is_page(message):
                    begun = message
                    return
            elif begun is not None:
                parts.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                text = b"".join(parts).decode("utf-8")
                body = carried(text, asked, self._takes, scope["path"]).encode("utf-8")
                MutableHeaders(scope=begun)["content-length"] = str(len(body))
                await send(begun)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self._app(scope, receive, carrying)


def _is_page(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return kind.startswith("text/html")
