"""Server-sent events: what happens, told to open pages as it happens (WHATWG HTML, 9.2).

A stream is a coroutine and holds no thread.  One look at the store serves them all, and events are read
once for everybody who stands at the same cursor.  A stream says nothing for a while, then a comment, so
that the other end knows that we live, and looks then whether whoever reads may still read; it ends with
their session, after an hour, and when the service stops, and a page that comes back goes on from
`Last-Event-ID`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import anyio
import anyio.to_thread

from api.events.desk import ToldEvent, told_to
from api.security import Asker
from graph.errors import BusyError, InputError, XinnongError
from graph.operations import Event, Events, OfficeBooks

__all__ = ["MOST_STREAMS", "Streams"]

#: Streams at once, in this process.
MOST_STREAMS = 300
#: How often it is looked for news, and after what silence a stream says that it lives, in seconds.
_LOOK_S, _BEAT_S = 1.0, 15.0
#: How long a stream lives, in seconds.
_LIFE_S = 3_600.0
#: When a page that was cut off comes back, in milliseconds.
_AGAIN_MS = 3_000
_AT_ONCE = 200
#: Threads that read for all streams together.
_READERS = 2

#: Who reads, looked at again; None where they may not any more.
Again = Callable[[], Awaitable[Asker | None]]


class Streams:
    """The streams of one process."""

    def __init__(
        self, office: Callable[[], OfficeBooks], *, look_s: float = _LOOK_S, beat_s: float = _BEAT_S
    ) -> None:
        self._office, self._look_s, self._beat_s = office, look_s, beat_s
        self._limiter = anyio.CapacityLimiter(_READERS)
        self._open = 0
        self._last = 0
        self._news = asyncio.Event()
        self._stopping = False
        self._looking: asyncio.Task[None] | None = None
        self._reading = asyncio.Lock()
        self._read: dict[tuple[object, ...], list[Event] | list[ToldEvent]] = {}

    @property
    def open(self) -> int:
        """How many are open."""
        return self._open

    def stop(self) -> None:
        """End every stream, in the loop that they run in."""
        self._stopping = True
        self._news.set()

    async def begin(self, again: Again, cursor: int | None) -> AsyncIterator[bytes]:
        """A stream from a cursor on; None: from now on.

        Raises `BusyError` (`streams_full`), and as `Events.after` for a cursor that is too old.
        """
        if self._open >= MOST_STREAMS or self._stopping:
            raise BusyError(
                "实时事件的连接已满。请稍后再试，或用事件列表接口按位置读取。",
                "Too many streams are open: try later, or read /v1/events by cursor.",
                code="streams_full",
            )
        # between here and the first byte nothing waits that could be cut off
        events = Events(self._office().store)
        last = await anyio.to_thread.run_sync(events.last, limiter=self._limiter)
        self._last = max(self._last, last)
        at = last if cursor is None else min(cursor, last)
        await self._events_after(at)
        return self._follow(again, at)

    async def _follow(self, again: Again, cursor: int) -> AsyncIterator[bytes]:
        self._open += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        ends = time.monotonic() + _LIFE_S
        try:
            yield f"retry: {_AGAIN_MS}\n\n".encode()
            while time.monotonic() < ends and not self._stopping:
                asker = await again()
                if asker is None:
                    break
                until = time.monotonic() + self._beat_s
                while time.monotonic() < min(until, ends) and not self._stopping:
                    if self._last <= cursor:
                        await self._wait(until - time.monotonic())
                        continue
                    found = await self._events_after(cursor)
                    told = await self._told(asker, cursor, found)
                    # what is behind a cursor of this moment is seen by the next look
                    cursor = found[-1].number if found else self._last
                    if told:
                        yield b"".join(_written(each) for each in told)
                yield b": \n\n"
        except InputError:
            # it fell so far behind that events were dropped: the page begins anew
            yield b"event: gone\ndata: {}\n\n"
        except XinnongError:
            return  # the store is busy, say: the page comes back by itself
        finally:
            self._open -= 1

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), max(seconds, 0.01))

    async def _look(self) -> None:
        """Look for news while anybody listens."""
        while self._open and not self._stopping:
            with suppress(XinnongError):
                events = Events(self._office().store)
                last = await anyio.to_thread.run_sync(events.last, limiter=self._limiter)
                if last > self._last:
                    self._last = last
                    self._read.clear()
                    news, self._news = self._news, asyncio.Event()
                    news.set()
            await asyncio.sleep(self._look_s)

    async def _events_after(self, cursor: int) -> list[Event]:
        async with self._reading:
            key = ("read", cursor, self._last)
            if key not in self._read:
                events = Events(self._office().store)
                self._read[key] = await anyio.to_thread.run_sync(
                    lambda: events.after(cursor, most=_AT_ONCE), limiter=self._limiter
                )
            return self._read[key]  # type: ignore[return-value]

    async def _told(self, asker: Asker, cursor: int, found: list[Event]) -> list[ToldEvent]:
        """What somebody is told of some events: worked out once for who sees the same."""
        async with self._reading:
            key = ("told", cursor, self._last, asker.scope.id, asker.scope.institution)
            if key not in self._read:
                office = self._office()
                self._read[key] = await anyio.to_thread.run_sync(
                    lambda: told_to(office, asker, found), limiter=self._limiter
                )
            return self._read[key]  # type: ignore[return-value]


def _written(event: ToldEvent) -> bytes:
    told = {
        "cursor": event.cursor, "subject": event.subject, "about": event.about,
        "kinds": [*event.kinds], "kind_label": event.kind_label,
        "kind_labels": [*event.kind_labels], "at": event.at.isoformat(),
    }  # fmt: skip
    data = json.dumps(told, ensure_ascii=False)
    return f"id: {event.cursor}\nevent: {event.kind}\ndata: {data}\n\n".encode()
