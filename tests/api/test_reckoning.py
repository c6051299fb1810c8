"""One answer for each state, reckoned once, whoever asks and however many at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.reckoning import Reckoning


def test_many_ask_and_it_is_reckoned_once() -> None:
    made: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def make() -> int:
        begun.set()
        assert go_on.wait(30)
        made.append(1)
        return 7

    reckoning = Reckoning[int]("test")
    assert reckoning.ready("a", make, within=0.0) is None
    assert begun.wait(30)
    with ThreadPoolExecutor(8) as askers:
        asked = [askers.submit(reckoning.wait, "a", make) for _ in range(8)]
        go_on.set()
        assert {item.result(30) for item in asked} == {7}
    assert made == [1]
    assert reckoning.ready("a", make, within=0.0) == 7
    reckoning.close()


def test_a_new_state_is_reckoned_anew() -> None:
    reckoning = Reckoning[str]("test")
    assert reckoning.wait((1, "x"), lambda: "old") == "old"
    assert reckoning.wait((1, "x"), lambda: "never") == "old"
    assert reckoning.wait((2, "x"), lambda: "new") == "new"
    # only the newest is kept
    assert reckoning.wait((1, "x"), lambda: "again") == "again"


@pytest.mark.parametrize("error", [ValueError("broken"), TimeoutError("the store")])
def test_what_went_wrong_is_told_and_tried_again(error: Exception) -> None:
    def broken() -> int:
        raise error

    reckoning = Reckoning[int]("test")
    with pytest.raises(type(error), match=str(error)):
        reckoning.ready("a", broken, within=30)
    assert reckoning.wait("a", lambda: 3) == 3


def test_closing_waits_for_what_is_under_way() -> None:
    done: list[int] = []
    go_on = threading.Event()
    reckoning = Reckoning[None]("test")

    def make() -> None:
        assert go_on.wait(30)
        done.append(1)

    reckoning.ready("a", make, within=0.0)
    threading.Timer(0.05, go_on.set).start()
    reckoning.close()
    assert done == [1]
