"""A page that was asked about another moment leads on at that moment.

Whoever looks at a day of last year, or at what was known then, goes on from page to page; a link that
forgot the clocks would put today's answer beside the one of then.  So every link and form of a page
takes them along where what it leads to takes them, and so does where a form is sent on to.

It is the template that makes a link, and there they are added, as it is loaded: whoever writes a page
writes `href="/parties/…"` and cannot forget them, and what comes from data is never taken for a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from fastapi.routing import APIRoute
from jinja2.ext import Extension
from markupsafe import Markup
from starlette.types import ASGIApp, Receive, Scope, Send

from api.admission import declared

__all__ = ["CLOCKS", "Asking", "Leading", "Takes", "along", "asking", "taking"]

#: The parameters that say of when an answer is.
CLOCKS = ("as_of", "known_at")

#: Which of the clocks a path takes, asked by a method.
Takes = Callable[[str, str], frozenset[str]]


@dataclass(frozen=True)
class _Asked:
    """The clocks of a request, its own path, and what takes them."""

    clocks: Mapping[str, str] = field(default_factory=dict)
    path: str = "/"
    takes: Takes = lambda _method, _path: frozenset()


_asked: ContextVar[_Asked] = ContextVar("_asked", default=_Asked())  # noqa: B039 - nothing is changed in it


@contextmanager
def asking(clocks: Mapping[str, str], path: str, takes: Takes) -> Iterator[None]:
    """What is rendered inside answers a request with such clocks."""
    token = _asked.set(_Asked(clocks, path, takes))
    try:
        yield
    finally:
        _asked.reset(token)


class Asking:
    """ASGI middleware: has the clocks of a request at hand where its links are made."""

    def __init__(self, app: ASGIApp, *, routes: Iterable[APIRoute]) -> None:
        self._app = app
        self._takes = taking(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = parse_qsl(scope.get("query_string", b"").decode("latin-1"))
        clocks = {name: value for name, value in told if name in CLOCKS}
        with asking(clocks, scope.get("path", "/"), self._takes):
            await self._app(scope, receive, send)


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


def along(url: str, method: str = "GET") -> str:
    """An address of ours with the clocks of the request that it takes and does not say itself."""
    asked = _asked.get()
    if not asked.clocks or not url.startswith("/"):
        return url
    there = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    taken = asked.takes(method, unquote(urlsplit(url).path)) - there
    more = "&".join(
        f"{name}={quote(value, safe='')}" for name, value in asked.clocks.items() if name in taken
    )
    if not more:
        return url
    before, mark, part = url.partition("#")
    return f"{before}{'&' if '?' in before else '?'}{more}{mark}{part}"


def _led(written: str, method: str) -> Markup:
    """An address as it stands in HTML, with the clocks."""
    return Markup(escape(along(unescape(written), method)))  # noqa: S704 - escaped here


def _fields(written: str, *said: str) -> Markup:
    """Fields of a form that is sent to an address, for the clocks that it does not ask for itself."""
    asked = _asked.get()
    taken = asked.takes("GET", unquote(urlsplit(unescape(written) or asked.path).path))
    return Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in asked.clocks.items()
        if name in taken and name not in said
    )


#: What stands between quotation marks, or in a tag, with what Jinja puts there.
_JINJA = r"\{\{.*?\}\}|\{%.*?%\}|\{"
_LINK = re.compile(rf'(<a\b(?:{_JINJA}|[^>{{])*?\bhref=")((?:{_JINJA}|[^"{{])*)(")', re.DOTALL)
_FORM = re.compile(rf"<form\b(?:{_JINJA}|[^>{{])*>", re.DOTALL)
_ACTION = re.compile(rf'(\baction=")((?:{_JINJA}|[^"{{])*)(")', re.DOTALL)
_POST = re.compile(r'\bmethod="post"', re.IGNORECASE)


class Leading(Extension):
    """Jinja extension: every link and form of a template takes the clocks along."""

    def __init__(self, environment: object) -> None:
        super().__init__(environment)  # type: ignore[arg-type]
        self.environment.filters |= {"led": _led, "clock_fields": _fields}

    def preprocess(  # Jinja calls it with all of them
        self,
        source: str,
        name: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        """The template with its addresses led through `along`."""

        def form(found: re.Match[str]) -> str:
            tag, action = found[0], _ACTION.search(found[0])
            if _POST.search(tag):
                # one without an action is sent to the address of the page, clocks and all
                return _ACTION.sub(r'\1{% filter led("POST") %}\2{% endfilter %}\3', tag)
            inside = source[found.end() : source.find("</form>", found.end())]
            said = ", ".join(f'"{one}"' for one in CLOCKS if f'name="{one}"' in inside)
            where = action[2] if action else ""
            return f"{tag}{{% filter clock_fields({said}) %}}{where}{{% endfilter %}}"

        led = _LINK.sub(r'\1{% filter led("GET") %}\2{% endfilter %}\3', source)
        return _FORM.sub(form, led)
