"""Streams of events over a real server: as it happens, of what one may see, holding no thread."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from waiting import PATIENCE, until

import api.dependencies
import api.events.stream
import api.routes.events
from api.acts import Act
from api.events.stream import Streams
from api.problems import add_handlers
from api.routes import health
from api.security import Asker, local_asker
from api.server import SERVER, StoppingServer
from api.services import Services
from api.trace import Traced
from graph.operations import Events, HookDeliveries, note_event
from graph.settings import Settings
from queries.scope import Scope

AT = datetime(2026, 6, 1, 2, tzinfo=UTC)
A, B = "person:" + "a" * 32, "person:" + "b" * 32


@dataclass
class Served:
    """A service of streams, and what somebody who listens hears."""

    services: Services
    app: FastAPI
    address: str = ""
    server: StoppingServer | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)

    def happen(self, *subjects: str) -> None:
        with self.services.store.transaction() as session:
            for subject in subjects:
                note_event(session, "subject.changed", subject, kinds=["Loan"], at=AT)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with Services(Settings(data=tmp_path), reads_graph=False) as opened:
        _ = opened.store
        yield opened


@contextmanager
def serving(services: Services, **how: Any) -> Iterator[Served]:
    import threading
    import time

    import uvicorn

    app = FastAPI()
    app.state.services, app.state.asker = services, local_asker()
    app.state.streams = Streams(lambda: services.office, **{"look_s": 0.05, "beat_s": 0.2, **how})
    app.include_router(api.routes.events.router)
    app.include_router(health.router)
    app.add_middleware(Traced, defect=lambda _: None, who="x")  # type: ignore[arg-type, return-value]
    add_handlers(app)
    server = StoppingServer(uvicorn.Config(app, host="127.0.0.1", port=0, **SERVER))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    served = Served(services, app, f"http://127.0.0.1:{port}", server)
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


async def told(answer: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    """Every event of a stream, with its number and kind."""
    one: dict[str, Any] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name in ("id", "event"):
            one[name] = value
        elif name == "data":
            yield {**one, **json.loads(value)}
            one = {}


def opened(
    client: httpx.AsyncClient, served: Served, *, after: int | None = None, **headers: str
) -> Any:
    known = {} if after is None else {"after": after}
    address = f"{served.address}/v1/events/stream"
    return client.stream("GET", address, headers=headers, params=known)


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None))


def test_what_happens_is_told_as_it_happens_and_gone_on_with(services: Services) -> None:
    with serving(services) as served:
        served.happen(A)

        async def listen() -> None:
            async with client() as asking, opened(asking, served) as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                heard = told(answer)
                served.happen(B)
                first = await anext(heard)
                assert (first["id"], first["event"], first["subject"]) == (
                    "2",
                    "subject.changed",
                    B,
                )
                assert set(first) == {"id", "event", "cursor", "subject", "about", "kinds",
                                      "kind_label", "kind_labels", "at"}  # fmt: skip
            served.happen(A, B)
            async with (
                client() as asking,
                opened(asking, served, **{"Last-Event-ID": "2"}) as answer,
            ):
                heard = told(answer)
                assert [(await anext(heard))["id"] for _ in range(2)] == ["3", "4"]

        asyncio.run(listen())


def test_what_happens_between_a_page_and_its_stream_is_told(services: Services) -> None:
    with serving(services) as served:
        served.happen(A)
        seen = Events(services.office.store).last()
        served.happen(B)

        async def listen() -> None:
            async with client() as asking:
                async with opened(asking, served, after=seen) as answer:
                    first = await anext(told(answer))
                    assert (first["id"], first["subject"]) == ("2", B)
                # who comes back goes on from what was told last
                served.happen(A)
                back = {"Last-Event-ID": "2"}
                async with opened(asking, served, after=seen, **back) as answer:
                    assert (await anext(told(answer)))["id"] == "3"

        asyncio.run(listen())


def test_two_hundred_open_streams_hold_nobody_up(services: Services) -> None:
    with serving(services) as served:

        async def listen() -> None:
            async with client() as asking:
                streams = [opened(asking, served) for _ in range(200)]
                answers = await asyncio.gather(*(each.__aenter__() for each in streams))
                heard = [told(each) for each in answers]
                assert {each.status_code for each in answers} == {200}
                assert (await asking.get(f"{served.address}/healthz")).json() == {"status": "ok"}
                served.happen(A)
                got = await asyncio.gather(*(anext(each) for each in heard))
                assert {each["subject"] for each in got} == {A}
                assert (await asking.get(f"{served.address}/v1/events")).json()["last"] == 1
                await asyncio.gather(*(each.__aexit__(None, None, None) for each in streams))

        asyncio.run(listen())
        streams: Streams = served.app.state.streams

        until(lambda: not streams.open)


def test_a_stream_tells_what_its_reader_may_see_and_ends_with_their_session(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(services) as served:
        scope = Scope("信贷员", open_classes=frozenset(), grants={B: frozenset({"credit"})})
        reader = replace(local_asker(), scope=scope, acts=frozenset({Act.NOTIFY}))
        served.app.state.asker = reader
        asked: list[Asker | None] = []

        async def asker_again(request: Request) -> Asker | None:
            asked.append(await api.dependencies.asker_again(request))
            return asked[-1]

        monkeypatch.setattr(api.routes.events, "asker_again", asker_again)

        async def listen() -> None:
            async with client() as asking, opened(asking, served) as answer:
                heard = told(answer)
                served.happen(A, B, A)
                assert (await anext(heard))["subject"] == B
                # a consent that is taken back counts at once, at the latest with the next beat
                served.app.state.asker = replace(reader, scope=replace(scope, grants={}))
                known = len(asked)
                await asyncio.to_thread(until, lambda: len(asked) > known + 1)
                served.happen(B)
                served.app.state.asker = ended = replace(reader, acts=frozenset())
                assert isinstance(ended, Asker)
                assert [each async for each in heard] == []

        asyncio.run(asyncio.wait_for(listen(), PATIENCE))


def test_a_server_that_stops_ends_its_streams_at_once(services: Services) -> None:
    with serving(services, beat_s=600.0) as served:

        async def listen() -> None:
            async with client() as asking, opened(asking, served) as answer:
                heard = told(answer)
                served.happen(A)
                await anext(heard)
                assert served.server is not None
                served.server.should_exit = True
                assert [each async for each in heard] == []

        asyncio.run(asyncio.wait_for(listen(), PATIENCE))


def test_more_streams_than_there_is_room_for_are_refused(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.events.stream, "MOST_STREAMS", 2)
    with serving(services) as served:

        async def listen() -> None:
            async with client() as asking, opened(asking, served), opened(asking, served):
                await asyncio.to_thread(until, lambda: served.app.state.streams.open == 2)
                refused = await asking.get(f"{served.address}/v1/events/stream")
                assert (refused.status_code, refused.json()["code"]) == (409, "streams_full")

        asyncio.run(listen())


def test_who_comes_back_too_late_is_told_so(services: Services) -> None:
    with serving(services) as served:
        served.happen(A, A, B)
        HookDeliveries(services.store).drop_before(AT.replace(year=2027))
        asked = {"Last-Event-ID": "1"}
        answer = httpx.get(f"{served.address}/v1/events/stream", headers=asked, timeout=30)
        assert (answer.status_code, answer.json()["code"]) == (400, "events_dropped")
        # numbers go on where they were
        served.happen(A)
        assert Events(services.store).last() == 4
