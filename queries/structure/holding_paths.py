"""Chains of holdings that prove a share: the strongest ones from an owner down to a firm."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import computed_field

from queries.structure.ownership import Ownership

__all__ = ["HoldingPath", "holding_paths", "strongest_chains"]

#: Steps that one search may take: chains begun, and holders looked back at in circles.
_BUDGET = 20_000

#: Chains this near each other (in the logarithm of what they pass) are equally strong.
_EQUAL = 1e-9


@dataclass(frozen=True)
class HoldingPath:
    """One loop-free chain of holdings; its product is part of the integrated share.

    Attributes:
        hops: (holder, its name, ratio, firm, its name), from the owner down.
        evidence: source, batch and row of each hop.
    """

    product: float
    hops: tuple[tuple[str, str | None, float, str, str | None], ...]
    evidence: tuple[dict[str, Any], ...]

    @computed_field
    @property
    def sentence(self) -> str:
        """The chain as officers read it."""
        steps = "".join(f"{h[1] or '（未具名）'} —{h[2] * 100:.4g}%→ " for h in self.hops)
        return f"{steps}{self.hops[-1][4] or '（未具名）'}"


def holding_paths(
    ownership: Ownership, owner: str, firm: str, *, count: int = 3
) -> tuple[tuple[HoldingPath, ...], bool]:
    """The strongest loop-free chains from an owner to a firm, and whether the budget cut them."""
    start = ownership.shares.holder_place(owner)
    if start is None or count < 1:
        return (), False
    chains, cut = strongest_chains(ownership, start, ownership.shares.place(firm), count=count)
    return tuple(_path(ownership, product, places) for product, places in chains), cut


def strongest_chains(
    ownership: Ownership, start: int, end: int, *, count: int
) -> tuple[list[tuple[float, tuple[int, ...]]], bool]:
    """(product, places from `start` to `end`) of the strongest chains, and whether cut.

    Best first, by what a chain can pass at most when it goes on in the best way (A*): the first
    `count` to come off the heap are the strongest.  Of equally strong ones the newest goes on:
    firms that hold one another layer by layer have 2ⁿ equal chains, and whoever followed all of
    them together would not arrive.
    """
    if count < 1:
        return [], False
    way = ownership.shortest(start)
    circle = ownership.components
    # a chain is its last station and the number of the chain before it
    station, before = [end], [-1]
    heap: list[tuple[int, int, float]] = [(0, 0, 0.0)]
    steps = 0
    found: list[tuple[float, tuple[int, ...]]] = []
    while heap and len(found) < count and steps < _BUDGET:
        _, newest, length = heapq.heappop(heap)
        chain = -newest
        here = station[chain]
        if here == start:
            found.append((math.exp(-length), tuple(_stations(station, before, chain))))
            continue
        # only who holds one another round can come back: nobody else is looked for
        seen, back = {here}, before[chain]
        while back >= 0 and circle[station[back]] == circle[here]:
            seen.add(station[back])
            back = before[back]
        steps += len(seen)
        holders, ratios = ownership.shares.holders(here)
        for holder, ratio in zip(holders.tolist(), ratios.tolist(), strict=True):
            if holder in seen or math.isinf(way[holder]):
                continue
            steps += 1
            onward = length - math.log(ratio)
            station.append(holder)
            before.append(chain)
            rank = round((onward + float(way[holder])) / _EQUAL)
            heapq.heappush(heap, (rank, 1 - len(station), onward))
    found.sort(key=lambda item: -item[0])
    return found, bool(heap) and len(found) < count


def _stations(station: list[int], before: list[int], chain: int) -> list[int]:
    """Places of a chain, from the owner down to the firm."""
    places = []
    while chain >= 0:
        places.append(station[chain])
        chain = before[chain]
    return places


def _path(ownership: Ownership, product: float, places: tuple[int, ...]) -> HoldingPath:
    shares = ownership.shares
    hops, evidence = [], []
    for holder, firm in pairwise(places):
        hops.append(
            (
                shares.key(holder),
                shares.name(holder),
                float(shares.matrix[holder, firm]),
                shares.key(firm),
                shares.name(firm),
            )
        )
        evidence.append(shares.evidence(holder, firm))
    return HoldingPath(product, tuple(hops), tuple(evidence))
