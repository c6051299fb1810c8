"""The audit of requests: what reads or acts on somebody is entered before its answer leaves.

One place for every route and page.  Whom an answer is about is read from the answer itself (keys of
parties stand in it, in JSON as in links), from the address and from the body that was sent, and
from what a handler notes besides (`note_subjects`).  Where it cannot be entered the answer is not given:
503, and nothing of it leaves.

What answers at once is entered once.  What is sent in parts is entered at its first part, and again, as
more of the same (`follows`), before a part leaves that names somebody new.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.acts import Act
from api.audit_keys import LONGEST_KEY, keys_in
from api.audit_writer import TrailWriter
from api.security import Asker
from graph.errors import XinnongError
from graph.identifiers.redaction import redacted_name
from graph.information import InformationClass
from graph.operations import AuditNote
from graph.time import day_of, utc_now
from queries.consent import Consented, ConsentedScopes

__all__ = [
    "Audited",
    "Noted",
    "document_number",
    "note_asker",
    "note_standing",
    "note_subjects",
    "note_thing",
    "noted_now",
]

#: A number in an address that names what is acted on; no text.
_THING = re.compile(r"[0-9A-Za-z_.:\-]{1,64}", re.ASCII)
#: Bodies that are looked at for keys; a file is a department's, and names nobody by key.
_READ_BODIES = ("application/json", "application/x-www-form-urlencoded")
_MOST_BODY = 1 << 20
#: Parts of an answer are gathered up to so many bytes and seconds before the next entry.
_GATHERED, _GATHERED_S = 1 << 18, 0.5
_DIGITS = 10**6
_NOTED = "xinnong.audit"
_TRACE = "xinnong.trace"
_STREAM, _LINES = "text/event-stream", "application/x-ndjson"
_ENDING = re.compile(r"(\.[A-Za-z0-9]{2,5})(\"?)$")
_REFUSED, _UNAVAILABLE, _DEFECT = 400, 503, 500

#: Makes a problem of: request, status, code, Chinese, English.
Refuse = Callable[[Request, int, str, str, str], Response]


@dataclass
class Noted:
    """What is noted of one request while it is answered.

    Attributes:
        standing: what says on which consents an answer stands, where it is by consent.
        thing: what was acted on, where the address does not name it; words of ours.
        document, taken_at: number and instant of what is printed or exported (`api.watermark`); empty
            and None where nothing is.
    """

    asker: Asker | None = None
    act: Act | None = None
    subjects: set[str] = field(default_factory=set)
    consents: set[str] = field(default_factory=set)
    thing: str = ""
    standing: tuple[ConsentedScopes, Consented] | None = None
    document: str = ""
    taken_at: datetime | None = None


_now: ContextVar[Noted | None] = ContextVar("_now", default=None)


def noted_now() -> Noted | None:
    """What is noted of the request that is being answered; None outside of one."""
    return _now.get()


def note_asker(request: Request, asker: Asker, act: Act) -> None:
    """Have the audit know who asks, and what is done."""
    noted = _of(request)
    noted.asker, noted.act = asker, act


def note_subjects(request: Request, keys: Iterable[str]) -> None:
    """Have the audit know whom an answer is about, where it does not say their keys."""
    _of(request).subjects.update(keys)


def note_standing(request: Request, consents: ConsentedScopes, told: Consented) -> None:
    """Have the audit find out on which consents an answer stands, once it knows whom it is about; what
    is for once begins to be used with the answer."""
    _of(request).standing = consents, told


def note_thing(request: Request, said: str) -> None:
    """Have the audit know what was acted on, where the address does not name it."""
    _of(request).thing = said


def document_number(at: datetime) -> str:
    """A day and twelve digits at random: nobody guesses another's, and none is an identity."""
    first, second = secrets.randbelow(_DIGITS), secrets.randbelow(_DIGITS)
    return f"{day_of(at):%Y%m%d}-{first:06d}-{second:06d}"


def _of(request: Request) -> Noted:
    found: Noted = request.scope.setdefault(_NOTED, Noted())
    return found


class Audited:
    """ASGI middleware, innermost: what it holds back is the answer of a route.

    Args:
        refuse: makes the answer that is given where nothing can be entered.
    """

    def __init__(self, app: ASGIApp, *, refuse: Refuse) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        noted = scope[_NOTED] = Noted()
        token = _now.set(noted)
        answer = _Answer(scope, noted, send, self._refuse)
        try:
            await self._app(scope, _reading(scope, receive, noted), answer.take)
        except Exception:
            await answer.failed()
            raise
        finally:
            _now.reset(token)


def _reading(scope: Scope, receive: Receive, noted: Noted) -> Receive:
    """The body as it comes, looked at for keys."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip()
    if kind not in _READ_BODIES:
        return receive
    left, tail = _MOST_BODY, b""

    async def read() -> Message:
        nonlocal left, tail
        message = await receive()
        body = message.get("body", b"")
        if body and left > 0:
            noted.subjects |= keys_in(tail + body)
            left, tail = left - len(body), body[-LONGEST_KEY:]
        return message

    return read


class _Answer:
    """One answer on its way out."""

    def __init__(self, scope: Scope, noted: Noted, send: Send, refuse: Refuse) -> None:
        self._scope, self._noted, self._send, self._refuse = scope, noted, send, refuse
        self._start: Message | None = None
        self._held: list[bytes] = []
        self._hash = hashlib.sha256()
        self._tail = b""
        self._watched = self._parts = self._over = False
        self._told: set[str] = set()
        self._number: int | None = None
        self._entered_at = 0.0

    async def take(self, message: Message) -> None:
        """A message of the route: let by, held back, or refused."""
        if self._over:
            return
        if message["type"] == "http.response.start":
            self._watched = self._is_watched()
            self._start = message
            if self._watched and message["status"] < _REFUSED and _is_taken(message):
                self._number_it()
            if not self._watched:
                await self._send(message)
            return
        if message["type"] != "http.response.body" or not self._watched:
            await self._send(message)
            return
        body, more = bytes(message.get("body", b"")), bool(message.get("more_body"))
        self._see(body)
        self._held.append(body)
        if not more or not self._parts or self._is_due():
            await self._let_out(more)

    async def failed(self) -> None:
        """What nobody expected: nothing of an answer left, but something may have been done."""
        if self._start is None and self._is_watched():
            try:
                await self._enter(_DEFECT, "")
            except XinnongError:
                return

    def _is_watched(self) -> bool:
        noted = self._noted
        if noted.asker is None or noted.act is None:
            return False
        noted.subjects |= keys_in(unquote(self._scope["path"]).encode())
        return noted.act is not Act.LOOK or bool(noted.subjects)

    def _number_it(self) -> None:
        if not self._noted.document:
            self._noted.taken_at = utc_now()
            self._noted.document = document_number(self._noted.taken_at)

    def _see(self, body: bytes) -> None:
        self._hash.update(body)
        if self._noted.act is not Act.LOOK:
            self._noted.subjects |= keys_in(self._tail + body)
            self._tail = body[-LONGEST_KEY:]

    def _is_due(self) -> bool:
        assert self._start is not None
        if Headers(raw=self._start["headers"]).get("content-type", "").startswith(_STREAM):
            return True
        late = monotonic() - self._entered_at > _GATHERED_S
        return late or sum(map(len, self._held)) > _GATHERED

    async def _let_out(self, more: bool) -> None:
        assert self._start is not None
        first = self._number is None
        try:
            if first or not more or self._noted.subjects - self._told:
                result = "" if more else self._hash.hexdigest()
                await self._enter(self._start["status"], result)
        except XinnongError as error:
            self._over = True
            if not first:
                # half of the answer is gone: all that can still be said is that it is cut off
                raise ConnectionAbortedError from error
            await self._say_unavailable()
            return
        if first:
            if self._noted.document:
                _carry(MutableHeaders(scope=self._start), self._noted)
            await self._send(self._start)
        self._parts = True
        body, self._held = b"".join(self._held), []
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _enter(self, status: int, result: str) -> None:
        state = self._scope["app"].state
        writer: TrailWriter | None = getattr(state, "trail", None)
        if writer is None:
            writer = getattr(getattr(state, "services", None), "trail", None)
        if writer is None:
            # of an application that was not started there is nothing to read
            if status < _REFUSED:
                raise _closed()
            return
        await self._stand(status)
        note = self._note(status, result)
        self._told |= note.subjects
        number = await asyncio.wrap_future(writer.write(note))
        self._number = self._number or number
        self._entered_at = monotonic()

    async def _stand(self, status: int) -> None:
        """Note on which consents what leaves now stands, and begin the use of those for once.

        One place, before anything leaves: what cannot be noted is not answered.
        """
        noted = self._noted
        if noted.standing is None or status >= _REFUSED:
            return
        consents, told = noted.standing
        found = consents.opened(told, noted.subjects - self._told, self._access())
        noted.consents.update(map(str, found.numbers))
        if found.begins and noted.asker is not None:
            name = noted.asker.name
            await asyncio.to_thread(consents.begin, found.begins, by=name, at=utc_now())

    def _access(self) -> frozenset[InformationClass]:
        needs = getattr(getattr(self._scope.get("route"), "endpoint", None), "needs", None)
        return needs.access if needs else frozenset()

    def _note(self, status: int, result: str) -> AuditNote:
        noted, scope = self._noted, self._scope
        assert noted.asker is not None
        assert noted.act is not None
        asker, route = noted.asker, scope.get("route")
        return AuditNote(
            at=utc_now(),
            who=asker.id,
            name=asker.name,
            role=asker.role.value,
            institution=asker.scope.institution,
            act=noted.act.value,
            way=f"{scope['method']} {getattr(route, 'path', '?')}",
            thing=" ".join(filter(None, (_thing(scope.get("path_params", {})), noted.thing)))[:200],
            subjects=frozenset(noted.subjects - self._told),
            items=_items(self._access()),
            purpose=asker.scope.purpose,
            consents=tuple(sorted(noted.consents)),
            result=result,
            status=status,
            address=(scope.get("client") or ("",))[0],
            document=noted.document,
            trace=scope.get(_TRACE, ""),
            follows=self._number,
        )

    async def _say_unavailable(self) -> None:
        asked = self._scope["method"] in ("GET", "HEAD")
        done = "" if asked else "办理可能已经生效，请先核对再重新提交。"
        answer = self._refuse(
            Request(self._scope),
            _UNAVAILABLE,
            "audit_unavailable",
            f"审计记录写不进去，按规定不能给出结果。{done}请联系管理员检查运行库和磁盘空间。",
            "The audit cannot be written, so nothing is answered; an act may have been done.",
        )
        answer.headers["Retry-After"] = "2"
        await answer(self._scope, _nothing_more, self._send)


def _is_taken(start: Message) -> bool:
    """Whether an answer is a file to be kept."""
    headers = Headers(raw=start["headers"])
    lines = headers.get("content-type", "").startswith(_LINES)
    return lines or "attachment" in headers.get("content-disposition", "")


def _carry(headers: MutableHeaders, noted: Noted) -> None:
    """The number beside an answer, and in the name of a file."""
    headers["Document-Number"] = noted.document
    told = headers.get("content-disposition")
    # a workbook that a department fills in and sends back is known by its name
    if told is not None and noted.act is not Act.RECEIVE:
        headers["content-disposition"] = _ENDING.sub(rf"-{noted.document}\1\2", told)


async def _nothing_more() -> Message:
    return {"type": "http.disconnect"}


def _closed() -> XinnongError:
    return XinnongError("审计没有启动。", "The audit is not open.", code="audit_unavailable")


def _items(access: Iterable[InformationClass]) -> tuple[str, ...]:
    return tuple(sorted(item.value for item in access))


def _thing(parameters: dict[str, Any]) -> str:
    """What an address says of what was acted on: numbers and names of ours, no text and no party."""
    told = {name: str(value) for name, value in parameters.items()}
    return " ".join(
        f"{name}={value}"
        for name, value in sorted(told.items())
        if _THING.fullmatch(value) and not keys_in(value.encode()) and redacted_name(value) == value
    )
