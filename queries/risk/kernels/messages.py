"""Echo-free messages, tie by tie in place.

Held are, for every party, p = 1 − (1−s) ∏ (1 − g) over what reaches it, and for every tie what was
passed, g = w · m.  What u would send if v were not there is then p with v's part taken out again,

    m(u→v) = (p_u − g(v→u)) / (1 − g(v→u)),      g(u→v) = w · m(u→v),

and the new g goes into p_v at once.  A two-way tie needs one division for both ways.  Going
through the ties in place settles in about half the sweeps that all at once would take; from p = s
every sweep only raises p, towards the one fixed point (`queries.risk.propagate`).

The share of p near 1 that is left, 1 − p, keeps too few digits for a load: loads are added up from
what is passed (`scores`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queries.risk.kernels.blocks import Blocks, Stream, in_rounds, processors
from queries.risk.kernels.compiled import compiled

__all__ = ["Settled", "pass_messages", "scores", "settle"]

_SWEEPS = 10_000


@dataclass(frozen=True, eq=False)
class Settled:
    """The fixed point.

    Attributes:
        reached: probability of distress of every party, in float64.
        passed: w · m of every tie, in the order of `Blocks.weight`.
        sweeps: how many it took.
    """

    reached: NDArray[np.float64]
    passed: NDArray[Any]
    sweeps: int


def settle(
    blocks: Blocks,
    own: NDArray[Any],
    *,
    start: Settled | None = None,
    tolerance: float | None = None,
    threads: int | None = None,
) -> Settled:
    """Sweep until what is left to come is below `tolerance` by the rate of the last two sweeps.

    Args:
        own: own probability of every party, above 0.
        start: of the same blocks and `own`; the fixed point is the same from anywhere.
        tolerance: of a message; by default 1e-8 with float64 weights and 2e-7 with float32.
    """
    double = blocks.weight.dtype == np.float64
    aim = tolerance if tolerance is not None else 1e-8 if double else 2e-7
    reached = np.array(own if start is None else start.reached, np.float64)
    passed = np.zeros_like(blocks.weight) if start is None else start.passed.copy()
    stream = blocks.stream
    before = np.inf

    def work(first: int, last: int) -> float:
        return float(pass_messages(first, last, stream, passed, reached))

    for sweep in range(1, _SWEEPS + 1):
        change = in_rounds(blocks, threads or processors(), work)
        rate = min(change / before, 0.99) if before else 0.0
        if change * max(rate / (1 - rate), 1.0) <= aim:
            return Settled(reached, passed, sweep)
        before = change
    raise ArithmeticError("the messages did not settle")


@compiled
def pass_messages(
    first: int,
    last: int,
    stream: Stream,
    passed: NDArray[Any],
    reached: NDArray[np.float64],
) -> float:
    """One sweep over tiles `first` … `last` − 1, in place; the largest change of a tie."""
    low_block, high_block, pairs, singles, low, high, sender, receiver, weight = stream
    bits, back, one_way = np.uint64(16), np.uint64(len(low)), np.uint64(2 * len(low))
    largest = 0.0
    for tile in range(first, last):
        low_base = np.uint64(low_block[tile]) << bits
        high_base = np.uint64(high_block[tile]) << bits
        # unsigned numbers: a signed one is tested for being negative at every access
        for at in range(np.uint64(pairs[tile]), np.uint64(pairs[tile + 1])):
            a = low_base + np.uint64(low[at])
            b = high_base + np.uint64(high[at])
            up, down = np.float64(passed[at]), np.float64(passed[at + back])
            up_left, down_left = 1.0 - up, 1.0 - down
            both = 1.0 / (up_left * down_left)
            a_alone = (reached[a] - down) * up_left * both
            b_alone = (reached[b] - up) * down_left * both
            passed[at] = weight[at] * a_alone
            passed[at + back] = weight[at + back] * b_alone
            # as stored: what is in `reached` is what is in `passed`, to the last bit of float32
            up_now, down_now = np.float64(passed[at]), np.float64(passed[at + back])
            reached[a] = a_alone + down_now * (1.0 - a_alone)
            reached[b] = b_alone + up_now * (1.0 - b_alone)
            change = max(abs(up_now - up), abs(down_now - down))
            largest = change if change > largest else largest
        for way in range(2):
            from_base = low_base if way == 0 else high_base
            to_base = high_base if way == 0 else low_base
            begin, end = singles[2 * tile + way], singles[2 * tile + way + 1]
            for at in range(np.uint64(begin), np.uint64(end)):
                b = to_base + np.uint64(receiver[at])
                was = np.float64(passed[at + one_way])
                reach = reached[from_base + np.uint64(sender[at])]
                passed[at + one_way] = weight[at + one_way] * reach
                now = np.float64(passed[at + one_way])
                alone = (reached[b] - was) / (1.0 - was)
                reached[b] = alone + now * (1.0 - alone)
                change = abs(now - was)
                largest = change if change > largest else largest
    return largest


@compiled
def scores(
    target: NDArray[Any], passed: NDArray[Any], place: NDArray[np.uint32], own: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Scores from loads that are added up tie by tie: 1 − e^−L, L = −ln(1−s) + Σ −ln(1−g)."""
    load = -np.log1p(-own)
    for tie in range(np.uint64(len(target))):
        load[np.uint64(target[tie])] -= np.log1p(-np.float64(passed[place[tie]]))
    return -np.expm1(-load)
