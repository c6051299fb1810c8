"""A service looks once a day, goes on after a store that is busy, and stops when it is told to."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import api.daily_turn
from api.daily_turn import DailyTurn
from graph.errors import BusyError
from graph.operations import OperationsStore, RetentionTurns
from graph.settings import Settings


def test_a_turn_is_made_after_one_that_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path / "data", operations_url=None)
    made, tries, real = threading.Event(), iter((1, 2)), api.daily_turn.daily_turn

    def at_the_second_try(*given: Any, **named: Any) -> Any:
        if next(tries, None) == 1:
            raise BusyError("忙", "busy", code="busy")
        turn = real(*given, **named)
        made.set()
        return turn

    monkeypatch.setattr(api.daily_turn, "daily_turn", at_the_second_try)
    with OperationsStore(settings) as store:
        turns = DailyTurn(settings, store, first_s=0, look_s=0.01)
        turns.start()
        assert made.wait(60)
        turns.close()
        assert len(RetentionTurns(store).all()) == 1
