"""Sums over the same stream: the linear sweep of PageRank and DebtRank, and plain noisy-OR."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.compiled import compiled
from queries.risk.kernels.blocks import Blocks, Stream, in_rounds, processors

__all__ = ["add_up", "keep_quiet", "noisy_or_sweep", "spread"]


def spread(blocks: Blocks, values: NDArray[Any], *, threads: int | None = None) -> NDArray[Any]:
    """What every party receives: Σ weight · value of the sender, in the type of `values`."""
    received = np.zeros_like(values)
    stream = blocks.stream

    def work(first: int, last: int) -> float:
        add_up(first, last, stream, values, received)
        return 0.0

    in_rounds(blocks, threads or processors(), work)
    return received


def noisy_or_sweep(
    blocks: Blocks, own: NDArray[Any], values: NDArray[Any], *, threads: int | None = None
) -> NDArray[Any]:
    """1 − (1−own) ∏ (1 − weight · value of the sender): one round of plain noisy-OR."""
    quiet = 1 - own
    stream = blocks.stream

    def work(first: int, last: int) -> float:
        keep_quiet(first, last, stream, values, quiet)
        return 0.0

    in_rounds(blocks, threads or processors(), work)
    return np.asarray(1 - quiet)


@compiled
def add_up(
    first: int,
    last: int,
    stream: Stream,
    values: NDArray[Any],
    received: NDArray[Any],
) -> None:
    """Add weight · value of the sender to every receiver, tile by tile."""
    low_block, high_block, pairs, singles, low, high, sender, receiver, weight = stream
    bits, back, one_way = np.uint64(16), np.uint64(len(low)), np.uint64(2 * len(low))
    for tile in range(first, last):
        low_base = np.uint64(low_block[tile]) << bits
        high_base = np.uint64(high_block[tile]) << bits
        for at in range(np.uint64(pairs[tile]), np.uint64(pairs[tile + 1])):
            a = low_base + np.uint64(low[at])
            b = high_base + np.uint64(high[at])
            received[b] += weight[at] * values[a]
            received[a] += weight[at + back] * values[b]
        for way in range(2):
            from_base = low_base if way == 0 else high_base
            to_base = high_base if way == 0 else low_base
            begin, end = singles[2 * tile + way], singles[2 * tile + way + 1]
            for at in range(np.uint64(begin), np.uint64(end)):
                value = values[from_base + np.uint64(sender[at])]
                received[to_base + np.uint64(receiver[at])] += weight[at + one_way] * value


@compiled
def keep_quiet(
    first: int,
    last: int,
    stream: Stream,
    values: NDArray[Any],
    quiet: NDArray[Any],
) -> None:
    """Multiply 1 − weight · value of the sender into every receiver, tile by tile."""
    low_block, high_block, pairs, singles, low, high, sender, receiver, weight = stream
    bits, back, one_way = np.uint64(16), np.uint64(len(low)), np.uint64(2 * len(low))
    for tile in range(first, last):
        low_base = np.uint64(low_block[tile]) << bits
        high_base = np.uint64(high_block[tile]) << bits
        for at in range(np.uint64(pairs[tile]), np.uint64(pairs[tile + 1])):
            a = low_base + np.uint64(low[at])
            b = high_base + np.uint64(high[at])
            quiet[b] *= 1 - weight[at] * values[a]
            quiet[a] *= 1 - weight[at + back] * values[b]
        for way in range(2):
            from_base = low_base if way == 0 else high_base
            to_base = high_base if way == 0 else low_base
            begin, end = singles[2 * tile + way], singles[2 * tile + way + 1]
            for at in range(np.uint64(begin), np.uint64(end)):
                value = values[from_base + np.uint64(sender[at])]
                quiet[to_base + np.uint64(receiver[at])] *= 1 - weight[at + one_way] * value
