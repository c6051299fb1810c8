"""The gate's own rules: when a ratio counts, and that a changed bit is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.floor import holds
from bench.risk import gate
from bench.risk.gate import same_bits
from bench.risk.graphs import plain
from queries.risk.cascade.sampled import Sampled, count_reached


@pytest.mark.parametrize(
    ("ratios", "passes", "left"),
    [([3.0, 0.0], True, 1), ([1.9, 2.0, 0.0], True, 1), ([1.0, 1.0, 1.9, 9.0], False, 1)],
)
def test_a_ratio_has_three_tries(ratios: list[float], passes: bool, left: int) -> None:
    assert holds("ours against theirs", 2.0, lambda: ratios.pop(0)) is passes
    assert len(ratios) == left


def test_a_changed_bit_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = plain(200, 1_000, seed=1, local=0.9, two_way=True)
    assert same_bits(graph)

    def careless(*given: object, threads: int) -> Sampled:
        found = count_reached(*given, threads=threads)  # type: ignore[arg-type]
        return replace(found, reached=found.reached + (threads > 1))

    monkeypatch.setattr(gate, "count_reached", careless)
    assert not same_bits(graph)
