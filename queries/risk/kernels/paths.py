"""The strongest path to every party, over the same stream.

Values only rise and the strongest is the strongest in whatever order it is found: the result does
not depend on blocks, rounds or threads, and with float64 weights it is the clear one's bit for bit
(`queries.risk.bounds.best_path`).
"""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.compiled import compiled
from queries.risk.kernels.blocks import Blocks, Stream, in_rounds, processors

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
    seen = np.zeros(len(blocks.low_block), np.int64)
    rose = np.ones(int(blocks.high_block.max(initial=0)) + 1, np.int64)

    def offer(turn: int, first: int, last: int) -> float:
        return float(_offer_where_news(first, last, stream, strongest, seen, rose, turn))

    for turn in count():
        if not in_rounds(blocks, crew, partial(offer, turn)):
            break
    sender = np.full(blocks.count, ITSELF)

    def find(first: int, last: int) -> float:
        senders(first, last, stream, strongest, sender)
        return 0.0

    in_rounds(blocks, crew, find)
    return strongest, np.where(strongest > own, sender.astype(np.int64), -1)


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
def _offer_where_news(
    first: int,
    last: int,
    stream: Stream,
    strongest: NDArray[np.float64],
    seen: NDArray[np.int64],
    rose: NDArray[np.int64],
    turn: int,
) -> bool:
    """A sweep that leaves out tiles of whose blocks nothing rose since they were worked through.

    Args:
        seen: sweep in which each tile was last worked through, with its place in the sweep.
        rose: when anything in each block last rose, in the same time.
    """
    anything = False
    for tile in range(first, last):
        low, high = stream[0][tile], stream[1][tile]
        if max(rose[low], rose[high]) > seen[tile]:
            seen[tile] = 2 * (turn * len(seen) + tile)
            if offer_strongest(tile, tile + 1, stream, strongest):
                rose[low] = rose[high] = seen[tile] + 1
                anything = True
    return anything


@compiled
def senders(
    first: int,
    last: int,
    stream: Stream,
    strongest: NDArray[np.float64],
    before: NDArray[np.uint32],
) -> None:
    """Who attains each party's value over a direct tie: the smallest number of those.

    Also where the party's own probability is as strong: then it is the party itself that counts.
    """
    low_block, high_block, pairs, singles, low, high, sender, receiver, weight = stream
    bits, back, one_way = np.uint64(16), np.uint64(len(low)), np.uint64(2 * len(low))
    for tile in range(first, last):
        low_base = np.uint64(low_block[tile]) << bits
        high_base = np.uint64(high_block[tile]) << bits
        for at in range(np.uint64(pairs[tile]), np.uint64(pairs[tile + 1])):
            a = low_base + np.uint64(low[at])
            b = high_base + np.uint64(high[at])
            at_a, at_b = strongest[a], strongest[b]
            to_b = np.uint32(a) if np.float64(weight[at]) * at_a == at_b else ITSELF
            to_a = np.uint32(b) if np.float64(weight[at + back]) * at_b == at_a else ITSELF
            held = before[b]
            before[b] = to_b if to_b < held else held
            held = before[a]
            before[a] = to_a if to_a < held else held
        for way in range(2):
            from_base = low_base if way == 0 else high_base
            to_base = high_base if way == 0 else low_base
            begin, end = singles[2 * tile + way], singles[2 * tile + way + 1]
            for at in range(np.uint64(begin), np.uint64(end)):
                a = from_base + np.uint64(sender[at])
                b = to_base + np.uint64(receiver[at])
                carries = np.float64(weight[at + one_way]) * strongest[a] == strongest[b]
                to_b, held = np.uint32(a) if carries else ITSELF, before[b]
                before[b] = to_b if to_b < held else held
