"""The real server on loopback: who says nothing is let go, and health answers whatever else runs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

import api.server
from api.app import create_app
from api.audit_writer import TrailWriter
from api.security import local_asker
from api.server import SERVER, BoundedProtocol
from bench.api.attack import served
from graph.errors import GraphUnavailableError, NotFoundError
from graph.operations import OperationsStore
from graph.settings import Settings

#: Threads that requests share (anyio's own number).
_THREADS = 40


@pytest.fixture
def kept_for_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    # longer than a request may keep silent, else it would not be told from one that is unfinished
    monkeypatch.setitem(api.server.SERVER, "timeout_keep_alive", 1)  # type: ignore[arg-type]


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """Where a server listens that waits a moment only."""
    monkeypatch.setattr(api.server, "SILENCE_S", 0.2)
    app = FastAPI()

    @app.post("/")
    async def read(request: Request) -> int:
        return len(await request.body())

    with served(app) as address:
        host, port = address.removeprefix("http://").split(":")
        yield host, int(port)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n12345",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
    ids=["nothing", "half a line", "half a head", "half a body", "chunks"],
)
def test_who_leaves_a_request_unfinished_is_let_go(silent: tuple[str, int], sent: bytes) -> None:
    with socket.create_connection(silent) as connection:
        connection.sendall(sent)
        # the test's own limit tells a connection that is held for ever
        assert connection.recv(1_000) == b""


def test_a_head_that_trickles_in_is_no_reason_to_wait_on(silent: tuple[str, int]) -> None:
    with socket.create_connection(silent) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        connection.settimeout(0.05)
        for number in range(10_000):
            try:
                if connection.recv(10) == b"":
                    return
            except TimeoutError:
                connection.sendall(b"X-%d: 1\r\n" % number)
            except ConnectionError:
                return
        raise AssertionError("it was kept")


def test_a_connection_without_a_request_is_let_go_later(
    kept_for_a_second: None, silent: tuple[str, int]
) -> None:
    with socket.create_connection(silent) as connection:
        whole = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\n\r\nabc"
        for _ in range(2):
            connection.sendall(whole)
            told = b""
            while not told.endswith(b"\r\n\r\n3"):
                told += connection.recv(1_000)
        assert connection.recv(10) == b""


def test_a_body_that_we_do_not_read_yet_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The client is held back by us; it is not the one who is silent."""
    monkeypatch.setattr(api.server, "SILENCE_S", 0.05)
    looked, read = threading.Event(), threading.Event()
    give_up = BoundedProtocol._give_up

    def seen(self: BoundedProtocol) -> None:
        give_up(self)
        looked.set()
        self.loop.call_soon_threadsafe(read.set)

    monkeypatch.setattr(BoundedProtocol, "_give_up", seen)
    app = FastAPI()

    @app.post("/")
    def count(request: Request) -> str:
        return "read"

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            import anyio.to_thread

            await anyio.to_thread.run_sync(read.wait)
        await app(scope, receive, send)

    with served(slow) as address:  # type: ignore[arg-type]
        answer = httpx.post(address, content=b"x" * 1_000_000, timeout=60)
    assert looked.is_set() and (answer.status_code, answer.json()) == (200, "read")


def test_the_bounds_are_set() -> None:
    assert SERVER["http"] is BoundedProtocol and SERVER["ws"] == "none"
    # the server's own lines name the path of each request
    assert SERVER["access_log"] is False and SERVER["log_config"] is None
    assert 0 < SERVER["timeout_keep_alive"] <= 10
    assert SERVER["limit_concurrency"] < 1_024 and SERVER["h11_max_incomplete_event_size"] <= 65_536


def test_health_answers_while_slow_requests_hold_every_thread(tmp_path_factory: Any) -> None:
    settings = Settings(data=tmp_path_factory.mktemp("data"))
    app = create_app(settings, answers_for=local_asker())
    begun, release = threading.Semaphore(0), threading.Event()

    def slow(*_given: object, **_more: object) -> Any:
        begun.release()
        release.wait()
        raise NotFoundError("没有这个主体。", "There is no such party.", code="party_unknown")

    def gone(*_given: object, **_more: object) -> Any:
        raise GraphUnavailableError("没有图。", "No graph.")

    app.state.services = SimpleNamespace(reader=slow, positions=gone)
    app.router.lifespan_context = _Nothing
    with (
        OperationsStore(settings) as store,
        TrailWriter(store) as app.state.trail,
        served(app) as address,
        ThreadPoolExecutor(50) as clients,
    ):
        # 50 requests, each of which holds a thread until it is released
        asked = [
            clients.submit(httpx.get, f"{address}/v1/parties/x", timeout=60) for _ in range(50)
        ]
        try:
            for _ in range(_THREADS):
                while not begun.acquire(timeout=1):
                    assert not any(one.done() for one in asked), asked[0].result().text
            assert httpx.get(f"{address}/healthz", timeout=60).json() == {"status": "ok"}
            ready = httpx.get(f"{address}/readyz", timeout=60)
            assert (ready.status_code, ready.json()["status"]) == (503, "no_graph")
            assert ready.headers["retry-after"]
            assert not any(one.done() for one in asked)
        finally:
            release.set()
        assert {one.result().status_code for one in asked} == {404}


class _Nothing:
    """The app is given what it works with, and starts nothing."""

    def __init__(self, _app: object) -> None:
        pass

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_error: object) -> None:
        pass
