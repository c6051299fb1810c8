"""After a few changes: only what they reach is worked out again.

A change touches parties: those with another own probability, and both ends of every tie that came,
went or has another weight.  From them the news is followed over the ties out of each party, as far
as it is news.

Paths end exactly as a full run would.  Where a value lost its support, everything that leaned on
it (the subtree of senders) is first set back, since two parties could otherwise go on supporting
each other; then values rise again to the only fixed point (G. Ramalingam, T. Reps, 1996).
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from graph.compiled import compiled
from queries.risk.kernels.filing import outgoing

__all__ = ["Neighbours", "neighbours_of", "update_paths"]

Neighbours: TypeAlias = tuple[
    NDArray[np.int64], NDArray[Any],  # into, source: ties into each party, by sender
    NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32],  # out, receivers, ties
    NDArray[Any],  # weight
]  # fmt: skip


def neighbours_of(
    source: NDArray[Any], target: NDArray[Any], weight: NDArray[Any], count: int
) -> Neighbours:
    """Ties among `count` parties by receiver and by sender.

    Good for every change of weights that `update_paths` then follows.
    """
    into = np.concatenate(([0], np.cumsum(np.bincount(target, minlength=count))))
    return into, source, *outgoing(source, target, count), weight


def update_paths(
    neighbours: Neighbours,
    own: NDArray[np.float64],
    strongest: NDArray[np.float64],
    before: NDArray[np.int64],
    touched: NDArray[np.int64],
) -> int:
    """Bring `strongest` and `before` to what they are now, in place; returns how many changed."""
    return int(_update_paths(neighbours, own, strongest, before, touched))


@compiled
def _update_paths(
    neighbours: Neighbours,
    own: NDArray[np.float64],
    strongest: NDArray[np.float64],
    before: NDArray[np.int64],
    touched: NDArray[np.int64],
) -> int:
    into, source, out, receivers, ties, weight = neighbours
    count = len(own)
    # parties in the order in which they wait; every party waits at most once at a time
    queue = np.empty(count, np.uint32)
    waits = np.zeros(count, np.uint8)
    changed = np.zeros(count, np.uint8)
    length = 0
    for party in touched:
        now = own[party]
        for tie in range(into[party], into[party + 1]):
            if source[tie] == before[party]:
                now = max(now, weight[tie] * strongest[source[tie]])
        if now < strongest[party] and not waits[party]:
            waits[party] = 1
            queue[length] = party
            length += 1
    head = 0
    while head < length:  # all that leaned on what fell
        party = queue[head]
        head += 1
        for at in range(out[party], out[party + 1]):
            receiver = receivers[at]
            if before[receiver] == party and not waits[receiver]:
                waits[receiver] = 1
                queue[length] = receiver
                length += 1
    for at in range(length):
        # no higher than it was: an own value that rose is news, and is sent on as it is taken up
        strongest[queue[at]] = min(own[queue[at]], strongest[queue[at]])
        changed[queue[at]] = 1
    for party in touched:
        if not waits[party]:
            waits[party] = 1
            queue[length] = party
            length += 1
    head, waiting = 0, length
    while waiting:
        party = queue[head]
        head = head + 1 if head + 1 < count else 0
        waiting -= 1
        waits[party] = 0
        best = own[party]
        for tie in range(into[party], into[party + 1]):
            best = max(best, weight[tie] * strongest[source[tie]])
        if best <= strongest[party]:
            continue
        strongest[party] = best
        changed[party] = 1
        for at in range(out[party], out[party + 1]):
            receiver = receivers[at]
            if weight[ties[at]] * best > strongest[receiver] and not waits[receiver]:
                waits[receiver] = 1
                place = head + waiting
                queue[place if place < count else place - count] = receiver
                waiting += 1
    found = 0
    for party in touched:
        _name_sender(neighbours, own, strongest, before, party)
    for party in range(count):
        if changed[party]:
            found += 1
            _name_sender(neighbours, own, strongest, before, party)
            for at in range(out[party], out[party + 1]):
                _name_sender(neighbours, own, strongest, before, receivers[at])
    return found


@compiled
def _name_sender(
    neighbours: Neighbours,
    own: NDArray[np.float64],
    strongest: NDArray[np.float64],
    before: NDArray[np.int64],
    party: int,
) -> None:
    """The smallest number of those that attain the party's value; −1 for itself."""
    into, source, _, _, _, weight = neighbours
    value = strongest[party]
    before[party] = -1
    if value > own[party]:
        for tie in range(into[party], into[party + 1]):
            if weight[tie] * strongest[source[tie]] == value:
                before[party] = source[tie]
                break
