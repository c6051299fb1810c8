"""Requests begin when they should, and a late answer is late, whoever waits for it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.security import Role
from bench.api.people import Credential
from bench.load.open_loop import Asked, Timed, arrivals, of_processors, quantile, run

WHO = Credential(Role.LOAN_OFFICER, "session", "x")


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50), st.floats(0.01, 1))
def test_a_quantile_is_one_of_the_times_and_not_exceeded_by_its_share(
    taken: list[float], share: float
) -> None:
    found = quantile(taken, share)
    assert found in taken
    assert sum(one <= found for one in taken) >= math.ceil(len(taken) * share)
    assert sum(one < found for one in taken) < max(1, math.ceil(len(taken) * share))


def test_of_no_request_nothing_is_told() -> None:
    assert quantile([], 0.99) == 0.0
    assert Timed(otherwise=3).row("none", 0.0).split()[-1] == "3"


def test_so_many_pages_a_second_as_the_slower_of_both_lets_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("psutil.cpu_count", lambda: 4)
    # one interpreter takes 40 ms a page, though four processors would have time for 57 pages
    said = of_processors((1.0, 2.0), (1.4, 2.3), 10)
    assert "service takes 40.0 ms" in said and "engine 30.0 ms" in said and "most 25.0 " in said
    # where the engine takes the most, all processors together
    assert "most 20.0 " in of_processors((0.0, 0.0), (0.2, 1.8), 10)


@given(st.floats(1, 200), st.integers(0, 9))
def test_so_many_begin_as_are_meant(rate: float, seed: int) -> None:
    at = arrivals(rate, 20, seed)
    assert at == sorted(at) == arrivals(rate, 20, seed) and all(0 < one < 20 for one in at)
    # six standard deviations of a Poisson process
    assert abs(len(at) - 20 * rate) <= 6 * math.sqrt(20 * rate)


@contextmanager
def answering(late_s: float, *, holds_up: bool) -> Iterator[str]:
    """A service that answers late; one that holds up answers one after the other."""
    turn = Lock() if holds_up else nullcontext()

    class Late(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with turn:
                time.sleep(late_s)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Late) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("holds_up", [False, True])
def test_who_is_held_up_by_others_is_timed_from_when_they_should_have_begun(holds_up: bool) -> None:
    """Twenty that begin at once at a service that answers one after the other wait for one another."""
    at = [0.01] * 20
    with answering(0.05, holds_up=holds_up) as address:
        found = run(address, lambda _: Asked("GET", "/", WHO), at)
    assert (len(found.taken), found.otherwise) == (20, 0)
    assert min(found.taken) >= 0.05
    if holds_up:
        assert max(found.taken) >= 20 * 0.05 - 0.01


def test_what_is_not_answered_is_counted_apart(free_port: int) -> None:
    found = run(f"http://127.0.0.1:{free_port}", lambda _: Asked("GET", "/", WHO), [0.0, 0.01])
    assert (found.taken, found.otherwise) == ([], 2)
