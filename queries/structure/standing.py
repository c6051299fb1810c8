"""Who stands for whom, as arrays: one entry a pair, found from either end.

Parties are places among the sorted keys of the contracts, so that what is sorted by place is sorted by
key.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from queries.structure.contracts import Contracts, runs

__all__ = ["Standing"]


class Standing:
    """The pairs of some contracts.

    Attributes:
        guarantor, borrower: places, one entry a pair, sorted by both.
        first: row of each pair's first contract, and behind them how many contracts there are.
    """

    def __init__(self, contracts: Contracts) -> None:
        begins = runs(contracts.guarantor, contracts.borrower)
        self.guarantor, self.borrower = contracts.guarantor[begins], contracts.borrower[begins]
        self.first = np.append(begins, len(contracts))
        self._count = len(contracts.keys)

    @cached_property
    def turn(self) -> NDArray[np.int64]:
        """Places in the order in which the pairs name them, each guarantor before its borrower."""
        named = np.stack([self.guarantor, self.borrower], axis=1).ravel()
        places, first = np.unique(named, return_index=True)
        return np.asarray(places[np.argsort(first)], np.int64)

    @cached_property
    def _given(self) -> NDArray[np.int64]:
        return np.searchsorted(self.guarantor, np.arange(self._count + 1))

    @cached_property
    def _received(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        order = np.argsort(self.borrower, kind="stable")
        return order, np.searchsorted(self.borrower[order], np.arange(self._count + 1))

    def given(self, place: int) -> NDArray[np.int64]:
        """Pairs in which a party is the guarantor."""
        return np.arange(self._given[place], self._given[place + 1])

    def received(self, place: int) -> NDArray[np.int64]:
        """Pairs in which it is the borrower."""
        order, begins = self._received
        return order[begins[place] : begins[place + 1]]

    @property
    def borrowers_each(self) -> NDArray[np.int64]:
        """For how many each party stands."""
        return np.diff(self._given)

    def rows(self, pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows of the contracts of some pairs, and beside each the place of its pair among them."""
        sizes = self.first[pairs + 1] - self.first[pairs]
        of = np.repeat(np.arange(len(pairs)), sizes)
        turn = np.arange(len(of)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return self.first[pairs][of] + turn, of

    def back(self) -> NDArray[np.int64]:
        """Of each pair the pair the other way round; -1 where there is none."""
        codes = self.guarantor.astype(np.int64) * self._count + self.borrower
        wanted = self.borrower.astype(np.int64) * self._count + self.guarantor
        at = np.searchsorted(codes, wanted)
        there = np.flatnonzero(at < len(codes))
        found = np.full(len(codes), -1)
        there = there[codes[at[there]] == wanted[there]]
        found[there] = at[there]
        return found

    def inside(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Pairs of which both are among some parties."""
        pairs = np.concatenate([np.zeros(0, np.int64), *map(self.given, places.tolist())])
        return pairs[np.isin(self.borrower[pairs], places)]

    def distances(self, place: int, *, back: bool = False) -> dict[int, int]:
        """For whom a party stands in the end, with the number of guarantees on the shortest way;
        `back`: who stands for it.  The party itself is among them, at 0."""
        found, front, steps = {place: 0}, [place], 0
        while front:
            steps += 1
            reached = []
            for here in front:
                ends = (
                    self.guarantor[self.received(here)] if back else self.borrower[self.given(here)]
                )
                for there in ends.tolist():
                    if there not in found:
                        found[there] = steps
                        reached.append(there)
            front = reached
        return found

    def station(self, number: int) -> NDArray[np.int64]:
        """Places of the parties of a station, a strongly connected component, ascending.

        Each station is numbered after all that it leads to, in networkx's order (Nuutila's way of
        Tarjan's, from the parties by `turn`): of equally long chains the order decides which is shown.
        """
        members, begins = self._stations
        return members[begins[number] : begins[number + 1]]

    @property
    def station_sizes(self) -> NDArray[np.int64]:
        """How many parties each station has."""
        return np.diff(self._stations[1])

    @cached_property
    def station_of(self) -> NDArray[np.int64]:
        """Number of the station of each party."""
        found = np.zeros(self._count, np.int64)
        found[self._stations[0]] = np.repeat(np.arange(len(self.station_sizes)), self.station_sizes)
        return found

    @cached_property
    def _stations(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Parties, station after station, and where each begins."""
        begins, ends = self._given.tolist(), self.borrower.tolist()
        ahead, met, low = begins[:-1], [0] * self._count, [0] * self._count
        placed = [False] * self._count
        waiting: list[int] = []
        members: list[int] = []
        starts = [0]
        count = 0
        for source in self.turn.tolist():
            way = [] if placed[source] else [source]
            while way:
                here = way[-1]
                if not met[here]:
                    count += 1
                    met[here] = count
                last, further = begins[here + 1], False
                while ahead[here] < last:
                    there = ends[ahead[here]]
                    ahead[here] += 1
                    if not met[there]:
                        way.append(there)
                        further = True
                        break
                if further:
                    continue
                lowest = mine = met[here]
                for there in ends[begins[here] : last]:
                    if not placed[there]:
                        lowest = min(lowest, low[there] if met[there] > mine else met[there])
                low[here] = lowest
                way.pop()
                if lowest != mine:
                    waiting.append(here)
                    continue
                begun = len(members)
                members.append(here)
                while waiting and met[waiting[-1]] > mine:
                    members.append(waiting.pop())
                members[begun:] = sorted(members[begun:])
                for each in members[begun:]:
                    placed[each] = True
                starts.append(len(members))
        return np.array(members, np.int64), np.array(starts, np.int64)
