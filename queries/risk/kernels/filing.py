"""Filing ties under the two blocks that they join: both passes, over a run of whole blocks.

A tie is filed at the higher-numbered of its two parties, in the order of the lower ones.  Ties that
are sorted by (target, source) are in that order where they lead upwards; those that lead downwards
are put in order here.  What is counted and written for one block is nobody else's.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from graph.compiled import compiled

__all__ = ["Lower", "count_filed", "file_ties", "first_of_each", "outgoing", "to_lower"]

Lower: TypeAlias = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[Any]]
"""First tie of each party, receivers and weights; of ties to a lower-numbered party."""

# numbers without a sign: of a signed one, every look-up would ask whether it counts from the end
_ONE, _BITS, _WITHIN = np.uint64(1), np.uint64(16), np.uint64(65535)


@compiled
def first_of_each(target: NDArray[Any], count: int) -> NDArray[np.int64]:
    """First tie into each party, and the end; `target` is sorted."""
    into = np.zeros(count + 1, np.int64)
    for tie in range(len(target)):
        into[np.uint64(target[tie]) + np.uint64(1)] += 1
    for party in range(count):
        into[party + 1] += into[party]
    return into


@compiled
def outgoing(
    source: NDArray[Any], target: NDArray[Any], count: int
) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]:
    """Counting sort by (source, target): first tie of each sender, receivers, numbers of ties."""
    out = np.zeros(count + 1, np.int64)
    for tie in range(len(source)):
        out[np.uint64(source[tie]) + np.uint64(1)] += 1
    for party in range(count):
        out[party + 1] += out[party]
    cursor = out[:-1].copy()
    receivers = np.empty(len(source), np.uint32)
    ties = np.empty(len(source), np.uint32)
    for tie in range(len(source)):
        sender = np.uint64(source[tie])
        at = np.uint64(cursor[sender])
        cursor[sender] += 1
        receivers[at] = target[tie]
        ties[at] = tie
    return out, receivers, ties


@compiled
def to_lower(
    into: NDArray[np.int64], source: NDArray[Any], weight: NDArray[Any], first: int, last: int
) -> Lower:
    """Ties of the parties from `first` to before `last` to lower-numbered ones, by (party, lower)."""
    out = np.zeros(last - first + 1, np.int64)
    for receiver in range(last):
        # of the ties into a party these are the last ones
        begin, tie = into[receiver], into[receiver + 1] - 1
        while tie >= begin and np.int64(source[np.uint64(tie)]) > receiver:
            sender = np.int64(source[np.uint64(tie)])
            if first <= sender < last:
                out[np.uint64(sender - first) + _ONE] += 1
            tie -= 1
    for party in range(last - first):
        out[party + 1] += out[party]
    cursor = out[:-1].copy()
    receivers, carried = np.empty(out[-1], np.uint32), np.empty(out[-1], weight.dtype)
    for receiver in range(last):
        begin, tie = into[receiver], into[receiver + 1] - 1
        while tie >= begin and np.int64(source[np.uint64(tie)]) > receiver:
            sender = np.int64(source[np.uint64(tie)])
            if first <= sender < last:
                at = np.uint64(cursor[np.uint64(sender - first)])
                cursor[np.uint64(sender - first)] += 1
                receivers[at], carried[at] = receiver, weight[np.uint64(tie)]
            tie -= 1
    return out, receivers, carried


@compiled
def _dealt(turn: int, count: int) -> int:
    """Where the tie of that turn lies when the list is cut into four and dealt out in turn."""
    quarter = count >> 2
    hand = (turn >= quarter) + (turn >= 2 * quarter) + (turn >= 3 * quarter)
    return turn if turn >= 4 * quarter else 4 * (turn - hand * quarter) + hand


@compiled
def count_filed(
    first: int,
    last: int,
    into: NDArray[np.int64],
    source: NDArray[Any],
    lower: Lower,
    tile: NDArray[np.int32],
    found: NDArray[np.int64],
) -> None:
    """Count into `found`[tile, kind]: two-way ties, ties upwards, ties downwards."""
    out, receivers, _ = lower
    start = np.uint64(first)
    for party in range(start, np.uint64(last)):
        a, a_end = np.uint64(into[party]), np.uint64(into[party + _ONE])
        b, b_end = np.uint64(out[party - start]), np.uint64(out[party - start + _ONE])
        while True:
            here = np.uint64(source[a]) if a < a_end else party
            there = np.uint64(receivers[b]) if b < b_end else party
            other = min(here, there)
            if other >= party:
                break
            under = np.uint64(tile[other >> _BITS, party >> _BITS])
            found[under, np.uint64(here != there) + np.uint64(there < here)] += 1
            a += np.uint64(here == other)
            b += np.uint64(there == other)


@compiled
def file_ties(
    first: int,
    last: int,
    into: NDArray[np.int64],
    source: NDArray[Any],
    weight: NDArray[Any],
    lower: Lower,
    tile: NDArray[np.int32],
    begin: NDArray[np.int64],
    found: NDArray[np.int64],
    low: NDArray[np.uint16],
    high: NDArray[np.uint16],
    sender: NDArray[np.uint16],
    receiver: NDArray[np.uint16],
    filed: NDArray[Any],
) -> None:
    """File the ties of the parties from `first` to before `last`, and their weights.

    Args:
        begin, found: [tile, kind] = where its ties begin, and how many they are.
    """
    out, receivers, carried = lower
    start, pairs = np.uint64(first), np.uint64(len(low))
    turn = np.zeros_like(found)
    for party in range(start, np.uint64(last)):
        a, a_end = np.uint64(into[party]), np.uint64(into[party + _ONE])
        b, b_end = np.uint64(out[party - start]), np.uint64(out[party - start + _ONE])
        mine = np.uint16(party & _WITHIN)
        while True:
            here = np.uint64(source[a]) if a < a_end else party
            there = np.uint64(receivers[b]) if b < b_end else party
            other = min(here, there)
            if other >= party:
                break
            theirs = np.uint16(other & _WITHIN)
            under = np.uint64(tile[other >> _BITS, party >> _BITS])
            kind = np.uint64(here != there) + np.uint64(there < here)
            held = turn[under, kind]
            turn[under, kind] = held + 1
            at = np.uint64(begin[under, kind] + _dealt(held, found[under, kind]))
            if here == there:
                low[at], high[at] = theirs, mine
                filed[at], filed[pairs + at] = weight[a], carried[b]
            else:
                # no branch on which way it leads: the next one leads anywhere
                up = here < there
                sender[at], receiver[at] = (theirs, mine) if up else (mine, theirs)
                filed[pairs + pairs + at] = weight[a] if up else carried[b]
            a += np.uint64(here == other)
            b += np.uint64(there == other)
