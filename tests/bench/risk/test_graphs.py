"""The graphs that are measured: sizes, no tie to oneself, no end outside, the same for a seed."""

from __future__ import annotations

import numpy as np
import pytest

from bench.risk.graphs import filed, flag, in_turns, option
from queries.risk.kernels.blocks import BLOCK
from queries.risk.kernels.messages import settle


def test_a_graph_that_is_made_filed_is_a_graph() -> None:
    parties = 2 * BLOCK + 100
    blocks, own = filed(parties, 400_000, seed=5, local=0.9)
    assert abs(len(blocks.weight) - 400_000) < 4_000
    tile = np.repeat(np.arange(len(blocks.low_block)), np.diff(blocks.pairs))
    low = blocks.low_block[tile] * BLOCK + blocks.low
    high = blocks.high_block[tile] * BLOCK + blocks.high
    assert (low != high).all() and max(low.max(), high.max()) < parties
    assert low.min() < 10 and high.max() > 2 * BLOCK  # the last block takes part
    within = blocks.low_block[tile] == blocks.high_block[tile]
    assert within.mean() == pytest.approx(0.9, abs=0.01)
    for first, end in zip(blocks.pairs[:-1], blocks.pairs[1:], strict=True):
        assert (np.diff(blocks.low[first:end].astype(int)) >= 0).all()
    assert 0.15 < (blocks.weight == np.float32(0.6)).mean() < 0.18  # one kind of six
    again, _ = filed(parties, 400_000, seed=5, local=0.9)
    assert np.array_equal(again.high, blocks.high) and np.array_equal(again.weight, blocks.weight)
    assert settle(blocks, own).reached.min() >= 0.0005 * (1 - 1e-6)


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
