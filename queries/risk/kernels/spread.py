"""Sums over the same stream: the linear sweep of PageRank and DebtRank, and plain noisy-OR.

What is sent does not change while it is summed, so nobody has to wait for a round to end: block after
block is summed up, over the tiles that touch it, in their order, while it stays in the cache.  Threads
share out the blocks, and each party is added to in the same order whatever their number.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.compiled import compiled
from queries.risk.kernels.blocks import WORTH_SHARING, Around, Blocks, Stream, crew, processors

__all__ = ["add_up", "keep_quiet", "noisy_or_sweep", "spread"]


def spread(blocks: Blocks, values: NDArray[Any], *, threads: int | None = None) -> NDArray[Any]:
    """What every party receives: Σ weight · value of the sender, in the type of `values`."""
    received = np.zeros_like(values)
    around, stream = blocks.around, blocks.stream
    _shared(blocks, threads, lambda run: add_up(*run, around, stream, values, received))
    return received


def noisy_or_sweep(
    blocks: Blocks, own: NDArray[Any], values: NDArray[Any], *, threads: int | None = None
) -> NDArray[Any]:
    """1 − (1−own) ∏ (1 − weight · value of the sender): one round of plain noisy-OR."""
    quiet = 1 - own
    around, stream = blocks.around, blocks.stream
    _shared(blocks, threads, lambda run: keep_quiet(*run, around, stream, values, quiet))
    return np.asarray(1 - quiet)


def _shared(blocks: Blocks, threads: int | None, work: Callable[[tuple[int, int]], None]) -> None:
    """Run `work((first block, last block + 1))` over all blocks, shared out by the ties into them."""
    size = len(blocks.around[0]) - 1
    threads = min(threads or processors(), size)
    if threads == 1 or blocks.weight.size < WORTH_SHARING:
        work((0, size))
        return
    pairs, singles = np.diff(blocks.pairs), np.diff(blocks.singles)
    into_low = np.bincount(blocks.low_block, pairs + singles[1::2], size)
    into_high = np.bincount(blocks.high_block, pairs + singles[::2], size)
    ties = np.concatenate(([0], np.cumsum(into_low + into_high)))
    wanted = np.linspace(0, ties[-1], threads + 1)[1:-1]
    cuts = np.unique(np.concatenate(([0], np.searchsorted(ties, wanted), [size])))
    list(crew(threads).map(work, pairwise(cuts.tolist())))


@compiled
def add_up(
    first: int,
    last: int,
    around: Around,
    stream: Stream,
    values: NDArray[Any],
    received: NDArray[Any],
) -> None:
    """Add weight · value of the sender to every receiver.

    Args:
        first, last: the receivers are those of the blocks from `first` to before `last`.
    """
    begins, tiles = around
    low_block, high_block, pairs, singles, low, high, sender, receiver, weight = stream
    bits, back, one_way = np.uint64(16), np.uint64(len(low)), np.uint64(2 * len(low))
    for block in range(first, last):
        to_base = np.uint64(block) << bits
        for tile in tiles[begins[block] : begins[block + 1]]:
            low_base = np.uint64(low_block[tile]) << bits
            high_base = np.uint64(high_block[tile]) << bits
            begin, end = np.uint64(pairs[tile]), np.uint64(pairs[tile + 1])
            if low_base == high_base:
                for at in range(begin, end):
                    a, b = to_base + np.uint64(low[at]), to_base + np.uint64(high[at])
                    received[b] += weight[at] * values[a]
                    received[a] += weight[at + back] * values[b]
            elif to_base == high_base:
                for at in range(begin, end):
                    value = values[low_base + np.uint64(low[at])]
                    received[to_base + np.uint64(high[at])] += weight[at] * value
            else:
                for at in range(begin, end):
                    value = values[high_base + np.uint64(high[at])]
                    received[to_base + np.uint64(low[at])] += weight[at + back] * value
            for way in range(2):
                if to_base != (high_base if way == 0 else low_base):
                    continue
                from_base = low_base if way == 0 else high_base
                begin = np.uint64(singles[2 * tile + way])
                end = np.uint64(singles[2 * tile + way + 1])
                for at in range(begin, end):
                    value = values[from_base + np.uint64(sender[at])]
                    received[to_base + np.uint64(receiver[at])] += weight[at + one_way] * value


@compiled
def keep_quiet(
    first: int,
    last: int,
    around: Around,
    stream: Stream,
    values: NDArray[Any],
    quiet: NDArray[Any],
) -> None:
    """Multiply 1 − weight · value of the sender into every receiver.

    Args:
        first, last: the receivers are those of the blocks from `first` to before `last`.
    """
    begins, tiles = around
    low_block, high_block, pairs, singles, low, high, sender, receiver, weight = stream
    bits, back, one_way = np.uint64(16), np.uint64(len(low)), np.uint64(2 * len(low))
    for block in range(first, last):
        to_base = np.uint64(block) << bits
        for tile in tiles[begins[block] : begins[block + 1]]:
            low_base = np.uint64(low_block[tile]) << bits
            high_base = np.uint64(high_block[tile]) << bits
            begin, end = np.uint64(pairs[tile]), np.uint64(pairs[tile + 1])
            if low_base == high_base:
                for at in range(begin, end):
                    a, b = to_base + np.uint64(low[at]), to_base + np.uint64(high[at])
                    quiet[b] *= 1 - weight[at] * values[a]
                    quiet[a] *= 1 - weight[at + back] * values[b]
            elif to_base == high_base:
                for at in range(begin, end):
                    value = values[low_base + np.uint64(low[at])]
                    quiet[to_base + np.uint64(high[at])] *= 1 - weight[at] * value
            else:
                for at in range(begin, end):
                    value = values[high_base + np.uint64(high[at])]
                    quiet[to_base + np.uint64(low[at])] *= 1 - weight[at + back] * value
            for way in range(2):
                if to_base != (high_base if way == 0 else low_base):
                    continue
                from_base = low_base if way == 0 else high_base
                begin = np.uint64(singles[2 * tile + way])
                end = np.uint64(singles[2 * tile + way + 1])
                for at in range(begin, end):
                    value = values[from_base + np.uint64(sender[at])]
                    quiet[to_base + np.uint64(receiver[at])] *= 1 - weight[at + one_way] * value
