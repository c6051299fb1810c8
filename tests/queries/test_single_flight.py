"""One answer for each state, computed once, whoever asks and however many at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from queries.held_bytes import held_bytes
from queries.single_flight import LEAST_HELD, MOST_HELD, SingleFlight


def test_many_ask_and_it_is_computed_once() -> None:
    made: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def make() -> int:
        begun.set()
        assert go_on.wait(30)
        made.append(1)
        return 7

    flight = SingleFlight[int]("test")
    assert flight.ready("a", make, within=0.0) is None
    assert begun.wait(30)
    with ThreadPoolExecutor(8) as askers:
        asked = [askers.submit(flight.wait, "a", make) for _ in range(8)]
        go_on.set()
        assert {item.result(30) for item in asked} == {7}
    assert made == [1]
    assert flight.ready("a", make, within=0.0) == 7
    flight.close()


def test_a_new_state_is_computed_anew() -> None:
    flight = SingleFlight[str]("test")
    assert flight.wait((1, "x"), lambda: "old") == "old"
    assert flight.wait((1, "x"), lambda: "never") == "old"
    assert flight.wait((2, "x"), lambda: "new") == "new"
    # readers of the state before are still reading
    assert flight.wait((1, "x"), lambda: "never") == "old"
    assert list(flight.finished()) == [((1, "x"), "old"), ((2, "x"), "new")]
    for number in range(MOST_HELD):
        flight.wait((3, number), lambda: "other")
    assert flight.wait((1, "x"), lambda: "again") == "again"


def _made_again(flight: SingleFlight[object], states: int, answer: object) -> list[int]:
    """Of so many readers who ask in turn, each twice: for whom it was computed a second time."""
    made: list[int] = []
    for number in (*range(states), *range(states)):

        def make(number: int = number) -> object:
            made.append(number)
            return answer

        flight.wait(number, make)
    flight.close()
    return made[states:]


def test_readers_side_by_side_do_not_push_each_other_out() -> None:
    assert _made_again(SingleFlight("test"), MOST_HELD, "small") == []


def test_large_answers_are_kept_while_there_is_room() -> None:
    large = np.zeros(1_000_000)
    assert _made_again(SingleFlight("test", room=5.5 * large.nbytes), 6, large) == []
    assert _made_again(SingleFlight("test", room=5.5 * large.nbytes), 7, large) == [*range(7)]
    assert _made_again(SingleFlight("test", room=0), LEAST_HELD, large) == []


def test_of_an_answer_each_array_counts_once() -> None:
    numbers = np.zeros(10_000)
    alone = held_bytes({"one": numbers})
    assert numbers.nbytes <= alone <= numbers.nbytes + 1_000
    assert held_bytes({"one": numbers, "two": [numbers, numbers]}) < alone + 1_000
    assert held_bytes([numbers, numbers + 1]) >= 2 * numbers.nbytes


@pytest.mark.parametrize("error", [ValueError("broken"), TimeoutError("the store")])
def test_what_went_wrong_is_told_and_tried_again(error: Exception) -> None:
    def broken() -> int:
        raise error

    flight = SingleFlight[int]("test")
    with pytest.raises(type(error), match=str(error)):
        flight.ready("a", broken, within=30)
    assert flight.wait("a", lambda: 3) == 3


def test_closing_waits_for_what_is_under_way() -> None:
    done: list[int] = []
    go_on = threading.Event()
    flight = SingleFlight[None]("test")

    def make() -> None:
        assert go_on.wait(30)
        done.append(1)

    flight.ready("a", make, within=0.0)
    threading.Timer(0.05, go_on.set).start()
    flight.close()
    assert done == [1]
