"""A server that is to stop lets what it answers finish, for so long, and lets nobody new in."""

from __future__ import annotations

import asyncio
import select
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

import httpx
import uvicorn
from fastapi import FastAPI
from waiting import PATIENCE, until

from api.server import SERVER, StoppingServer


@dataclass
class Slow:
    """A service with one answer that ends when it is told to."""

    begun: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    address: str = ""
    server: StoppingServer | None = None
    thread: threading.Thread | None = None


@contextmanager
def slowly(stop_s: float) -> Iterator[Slow]:
    slow, app = Slow(), FastAPI()

    @app.get("/")
    def answer() -> str:
        slow.begun.set()
        slow.release.wait()
        return "whole"

    how = {**SERVER, "timeout_graceful_shutdown": stop_s}
    slow.server = StoppingServer(uvicorn.Config(app, host="127.0.0.1", port=0, **how))
    slow.thread = threading.Thread(target=slow.server.run)
    slow.thread.start()
    until(lambda: slow.server and slow.server.started)
    slow.address = f"http://127.0.0.1:{slow.server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield slow
    finally:
        slow.release.set()
        slow.server.should_exit = True
        slow.thread.join()


def refuses(address: str) -> bool:
    """Whether nobody listens there any more; who was let in no further than the queue is told nothing."""
    try:
        httpx.get(address, timeout=0.5)
    except httpx.ConnectError:
        return True
    except httpx.TransportError:
        # no answer in time, or the queue was closed with this connection in it: asked once more
        return False
    return False


def test_who_stands_in_the_queue_as_it_closes_is_refused_then_or_the_next_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as client:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        asked = client.submit(refuses, address)
        # there is somebody in the queue, who is not let in
        select.select([listening], [], [], PATIENCE)
        listening.close()
        assert asked.result() or refuses(address)


def test_an_answer_under_way_is_finished_and_nobody_new_is_let_in() -> None:
    with slowly(60.0) as slow, ThreadPoolExecutor(1) as client:
        asked = client.submit(httpx.get, slow.address, timeout=60)
        assert slow.begun.wait(60) and slow.server and slow.thread
        slow.server.should_exit = True
        until(lambda: refuses(slow.address))
        assert slow.thread.is_alive() and not asked.done()
        slow.release.set()
        assert asked.result().json() == "whole"
        slow.thread.join(60)
        assert not slow.thread.is_alive()


def test_an_answer_that_takes_too_long_is_cut_off() -> None:
    with slowly(0.2) as slow, ThreadPoolExecutor(1) as client:
        asked = client.submit(httpx.get, slow.address, timeout=60)
        assert slow.begun.wait(60) and slow.server
        slow.server.should_exit = True
        assert asked.result().status_code == 500


def test_what_is_said_once_it_answers_is_said_no_sooner() -> None:
    began: list[str] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.sleep(0.1)
        began.append("opened")
        yield

    app, ready = FastAPI(lifespan=lifespan), threading.Event()

    @app.get("/")
    def answer() -> str:
        return "whole"

    def said() -> None:
        began.append("said")
        ready.set()

    config = uvicorn.Config(app, host="127.0.0.1", port=0, **SERVER)
    server = StoppingServer(config, said)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert ready.wait(60)
        # at once, and not asked twice
        port = server.servers[0].sockets[0].getsockname()[1]
        assert httpx.get(f"http://127.0.0.1:{port}", timeout=60).json() == "whole"
    finally:
        server.should_exit = True
        thread.join()
    assert began == ["opened", "said"]


def test_who_cannot_start_says_nothing() -> None:
    said: list[str] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = uvicorn.Config(FastAPI(), host="127.0.0.1", port=taken.getsockname()[1], **SERVER)
        server = StoppingServer(config, lambda: said.append("said"))
        thread = threading.Thread(target=lambda: suppressed(server.run))
        thread.start()
        thread.join(60)
    assert said == [] and not server.started


def suppressed(run: Callable[[], None]) -> None:
    with suppress(SystemExit):
        run()
