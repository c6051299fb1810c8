"""The collector rests while large answers are made, and is at work again when the last is there."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from queries.collector import collector_at_rest
from queries.single_flight import SingleFlight


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    was = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if was else gc.disable)()


def test_it_rests_until_the_last_answer_is_made() -> None:
    begun, go_on = threading.Event(), threading.Event()
    flights = SingleFlight[bool]("slow"), SingleFlight[bool]("quick")

    def slow() -> bool:
        begun.set()
        assert go_on.wait(30)
        return gc.isenabled()

    assert flights[0].ready("a", slow, within=0.0) is None
    assert begun.wait(30)
    assert flights[1].wait("a", gc.isenabled) is False
    flights[1].close()
    assert not gc.isenabled()
    go_on.set()
    assert flights[0].wait("a", slow) is False
    flights[0].close()
    assert gc.isenabled()


def test_it_is_at_work_again_after_what_went_wrong() -> None:
    with pytest.raises(ValueError, match="broken"), collector_at_rest():
        assert not gc.isenabled()
        raise ValueError("broken")
    assert gc.isenabled()


def test_who_switched_it_off_finds_it_off() -> None:
    gc.disable()
    with collector_at_rest():
        pass
    assert not gc.isenabled()
