"""How often each party is reached, in a number of sampled worlds.

Worlds are independent of one another, so threads (or machines) share nothing until the counts are
added.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from queries.risk.cascade.worlds import room_for, walk
from queries.risk.coins import WORLDS, Words
from queries.risk.kernels.blocks import processors

__all__ = ["Net", "Sampled", "Share", "count_reached", "count_share", "net_of", "shares_of"]

#: Words of worlds, from the first up to and without the second.
Share: TypeAlias = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Net:
    """Parties and ties by sender, with their coins.

    Attributes:
        coin, seed: of every party; `seed` is the threshold of its own facts, without any floor.
        first: where the ties of a sender begin, one more than parties.
        target, weight: of the ties, sorted by (sender, target); `weight` as a threshold.
    """

    coin: Words
    seed: NDArray[np.uint32]
    first: NDArray[np.int64]
    target: NDArray[np.int32]
    weight: NDArray[np.uint32]


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

    @classmethod
    def sum(cls, counts: Iterable[NDArray[np.int64]], worlds: int) -> Sampled:
        """Of the counts of all shares, in any order."""
        reached, began = reduce(np.add, counts)
        return cls(reached, began, worlds)

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
    seed: NDArray[np.uint32],
    source: NDArray[np.integer],
    target: NDArray[np.integer],
    weight: NDArray[np.uint32],
) -> Net:
    """A net from ties in any order."""
    order = np.lexsort((target, source))
    into = np.bincount(source, minlength=len(coin))
    first = np.concatenate(([0], np.cumsum(into))).astype(np.int64)
    return Net(coin, seed, first, target[order].astype(np.int32), weight[order])


def count_reached(net: Net, worlds: int = 4096, *, threads: int | None = None) -> Sampled:
    """Sample `worlds` (a multiple of 64) and count; the same bits for any number of threads."""
    shares = shares_of(worlds, threads or processors())
    with ThreadPoolExecutor(len(shares)) as pool:
        return Sampled.sum(pool.map(lambda share: count_share(net, share), shares), worlds)


def shares_of(worlds: int, workers: int) -> list[Share]:
    """Worlds divided among workers; raises `ValueError` where they are no multiple of 64."""
    if worlds <= 0 or worlds % WORLDS:
        raise ValueError(f"worlds: a multiple of {WORLDS}")
    words = worlds // WORLDS
    edges = np.linspace(0, words, min(workers, words) + 1).astype(int).tolist()
    return list(pairwise(edges))


def count_share(net: Net, share: Share) -> NDArray[np.int64]:
    """In how many worlds of a share each party is reached, and begins: two rows."""
    begin, end = share
    seeded, room = np.flatnonzero(net.seed), room_for(len(net.coin), len(net.target))
    return walk(
        net.coin, net.seed, net.first, net.target, net.weight, seeded, begin, end, room
    )  # fmt: skip
