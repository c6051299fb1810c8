"""The graphs that are measured: sizes, no tie to oneself, no end outside, the same for a seed."""

from __future__ import annotations

import numpy as np
import pytest

from bench.risk.graphs import TOWN, flag, in_turns, option, peer
from bench.risk.national import wide
from queries.risk.cascade.sampled import count_reached
from queries.risk.coins import thresholds


def test_a_wide_net_has_the_ties_that_it_says() -> None:
    parties = 2 * TOWN + 100
    held = wide(parties, 400_000, seed=5, local=0.9)
    sender = np.repeat(np.arange(parties), np.diff(held.first))
    assert len(sender) == len(held.target) and abs(len(sender) - 400_000) < 4_000
    assert (sender != held.target).all() and held.target.max() < parties
    assert np.mean(sender // TOWN == held.target // TOWN) == pytest.approx(0.945, abs=0.01)
    assert 0.15 < np.mean(held.weight == thresholds(np.array([0.6]))) < 0.18  # one kind of six
    again = wide(parties, 400_000, seed=5, local=0.9)
    assert np.array_equal(again.target, held.target) and np.array_equal(again.weight, held.weight)
    assert count_reached(held, 64).reached.max() <= 64


def test_turns_warm_up_unless_told_not_to() -> None:
    calls: list[str] = []
    works = {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}
    assert len(in_turns(works, 2)["a"]) == 2 and calls == ["a", "b"] * 3
    calls.clear()
    assert len(in_turns(works, 2, warm_up=False)["b"]) == 2 and calls == ["a", "b"] * 2


def test_words_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--gigabytes", "3.5", "--slope", "--ties", "7"])
    assert option("--gigabytes", 4.0) == 3.5 and option("--gigabytes", 4.0) == 4.0
    assert flag("--slope") and not flag("--slope")


def test_a_peer_that_is_not_there_is_left_out_aloud(capsys: pytest.CaptureFixture[str]) -> None:
    assert peer("bench.risk.no_such_library") is None
    assert "no_such_library is not installed" in capsys.readouterr().out
    assert peer("bench.risk.graphs") is not None
