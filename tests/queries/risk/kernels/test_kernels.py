"""Kernels against the clear numpy: paths bit for bit, any numbering."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from weighted import renumbered, risk_graph

from graph.compiled import compiled
from queries.risk import bounds
from queries.risk.kernels import blocks as kernel_blocks
from queries.risk.kernels import spread as kernel_spread
from queries.risk.kernels.blocks import BLOCK, Blocks, in_rounds, make_blocks
from queries.risk.kernels.paths import strongest_paths
from queries.risk.kernels.spread import noisy_or_sweep, spread
from queries.risk.propagation import propagate
from queries.risk.weights import RiskGraph

GRAPHS = [(1, 2, 1), (2, 60, 40), (3, 60, 500), (4, 3_000, 9_000), (5, 5, 0)]


def blocks_of(graph: RiskGraph, dtype: type = np.float64) -> Blocks:
    return make_blocks(graph.source, graph.target, graph.weight, len(graph.own), dtype=dtype)


def filed_ties(blocks: Blocks) -> list[tuple[int, int, float]]:
    """Every tie as it is filed: sender, receiver, weight."""
    low, high = (each.astype(np.int64) * BLOCK for each in (blocks.low_block, blocks.high_block))
    pairs, singles = np.diff(blocks.pairs), np.diff(blocks.singles)
    a = np.repeat(low, pairs) + blocks.low
    b = np.repeat(high, pairs) + blocks.high
    # from the low block to the high one, then back, tile by tile
    begin = np.repeat(np.column_stack((low, high)).ravel(), singles) + blocks.sender
    end = np.repeat(np.column_stack((high, low)).ravel(), singles) + blocks.receiver
    source, target = np.concatenate((a, b, begin)), np.concatenate((b, a, end))
    return list(zip(source, target, blocks.weight, strict=True))


def over_blocks(graph: RiskGraph, seed: int, blocks: int = 5) -> tuple[RiskGraph, np.ndarray]:
    """The same graph with its parties strewn over several blocks."""
    parties = blocks * BLOCK - 7
    number = np.random.default_rng(seed).choice(parties, len(graph.own), replace=False)
    return renumbered(graph, number, parties), number


@pytest.mark.parametrize("shape", GRAPHS)
def test_every_tie_is_filed_once_under_its_blocks(shape: tuple[int, int, int]) -> None:
    graph, _ = over_blocks(risk_graph(*shape), 7)
    blocks = blocks_of(graph)
    given = zip(graph.source, graph.target, graph.weight, strict=True)
    assert sorted(filed_ties(blocks)) == sorted(given)
    for first, last in zip(blocks.rounds[:-1], blocks.rounds[1:], strict=True):
        low, high = blocks.low_block[first:last], blocks.high_block[first:last]
        apart = low[low != high].tolist() + high.tolist()
        assert len(set(apart)) == len(apart), "two tiles of one round share a block"
    assert set(zip(blocks.low_block, blocks.high_block, strict=True)) == {
        (low, high) for high in range(5) for low in range(high + 1)
    }


@pytest.mark.parametrize("threads", [2, 3, 9])
def test_ties_are_filed_alike_whatever_the_threads(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_blocks, "WORTH_SHARING", 1)
    graph, _ = over_blocks(risk_graph(23, 4_000, 16_000), 23)
    given = graph.source, graph.target, graph.weight, len(graph.own)
    one, more = (make_blocks(*given, threads=count) for count in (1, threads))
    for field in fields(Blocks):
        assert np.array_equal(getattr(one, field.name), getattr(more, field.name)), field.name


@pytest.mark.parametrize("shape", GRAPHS)
def test_strongest_paths_are_the_clear_ones_bit_for_bit(shape: tuple[int, int, int]) -> None:
    graph = risk_graph(*shape)
    for same in (graph, over_blocks(graph, 13)[0]):
        value, before = strongest_paths(blocks_of(same), same.own)
        clear_value, clear_before = bounds.best_path(same)
        assert np.array_equal(value, clear_value)
        assert np.array_equal(before, clear_before)
    single, _ = strongest_paths(blocks_of(graph, np.float32), graph.own)
    assert single == pytest.approx(bounds.best_path(graph)[0], rel=1e-6)


@pytest.mark.parametrize("threads", [2, 3, 9])
@pytest.mark.parametrize("shape", [(17, 4_000, 16_000), (19, 60, 2_500)])  # few two-way ties, many
def test_results_repeat_bit_by_bit_whatever_the_threads(
    shape: tuple[int, int, int], threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_spread, "WORTH_SHARING", 1)
    monkeypatch.setattr(kernel_blocks, "_WORTH_A_ROUND", 1)
    graph, _ = over_blocks(risk_graph(*shape), 17)
    for dtype in (np.float64, np.float32):
        blocks = blocks_of(graph, dtype)
        values = graph.own.astype(dtype)
        sums = [spread(blocks, values, threads=count) for count in (1, threads)]
        assert np.array_equal(*sums)
        sweeps = [noisy_or_sweep(blocks, values, values, threads=count) for count in (1, threads)]
        assert np.array_equal(*sweeps)
        paths = [strongest_paths(blocks, graph.own, threads=count) for count in (1, threads)]
        assert all(map(np.array_equal, *paths))


@pytest.mark.parametrize("shape", GRAPHS)
def test_sums_and_plain_noisy_or_agree_with_matrices(shape: tuple[int, int, int]) -> None:
    graph, _ = over_blocks(risk_graph(*shape), 19, blocks=2)
    blocks, size = blocks_of(graph), len(graph.own)
    passed = graph.weight * graph.own[graph.source]
    expected = np.bincount(graph.target, weights=passed, minlength=size)
    assert spread(blocks, graph.own) == pytest.approx(expected, abs=1e-12)
    value = graph.own
    for _ in range(200):
        value = noisy_or_sweep(blocks, graph.own, value)
    assert value == pytest.approx(bounds.noisy_or(graph), abs=1e-9)


@settings(max_examples=examples(40))
@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(0, 20))
def test_relabelling_and_the_fast_way_change_nothing(seed: int, parties: int, ties: int) -> None:
    graph = risk_graph(seed, parties, ties)
    number = np.random.default_rng(seed).permutation(parties)
    moved = renumbered(graph, number, parties)
    # a party's coin goes with it
    coins = np.argsort(number).astype(np.uint64)
    moved = replace(moved, coins=coins)
    clear, fast = propagate(graph), propagate(moved, kernels_from=0)
    assert np.array_equal(fast.sampled.reached[number], clear.sampled.reached)
    assert np.array_equal(fast.strongest[number], clear.strongest)


class Runs:
    """Work that notes its tiles and answers with the last."""

    def __init__(self) -> None:
        self.tiles: list[int] = []

    def __call__(self, first: int, last: int) -> float:
        self.tiles += range(first, last)
        return float(last)


def test_rounds_reach_every_tile_once_and_keep_the_largest() -> None:
    blocks = blocks_of(over_blocks(risk_graph(29, 2_000, 9_000), 29, blocks=7)[0])
    for threads in (1, 2, 5):
        runs = Runs()
        assert in_rounds(blocks, threads, runs) == len(blocks.low_block)
        assert sorted(runs.tiles) == list(range(len(blocks.low_block)))


def test_compiled_code_is_kept_and_its_absence_is_survived(tmp_path: Path) -> None:
    text = (
        "import numpy as np\n"
        "from queries.risk.coins import mixed\n"
        "mixed(np.uint64(1))\n"
        "print(sum(mixed.stats.cache_hits.values()), sum(mixed.stats.cache_misses.values()))"
    )

    def run(cache: Path) -> list[str]:
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
        environment.pop("NUMBA_CACHE_DIR", None)
        command = [sys.executable, "-c", text]
        done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
        return done.stdout.split()

    assert run(tmp_path) == ["0", "1"]
    assert run(tmp_path) == ["1", "0"], "a warm start compiles nothing"
    assert list((tmp_path / "xinnong" / "kernels").rglob("*.nbi"))


def test_without_any_folder_to_write_the_sweeps_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numba.core.caching.CacheImpl._locator_classes", [])
    assert compiled(lambda a, b: a + b)(2, 3) == 5
