"""The ties as a stream that the processor's cache can follow.

Parties are cut by number into blocks of 2¹⁶ (neighbours by division, so most ties stay within
one).  Ties are filed by the two blocks that they join: a *tile*.  While a tile is worked through,
all that it touches is two blocks of one number a party, which stay in the cache, and the ends of
a tie are 16-bit numbers within them.

    two-way tie   low, high (2 × 2 B), a weight each way (2 × 4 B)   + what was passed (2 × 4 B)
    one-way tie   sender, receiver (2 × 2 B), a weight (4 B)         + what was passed (4 B)

so a directed tie costs 10 or 12 bytes.  Within a tile the ties are dealt like cards: its sorted
list is cut into four, and one of each is taken in turn, since two ties in a row that end at the
same party would wait for each other.  Tiles are in the order of a tournament: within a round no
block occurs twice, so several threads can write without locks, and what each block sees is in the
same order whatever the number of threads: results repeat bit by bit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from queries.risk.kernels.filing import Lower, count_filed, file_ties, first_of_each, to_lower

__all__ = [
    "BLOCK",
    "WORTH_SHARING",
    "Around",
    "Blocks",
    "Stream",
    "crew",
    "in_rounds",
    "make_blocks",
    "processors",
    "tournament",
]

BLOCK = 1 << 16
"""Parties in a block."""

WORTH_SHARING = 1 << 18
"""Ties of one pass that are worth a second thread: fewer take a millisecond or two at most."""

_WORTH_A_ROUND = 1 << 14  # ties; fewer are done before another thread has woken up

Stream: TypeAlias = tuple[
    NDArray[np.int32], NDArray[np.int32],  # low_block, high_block
    NDArray[np.int64], NDArray[np.int64],  # pairs, singles
    NDArray[np.uint16], NDArray[np.uint16],  # low, high
    NDArray[np.uint16], NDArray[np.uint16],  # sender, receiver
    NDArray[Any],  # weight
]  # fmt: skip

Around: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""First of each block's tiles, and the end; the tiles."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """Ties filed by tile, tiles in the order in which they are worked through.

    Attributes:
        count: number of parties.
        rounds: first tile of each round, and the end.
        low_block, high_block: of each tile (low ≤ high).
        pairs: first two-way tie of each tile, and the end.  singles: first one-way tie from the
            low to the high block of each tile (2t), and from the high to the low one (2t + 1).
        low, high: ends of two-way ties; sender, receiver: of one-way ties; within their blocks.
        weight: of the ways low → high of all pairs, then high → low, then of the one-way ties.
    """

    count: int
    rounds: NDArray[np.int64]
    low_block: NDArray[np.int32]
    high_block: NDArray[np.int32]
    pairs: NDArray[np.int64]
    singles: NDArray[np.int64]
    low: NDArray[np.uint16]
    high: NDArray[np.uint16]
    sender: NDArray[np.uint16]
    receiver: NDArray[np.uint16]
    weight: NDArray[Any]

    @property
    def stream(self) -> Stream:
        """The arrays that a sweep reads."""
        return (
            self.low_block, self.high_block, self.pairs, self.singles,
            self.low, self.high, self.sender, self.receiver, self.weight,
        )  # fmt: skip

    @cached_property
    def around(self) -> Around:
        """The tiles that touch each block, in their order."""
        apart = self.low_block != self.high_block
        block = np.concatenate((self.low_block, self.high_block[apart]))
        tile = np.concatenate((np.arange(len(apart)), np.flatnonzero(apart)))
        begins = np.concatenate(([0], np.cumsum(np.bincount(block))))
        return begins, tile[np.lexsort((tile, block))]

    @property
    def nbytes(self) -> int:
        """Bytes that the sweeps hold for ties, without what is passed."""
        ends = self.low.nbytes + self.high.nbytes + self.sender.nbytes + self.receiver.nbytes
        return ends + self.weight.nbytes


def make_blocks(
    source: NDArray[Any],
    target: NDArray[Any],
    weight: NDArray[Any],
    count: int,
    *,
    dtype: DTypeLike = np.float32,
    threads: int | None = None,
) -> Blocks:
    """File ties that are sorted by (target, source), one a pair, none from a party to itself.

    Blocks are shared out between threads by their parties: a tile belongs to its higher block.
    """
    size = (count + BLOCK - 1) // BLOCK or 1
    low_block, high_block, rounds = tournament(size)
    tile = np.zeros((size, size), np.int32)
    tile[low_block, high_block] = np.arange(len(low_block))
    into = first_of_each(target, count)
    found = np.zeros((len(low_block), 3), np.int64)
    shares = _shares(into, size, count, threads or processors())
    each = crew(len(shares)).map if len(shares) > 1 else map

    def look(share: tuple[int, int]) -> Lower:
        lower = to_lower(into, source, weight, *share)
        count_filed(*share, into, source, lower, tile, found)
        return lower

    lowers = list(each(look, shares))
    pairs = np.concatenate(([0], np.cumsum(found[:, 0])))
    singles = np.concatenate(([0], np.cumsum(found[:, 1:].ravel())))
    begin = np.column_stack((pairs[:-1], singles[:-1:2], singles[1::2]))
    low, high = np.empty(pairs[-1], np.uint16), np.empty(pairs[-1], np.uint16)
    sender, receiver = np.empty(singles[-1], np.uint16), np.empty(singles[-1], np.uint16)
    filed = np.empty(len(source), dtype)
    ends = low, high, sender, receiver

    def put(share: tuple[int, int], lower: Lower) -> None:
        file_ties(*share, into, source, weight, lower, tile, begin, found, *ends, filed)

    list(each(put, shares, lowers))
    return Blocks(
        count, rounds, low_block, high_block, pairs, singles, low, high, sender, receiver, filed
    )


def _shares(into: NDArray[np.int64], size: int, count: int, threads: int) -> list[tuple[int, int]]:
    """First party and end of as many runs of whole blocks, with about as many ties into each."""
    if into[-1] < WORTH_SHARING:
        return [(0, count)]
    begins = np.minimum(np.arange(size + 1) * BLOCK, count)
    wanted = np.linspace(0, into[-1], threads + 1)[1:-1]
    cuts = np.unique(np.concatenate(([0], np.searchsorted(into[begins], wanted), [size])))
    return list(pairwise(begins[cuts].tolist()))


def processors() -> int:
    """How many threads this process may run at one time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_rounds(blocks: Blocks, threads: int, work: Callable[[int, int], float]) -> float:
    """Run `work(first tile, last tile + 1)` over all tiles, round by round; the largest result.

    The tiles of a round are shared out between the threads by the ties in them.
    """
    if threads == 1 or len(blocks.rounds) == 2:
        return work(0, len(blocks.low_block))
    ties = blocks.pairs * 2 + blocks.singles[::2]
    largest = 0.0
    for first, last in pairwise(blocks.rounds.tolist()):
        if ties[last] - ties[first] < _WORTH_A_ROUND:
            largest = max(largest, work(first, last))
            continue
        shares = np.linspace(ties[first], ties[last], threads + 1)[1:-1]
        cuts = [first, *(first + np.searchsorted(ties[first:last], shares)).tolist(), last]
        runs = [(a, b) for a, b in pairwise(cuts) if a < b]
        largest = max(largest, *crew(threads).map(lambda run: work(*run), runs))
    return largest


@cache
def crew(threads: int) -> ThreadPoolExecutor:
    """The threads of all sweeps of so many, made once."""
    return ThreadPoolExecutor(threads, thread_name_prefix="sweep")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=crew.cache_clear)  # threads do not survive a fork


def tournament(size: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Every pair of blocks once: the first round each with itself, then by the circle method."""
    low, high = [np.arange(size)], [np.arange(size)]
    even = size + size % 2
    for turn in range(even - 1):
        seat = np.arange(1, even // 2)
        one = np.append((turn + seat) % (even - 1), turn)
        other = np.append((turn - seat) % (even - 1), even - 1)
        present = np.maximum(one, other) < size  # with an odd number one block has a day off
        low.append(np.minimum(one, other)[present])
        high.append(np.maximum(one, other)[present])
    rounds = np.cumsum([0, *(len(found) for found in low)])
    return (
        np.concatenate(low).astype(np.int32),
        np.concatenate(high).astype(np.int32),
        rounds[np.append(True, np.diff(rounds) > 0)].astype(np.int64),
    )
