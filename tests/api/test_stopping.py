"""A server that is to stop lets what it answers finish, for so long, and lets nobody new in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn
from fastapi import FastAPI
from waiting import until

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
    try:
        httpx.get(address, timeout=0.5)
    except httpx.ConnectError:
        return True
    except httpx.TimeoutException:
        return False
    return False


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
