"""The strongest path to every party, over the same stream.

Values only rise and the strongest is the strongest in whatever order it is found: the result does
not depend on blocks, rounds or threads, and with float64 weights it is the clear one's bit for bit
(`queries.risk.propagate.best_path`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from queries.risk.kernels.blocks import Blocks, Stream, in_rounds, processors
from queries.risk.kernels.compiled import compiled

__all__ = ["ITSELF", "offer_strongest", "senders", "strongest_paths"]

ITSELF = np.uint32(0xFFFFFFFF)
"""Stands for the sender where a party's own probability is the strongest."""


def strongest_paths(
    blocks: Blocks, own: NDArray[Any], *, threads: int | None = None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Probability of the strongest path to every party, and the party before it (−1 = itself).

    Of equally strong senders the one with the smallest number is named.
    """
    crew = threads or processors()
    strongest = np.array(own, np.float64)
    stream = blocks.stream

    def offer(first: int, last: int) -> float:
        return float(offer_strongest(first, last, stream, strongest))

    while in_rounds(blocks, crew, offer):
        pass
    sender = np.full(blocks.count, ITSELF)
    given = np.asarray(own, np.float64)

    def find(first: int, last: int) -> float:
        senders(first, last, stream, given, strongest, sender)
        return 0.0

    in_rounds(blocks, crew, find)
    return strongest, np.where(sender == ITSELF, -1, sender.astype(np.int64))


@compiled
def offer_strongest(
    first: int,
    last: int,
    stream: Stream,
    strongest: NDArray[np.float64],
) -> float:
    """One sweep over tiles, in place; 1 where anything rose, else 0."""
    low_block, high_block, pairs, singles, low, high, sender, receiver, weight = stream
    bits, back, one_way = np.uint64(16), np.uint64(len(low)), np.uint64(2 * len(low))
    rose = False
    for tile in range(first, last):
        low_base = np.uint64(low_block[tile]) << bits
        high_base = np.uint64(high_block[tile]) << bits
        for at in range(np.uint64(pairs[tile]), np.uint64(pairs[tile + 1])):
            a = low_base + np.uint64(low[at])
            b = high_base + np.uint64(high[at])
            # no branch on what the data say: a wrong guess costs more than the store
            to_b, held = np.float64(weight[at]) * strongest[a], strongest[b]
            more = to_b > held
            b_now = to_b if more else held
            strongest[b] = b_now
            rose |= more
            to_a, held = np.float64(weight[at + back]) * b_now, strongest[a]
            more = to_a > held
            strongest[a] = to_a if more else held
            rose |= more
        for way in range(2):
            from_base = low_base if way == 0 else high_base
            to_base = high_base if way == 0 else low_base
            begin, end = singles[2 * tile + way], singles[2 * tile + way + 1]
            for at in range(np.uint64(begin), np.uint64(end)):
                b = to_base + np.uint64(receiver[at])
                reach = strongest[from_base + np.uint64(sender[at])]
                to_b, held = np.float64(weight[at + one_way]) * reach, strongest[b]
                more = to_b > held
                strongest[b] = to_b if more else held
                rose |= more
    return 1.0 if rose else 0.0


@compiled
def senders(
    first: int,
    last: int,
    stream: Stream,
    own: NDArray[np.float64],
    strongest: NDArray[np.float64],
    before: NDArray[np.uint32],
) -> None:
    """Who attains each party's value over a direct tie: the smallest number of those."""
    low_block, high_block, pairs, singles, low, high, sender, receiver, weight = stream
    bits, back, one_way = np.uint64(16), np.uint64(len(low)), np.uint64(2 * len(low))
    for tile in range(first, last):
        low_base = np.uint64(low_block[tile]) << bits
        high_base = np.uint64(high_block[tile]) << bits
        for at in range(np.uint64(pairs[tile]), np.uint64(pairs[tile + 1])):
            a = low_base + np.uint64(low[at])
            b = high_base + np.uint64(high[at])
            at_a, at_b = strongest[a], strongest[b]
            if np.float64(weight[at]) * at_a == at_b and at_b > own[b]:
                before[b] = min(before[b], np.uint32(a))
            if np.float64(weight[at + back]) * at_b == at_a and at_a > own[a]:
                before[a] = min(before[a], np.uint32(b))
        for way in range(2):
            from_base = low_base if way == 0 else high_base
            to_base = high_base if way == 0 else low_base
            begin, end = singles[2 * tile + way], singles[2 * tile + way + 1]
            for at in range(np.uint64(begin), np.uint64(end)):
                a = from_base + np.uint64(sender[at])
                b = to_base + np.uint64(receiver[at])
                passed = np.float64(weight[at + one_way]) * strongest[a]
                if passed == strongest[b] and strongest[b] > own[b]:
                    before[b] = min(before[b], np.uint32(a))
