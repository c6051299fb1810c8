"""The compiled walk through sampled worlds, a block of 512 at a time.

Only what is new to a party is told on, over the ties of those that heard something.  A party gets
a place when distress first reaches it, and with the place a line of words and a copy of its ties:
so what is walked through lies together in the order in which it is reached, wherever the parties
stand in the graph, and those whom nothing reaches take no memory.  Places are gone through from
the first to the last until nobody has news: distress mostly travels from earlier to later places,
so that a party speaks for many worlds at once.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from graph.compiled import compiled
from queries.risk.coins import Words, heads, pair_identity

__all__ = ["BLOCK", "Room", "room_for", "walk"]

#: What a walk writes into, by `room_for`.
Room: TypeAlias = tuple[
    NDArray[np.int32], NDArray[np.int32], Words, NDArray[np.bool_], NDArray[np.int64],
    NDArray[np.int64], Words, NDArray[np.uint32], NDArray[np.int32],
]  # fmt: skip

#: Words of a block: 512 worlds, a cache line a party.
BLOCK = 8


def room_for(parties: int, ties: int) -> Room:
    """Empty arrays, made here since compiled code would write zeros into all of them: of these the
    system hands out only what is written, which is what is reached."""
    return (
        np.zeros(parties, np.int32),  # place of each party; 0: not reached in any block yet
        np.zeros(parties + 1, np.int32),  # who has a place
        np.zeros((parties + 1, 2 * BLOCK), np.uint64),  # reached, and of those not yet told on
        np.zeros(parties + 1, np.bool_),  # who has something to tell
        np.zeros((parties + 1, 2), np.int64),  # worlds in which a place is reached, and begins
        np.zeros(parties + 2, np.int64),  # first tie of each place
        np.zeros(ties, np.uint64),  # coin of each tie
        np.zeros(ties, np.uint32),  # its weight
        np.zeros(ties, np.int32),  # where it leads: a place, or the party as −1 − its number
    )


@compiled
def walk(
    coin: Words,
    seed: NDArray[np.uint32],
    first: NDArray[np.int64],
    target: NDArray[np.int32],
    weight: NDArray[np.uint32],
    seeded: NDArray[np.int64],
    begin: int,
    end: int,
    room: Room,
) -> NDArray[np.int64]:
    """In how many worlds of the words `begin` to `end` each party is reached, and begins: two rows."""
    parties = len(coin)
    place_of, who, line, pending, found, starts, identity, chance, to = room
    news = np.zeros(BLOCK, np.uint64)
    used = 0
    for party in seeded:
        used += 1
        _settle(party, used, coin, first, target, weight, place_of, who, starts, identity, chance, to)  # fmt: skip
    for base in range(begin, end, BLOCK):
        wide = min(BLOCK, end - base)
        for place in range(1, len(seeded) + 1):
            party = who[place]
            for at in range(wide):
                thrown = heads(
                    coin[party], np.uint64(seed[party]), np.uint64(base + at), ~np.uint64(0)
                )
                line[place, at] = line[place, BLOCK + at] = thrown
                found[place, 1] += _ones(thrown)
                pending[place] |= thrown != np.uint64(0)
        again = 1
        while again <= parties:
            place, again = again, parties + 1
            while place <= used:
                if pending[place]:
                    pending[place] = False
                    for at in range(wide):
                        news[at] = line[place, BLOCK + at]
                        line[place, BLOCK + at] = np.uint64(0)
                    for tie in range(starts[place], starts[place + 1]):
                        receiver = to[tie]
                        if receiver < 0:
                            receiver = place_of[-1 - receiver]
                        told = False
                        for at in range(wide):
                            # the line of place 0 stays empty: who has no place has heard nothing
                            wanted = news[at] & ~line[receiver, at]
                            if wanted == np.uint64(0):
                                continue
                            passed = heads(
                                identity[tie], np.uint64(chance[tie]), np.uint64(base + at), wanted
                            )
                            if passed == np.uint64(0):
                                continue
                            if receiver == 0:
                                used += 1
                                receiver = used
                                _settle(-1 - to[tie], used, coin, first, target, weight, place_of, who, starts, identity, chance, to)  # fmt: skip
                            line[receiver, at] |= passed
                            line[receiver, BLOCK + at] |= passed
                            told = True
                        if receiver:
                            to[tie] = receiver
                        if told and not pending[receiver]:
                            pending[receiver] = True
                            if receiver <= place:
                                again = min(again, int(receiver))
                place += 1
        for place in range(1, used + 1):
            for at in range(wide):
                found[place, 0] += _ones(line[place, at])
                line[place, at] = np.uint64(0)
    counts = np.zeros((2, parties), np.int64)
    for place in range(1, used + 1):
        counts[0, who[place]] = found[place, 0]
        counts[1, who[place]] = found[place, 1]
    return counts


@compiled
def _settle(
    party: int,
    place: int,
    coin: Words,
    first: NDArray[np.int64],
    target: NDArray[np.int32],
    weight: NDArray[np.uint32],
    place_of: NDArray[np.int32],
    who: NDArray[np.int32],
    starts: NDArray[np.int64],
    identity: Words,
    chance: NDArray[np.uint32],
    to: NDArray[np.int32],
) -> None:
    """Give a party the next place and a copy of its ties there."""
    place_of[party], who[place] = place, party
    at = starts[place]
    for tie in range(first[party], first[party + 1]):
        identity[at] = pair_identity(coin[party], coin[target[tie]])
        chance[at] = weight[tie]
        to[at] = -1 - target[tie]
        at += 1
    starts[place + 1] = at


@compiled
def _ones(word: np.uint64) -> np.int64:
    """How many bits of a word are set (Warren, Hacker's Delight, 5-1)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))
