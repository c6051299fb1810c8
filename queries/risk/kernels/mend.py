"""After a few changes: only what they reach is worked out again.

A change touches parties: those with another own probability, and both ends of every tie that came,
went or has another weight.  From them the news is followed over the ties out of each party, as far
as it is news.

Paths end exactly as a full run would.  Where a value lost its support, everything that leaned on
it (the subtree of senders) is first set back, since two parties could otherwise go on supporting
each other; then values rise again to the only fixed point (G. Ramalingam, T. Reps, 1996).
Messages end within twice `news` per tie of what their senders would say: smaller changes are not
passed on, and a party is not looked at again before what it has heard since could add up to news.
What was heard and not passed on is kept from one mending to the next, so that it never adds up.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from queries.risk.kernels.blocks import outgoing
from queries.risk.kernels.compiled import compiled
from queries.risk.weights import RiskGraph

__all__ = ["Neighbours", "mend_messages", "mend_paths", "neighbours_of"]

Neighbours: TypeAlias = tuple[
    NDArray[np.int64], NDArray[Any],  # into, source: ties into each party, by sender
    NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32],  # out, receivers, ties
    NDArray[Any],  # weight
    NDArray[np.float64],  # gain: how much louder news can be after each party than before
]  # fmt: skip


def neighbours_of(graph: RiskGraph) -> Neighbours:
    """Ties by receiver and by sender; good for every change of weights that is then mended.

    The gain of a party is set anew whenever it is worked through (`mend_messages`).
    """
    count = len(graph.own)
    into = np.concatenate(([0], np.cumsum(np.bincount(graph.target, minlength=count))))
    out = outgoing(graph.source, graph.target, count)
    gain = _gains(graph.source, graph.target, graph.weight, count)
    return into, graph.source, *out, graph.weight, gain


def mend_paths(
    neighbours: Neighbours,
    own: NDArray[np.float64],
    strongest: NDArray[np.float64],
    before: NDArray[np.int64],
    touched: NDArray[np.int64],
) -> int:
    """Bring `strongest` and `before` to what they are now, in place; returns how many changed."""
    return int(_mend_paths(neighbours, own, strongest, before, touched))


def mend_messages(
    neighbours: Neighbours,
    own: NDArray[np.float64],
    message: NDArray[np.float64],
    score: NDArray[np.float64],
    unsaid: NDArray[np.float64],
    touched: NDArray[np.int64],
    *,
    news: float = 1e-7,
    budget: int | None = None,
) -> bool:
    """Bring messages and scores to what they are now, in place.

    Args:
        unsaid: by how much the logarithm of the quiet around each party may have moved since it
            last spoke; 0 after a full run.
        news: changes of weight · message below this are not followed.
        budget: how many ties may be looked at, by default as many as there are; beyond that a
            full run is cheaper.

    Returns False when the budget was used up: the arrays are then half way and must be settled
    by a full run, for which they are a fair start.
    """
    most = len(message) if budget is None else budget
    return bool(_mend_messages(neighbours, own, message, score, unsaid, touched, news, most))


@compiled
def _mend_paths(
    neighbours: Neighbours,
    own: NDArray[np.float64],
    strongest: NDArray[np.float64],
    before: NDArray[np.int64],
    touched: NDArray[np.int64],
) -> int:
    into, source, out, receivers, ties, weight, _ = neighbours
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
        strongest[queue[at]] = own[queue[at]]
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
    into, source, _, _, _, weight, _ = neighbours
    value = strongest[party]
    before[party] = -1
    if value > own[party]:
        for tie in range(into[party], into[party + 1]):
            if weight[tie] * strongest[source[tie]] == value:
                before[party] = source[tie]
                break


@compiled
def _gains(
    source: NDArray[Any], target: NDArray[Any], weight: NDArray[Any], count: int
) -> NDArray[np.float64]:
    said, heard = np.zeros(count), np.zeros(count)
    for tie in range(np.uint64(len(weight))):
        a, b = np.uint64(source[tie]), np.uint64(target[tie])
        said[a] = max(said[a], weight[tie])
        heard[b] = max(heard[b], weight[tie])
    for party in range(count):
        said[party] = _gain(said[party], heard[party])
    return said


@compiled
def _gain(said: float, heard: float) -> float:
    """What is said over the strongest tie out, one tie in taken out again; the score itself is 1."""
    return max(said / (1.0 - heard), 1.0)


@compiled
def _mend_messages(
    neighbours: Neighbours,
    own: NDArray[np.float64],
    message: NDArray[np.float64],
    score: NDArray[np.float64],
    unsaid: NDArray[np.float64],
    touched: NDArray[np.int64],
    news: float,
    budget: int,
) -> bool:
    into, source, out, receivers, ties, weight, gain = neighbours
    count = len(own)
    queue = np.empty(count, np.uint32)
    waits = np.zeros(count, np.uint8)
    head, waiting, looked = 0, 0, 0
    for party in touched:
        if not waits[party]:
            waits[party] = 1
            queue[waiting] = party
            waiting += 1
    while waiting:
        party = queue[head]
        head = head + 1 if head + 1 < count else 0
        waiting -= 1
        waits[party] = 0
        begin, end = into[party], into[party + 1]
        looked += end - begin + out[party + 1] - out[party]
        if looked > budget:
            return False
        quiet, strongest_in, strongest_out = 1.0 - own[party], 0.0, 0.0
        for tie in range(begin, end):
            quiet *= 1.0 - weight[tie] * message[tie]
            strongest_in = max(strongest_in, weight[tie])
        score[party] = 1.0 - quiet
        unsaid[party] = 0.0
        back = begin
        for at in range(out[party], out[party + 1]):
            receiver, tie = receivers[at], ties[at]
            strongest_out = max(strongest_out, weight[tie])
            while back < end and source[back] < receiver:
                back += 1
            alone = quiet
            if back < end and source[back] == receiver:
                alone = quiet / (1.0 - weight[back] * message[back])
            before, now = weight[tie] * message[tie], weight[tie] * (1.0 - alone)
            moved = abs(now - before)
            if moved > news:
                message[tie] = 1.0 - alone
                unsaid[receiver] += moved / (1.0 - max(before, now))
                loud = (1.0 - score[receiver]) * gain[receiver] * np.expm1(unsaid[receiver])
                if loud > news and not waits[receiver]:
                    waits[receiver] = 1
                    place = head + waiting
                    queue[place if place < count else place - count] = receiver
                    waiting += 1
        gain[party] = _gain(strongest_out, strongest_in)
    return True
