"""How often each party is reached, in a number of sampled worlds.

Blocks of worlds are independent of one another, so threads (or machines) share nothing until the
counts are added.  Within a block only new worlds are pushed over a tie, from a queue of parties
that heard something; parties that nothing reaches cost nothing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.risk.cascade.coins import WORLDS, Words, heads, pair_identity
from queries.risk.kernels.blocks import processors
from queries.risk.kernels.compiled import compiled

__all__ = ["Net", "Sampled", "count_reached", "net_of"]

#: Words of a block: 512 worlds, a cache line a party.
_BLOCK = 8


@dataclass(frozen=True, eq=False)
class Net:
    """Parties and ties by sender, with their coins.

    Attributes:
        coin, seed: of every party; `seed` is the threshold of its own facts, without any floor.
        first: where the ties of a sender begin, one more than parties.
        target, weight: of the ties, sorted by (sender, target); `weight` as a threshold.
    """

    coin: Words
    seed: Words
    first: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: Words


@dataclass(frozen=True, eq=False)
class Sampled:
    """Counts over sampled worlds.

    Attributes:
        reached: in how many worlds each party is reached, its own facts included.
        began: in how many it begins by its own facts.
        worlds: of how many.
    """

    reached: NDArray[np.int64]
    began: NDArray[np.int64]
    worlds: int

    @property
    def probability(self) -> NDArray[np.float64]:
        """The share of worlds in which a party is reached."""
        return self.reached / self.worlds

    @property
    def error(self) -> NDArray[np.float64]:
        """Standard error of `probability`."""
        p = self.probability
        return np.asarray(np.sqrt(p * (1 - p) / self.worlds))


def net_of(
    coin: Words,
    seed: Words,
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    weight: Words,
) -> Net:
    """A net from ties in any order."""
    order = np.lexsort((target, source))
    first = np.searchsorted(source[order], np.arange(len(coin) + 1))
    return Net(coin, seed, first, target[order].astype(np.int64), weight[order])


def count_reached(net: Net, worlds: int = 4096, *, threads: int | None = None) -> Sampled:
    """Sample `worlds` (a multiple of 64) and count; the same bits for any number of threads."""
    if worlds <= 0 or worlds % WORLDS:
        raise ValueError(f"worlds: a multiple of {WORLDS}")
    words = worlds // WORLDS
    count = min(threads or processors(), max(1, words))
    bounds = np.linspace(0, words, count + 1).astype(int).tolist()
    seeded = np.flatnonzero(net.seed)

    def part(place: int) -> NDArray[np.int64]:
        return _count(
            net.coin, net.seed, net.first, net.target, net.weight, seeded,
            bounds[place], bounds[place + 1], _BLOCK,
        )  # fmt: skip

    with ThreadPoolExecutor(count) as pool:
        counts = list(pool.map(part, range(count)))
    reached, began = np.sum(counts, axis=0)
    return Sampled(reached, began, worlds)


@compiled
def _count(
    coin: Words,
    seed: Words,
    first: NDArray[np.int64],
    target: NDArray[np.int64],
    weight: Words,
    seeded: NDArray[np.int64],
    begin: int,
    end: int,
    block: int,
) -> NDArray[np.int64]:
    """Rows of counts over the words `begin` to `end`, `block` at a time: reached, began."""
    parties = len(coin)
    reached = np.zeros((parties, block), np.uint64)
    fresh = np.zeros((parties, block), np.uint64)
    counts = np.zeros((2, parties), np.int64)
    queue = np.empty(parties, np.int64)  # a ring: a party stands in it once
    queued = np.zeros(parties, np.bool_)
    touched = np.empty(parties, np.int64)
    is_touched = np.zeros(parties, np.bool_)
    everything = ~np.uint64(0)
    for base in range(begin, end, block):
        wide = min(block, end - base)
        head, waiting, touched_count = 0, 0, 0
        for party in seeded:
            any_new = False
            for at in range(wide):
                thrown = heads(coin[party], seed[party], np.uint64(base + at), everything)
                reached[party, at] = thrown
                fresh[party, at] = thrown
                counts[1, party] += _ones(thrown)
                any_new |= thrown != np.uint64(0)
            if any_new:
                queue[waiting] = party
                waiting += 1
                queued[party] = True
                touched[touched_count] = party
                touched_count += 1
                is_touched[party] = True
        while waiting > 0:
            sender = queue[head]
            head = head + 1 if head + 1 < parties else 0
            waiting -= 1
            queued[sender] = False
            for tie in range(first[sender], first[sender + 1]):
                receiver = target[tie]
                identity = np.uint64(0)
                heard = False
                for at in range(wide):
                    news = fresh[sender, at] & ~reached[receiver, at]
                    if news == np.uint64(0):
                        continue
                    if identity == np.uint64(0):
                        identity = pair_identity(coin[sender], coin[receiver])
                    passed = heads(identity, weight[tie], np.uint64(base + at), news)
                    if passed != np.uint64(0):
                        reached[receiver, at] |= passed
                        # a party that is waiting tells all it has heard when its turn comes
                        fresh[receiver, at] |= passed
                        heard = True
                if heard:
                    if not is_touched[receiver]:
                        is_touched[receiver] = True
                        touched[touched_count] = receiver
                        touched_count += 1
                    if not queued[receiver]:
                        queued[receiver] = True
                        place = head + waiting
                        queue[place if place < parties else place - parties] = receiver
                        waiting += 1
            for at in range(wide):
                fresh[sender, at] = np.uint64(0)
        for place in range(touched_count):
            party = touched[place]
            for at in range(wide):
                counts[0, party] += _ones(reached[party, at])
                reached[party, at] = np.uint64(0)
            is_touched[party] = False
    return counts


@compiled
def _ones(word: np.uint64) -> np.int64:
    """How many bits of a word are set (Warren, Hacker's Delight, 5-1)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))
