"""By which tie, and from whom, distress first arrives at one party.

In every world the ties that hold are followed backwards from the party, level by level, to the
first level on which somebody begins: those are the origins, and the shortest ways from them are
the ways of first arrival.  Where several are equally short, each has its equal share.  So the
shares by direct tie, like those by origin, sum to the worlds in which the party is reached at all
and not by facts of its own.  The worlds are those of the run, coin by coin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.compiled import compiled
from queries.risk.cascade.throws import Throws
from queries.risk.coins import WORLDS, Words, heads, pair_identity

__all__ = ["Arrivals", "first_arrivals"]


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Counts over worlds, for one party.

    Attributes:
        worlds: how many were looked at.  own: in how many it begins by itself.
        linked: in how many it does not, and is reached.
        by_tie: share of `linked` by tie into the party, in the graph's order.
        by_origin: share of `linked` by the party where it began, of those that have one.
    """

    worlds: int
    own: int
    linked: int
    by_tie: NDArray[np.float64]
    by_origin: dict[int, float]


def first_arrivals(
    throws: Throws,
    party: int,
    worlds: int,
    *,
    useful: NDArray[np.bool_] | None = None,
    without: int = -1,
    budget: int = 2_000_000,
) -> Arrivals:
    """Look at worlds, 64 by 64, until there are `worlds` or `budget` ties were looked at.

    Args:
        useful: parties that are reached in any of these worlds; others are not followed.
        without: a tie into the party that is taken to be gone, as a hypothesis; -1: none.
    """
    if worlds <= 0 or worlds % WORLDS:
        raise ValueError(f"worlds: a multiple of {WORLDS}")
    first, last = throws.into[party], throws.into[party + 1]
    useful = np.ones(len(throws.coin), np.bool_) if useful is None else useful
    # of everybody few are met: what is asked for as zeros is cleared by the system where it is touched
    met_in, origin_of = np.zeros((2, len(throws.coin)), np.int64)
    seen, own, linked, by_tie, origin, share = _first_arrivals(
        party, throws.coin, throws.seed, throws.into, throws.source, throws.weight, useful,
        without, worlds, budget, np.zeros(last - first), met_in, origin_of,
    )  # fmt: skip
    at = np.argsort(origin, kind="stable")
    return Arrivals(
        seen, own, linked, by_tie, dict(zip(origin[at].tolist(), share[at].tolist(), strict=True))
    )


@compiled
def _first_arrivals(
    party: int,
    coin: Words,
    seed: NDArray[np.uint32],
    into: NDArray[np.int64],
    source: NDArray[np.int64],
    weight: NDArray[np.uint32],
    useful: NDArray[np.bool_],
    without: int,
    worlds: int,
    budget: int,
    by_tie: NDArray[np.float64],
    met_in: NDArray[np.int64],
    origin_of: NDArray[np.int64],
) -> tuple[int, int, int, NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    # met_in: one more than the last world in which a party was met; 0 in none.  origin_of: likewise,
    # place among the origins.  The others are set when a party is met
    parties = len(met_in)
    level = np.empty(parties, np.int64)
    ways = np.empty(parties, np.int64)  # ties of first arrival at a party; -1: it begins
    share = np.empty(parties)
    origins = np.empty(16, np.int64)
    shares = np.zeros(16)
    origin_count = 0
    met = np.empty(parties, np.int64)
    receivers, senders, ties = (
        np.empty(64, np.int64),
        np.empty(64, np.int64),
        np.empty(64, np.int64),
    )
    own, linked, looked, seen = 0, 0, 0, 0
    for world in range(worlds):
        if looked > budget and world % 64 == 0:
            break
        seen += 1
        word = np.uint64(world // 64)
        bit = np.uint64(1) << np.uint64(world % 64)
        if seed[party] and heads(coin[party], np.uint64(seed[party]), word, bit):
            own += 1
            continue
        met[0], met_count, met_in[party], level[party] = party, 1, world + 1, 0
        ways[party], share[party] = 0, 0.0
        begin, depth, held, found = 0, 0, 0, False
        while begin < met_count and not found:
            end = met_count
            depth += 1
            for place in range(begin, end):
                receiver = met[place]
                for tie in range(into[receiver], into[receiver + 1]):
                    sender = source[tie]
                    if not useful[sender] or tie == without:
                        continue
                    if met_in[sender] == world + 1 and level[sender] < depth:
                        continue
                    looked += 1
                    if not heads(
                        pair_identity(coin[sender], coin[receiver]),
                        np.uint64(weight[tie]),
                        word,
                        bit,
                    ):
                        continue
                    if met_in[sender] != world + 1:
                        met_in[sender], level[sender] = world + 1, depth
                        ways[sender], share[sender] = 0, 0.0
                        met[met_count] = sender
                        met_count += 1
                        if seed[sender] and heads(coin[sender], np.uint64(seed[sender]), word, bit):
                            ways[sender] = -1
                            found = True
                    if held == len(ties):
                        receivers = np.append(receivers, np.empty_like(receivers))
                        senders = np.append(senders, np.empty_like(senders))
                        ties = np.append(ties, np.empty_like(ties))
                    receivers[held], senders[held], ties[held] = receiver, sender, tie
                    held += 1
            begin = end
        if not found:
            continue
        linked += 1
        # from the origins on: which ties lie on a shortest way
        for place in range(held - 1, -1, -1):
            sender = senders[place]
            on_the_way = ways[sender] > 0 or (ways[sender] == -1 and level[sender] == depth)
            if on_the_way and level[sender] == level[receivers[place]] + 1:
                ways[receivers[place]] += 1
            else:
                ties[place] = -1
        share[party] = 1.0
        for place in range(held):
            if ties[place] < 0:
                continue
            part = share[receivers[place]] / ways[receivers[place]]
            share[senders[place]] += part
            if receivers[place] == party:
                by_tie[ties[place] - into[party]] += part
        for place in range(begin, met_count):
            sender = met[place]
            if ways[sender] == -1 and share[sender] > 0:
                if not origin_of[sender]:
                    if origin_count == len(origins):
                        origins = np.append(origins, np.empty_like(origins))
                        shares = np.append(shares, np.zeros_like(shares))
                    origins[origin_count] = sender
                    origin_count += 1
                    origin_of[sender] = origin_count
                shares[origin_of[sender] - 1] += share[sender]
    return seen, own, linked, by_tie, origins[:origin_count], shares[:origin_count]
