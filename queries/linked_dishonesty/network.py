"""The ties of a district as arrays, and the shortest ways out from one party.

Only ties that are proven (certainty 1) and live on the day.  Of several ways of one length the first
by the numbers of the parties counts, so that the same data give the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.provenance import OTHER_SOURCES
from graph.snapshot import Snapshot
from queries.linked_dishonesty.policy import LinkPolicy

__all__ = ["Network", "Step", "TieShown", "Way"]


#: Rows of one kind of tie fit into so many bits.
_ROW_BITS = 40


@dataclass(frozen=True)
class TieShown:
    """One tie, with what shows it.

    Attributes:
        kind: of the tie.  what: what the one it leads to is to the one before, in Chinese.
        since: its first day; None where nobody says.
        fact: id of the fact.  source, batch, row: where it was said; of a source that is not named
            (`graph.provenance`) no batch and row either.
    """

    kind: str
    what: str
    since: date | None
    fact: str
    source: str
    batch: str | None
    row: int | None


@dataclass(frozen=True)
class Step:
    """From one party to the next, by every tie that there is between the two.

    Attributes:
        party, name: whom it leads to.
        since: from when one of the ties stands; None where nobody says of any.
    """

    party: str
    name: str | None
    ties: tuple[TieShown, ...]

    @property
    def what(self) -> str:
        """What the party is to the one before, in Chinese."""
        return "、".join(dict.fromkeys(tie.what for tie in self.ties))

    @property
    def since(self) -> date | None:
        """From when one of the ties stands."""
        return min((tie.since for tie in self.ties if tie.since), default=None)


@dataclass(frozen=True)
class Way:
    """A shortest way from a party; `since`: from when all of it stands, None where nobody says."""

    other: int
    steps: tuple[Step, ...]

    @property
    def since(self) -> date | None:
        """The last of the days on which its ties began."""
        days = [step.since for step in self.steps]
        return None if None in days else max(day for day in days if day)


class Network:
    """Ties in both directions, by the party that they start from."""

    def __init__(self, snapshot: Snapshot, policy: LinkPolicy) -> None:
        self.snapshot, self.policy = snapshot, policy
        self._kinds = [kind for kind in policy.ties if kind in snapshot.ties]
        starts, ends, ids = [], [], []
        for number, kind in enumerate(self._kinds):
            ties = snapshot.ties[kind]
            proven = np.flatnonzero(ties.facts["certainty"].to_numpy() >= 1)
            source, target = ties.source[proven], ties.target[proven]
            # kind, row of the tie, whether it is walked against its direction: as one number
            tie = (np.int64(number) << _ROW_BITS | proven.astype(np.int64)) << 1
            starts += [source, target]
            ends += [target, source]
            ids += [tie, tie + 1]
        start = np.concatenate(starts) if starts else np.empty(0, np.int32)
        end = np.concatenate(ends) if ends else np.empty(0, np.int32)
        tie_ids = np.concatenate(ids) if ids else np.empty(0, np.int64)
        order = np.lexsort((tie_ids, end, start))
        self._start, self._end, self._tie = start[order], end[order], tie_ids[order]
        self._first: NDArray[np.int64] = np.searchsorted(self._start, np.arange(len(snapshot) + 1))
        # several ties with one party are one neighbour
        new = np.ones(len(self._start), bool)
        new[1:] = (self._start[1:] != self._start[:-1]) | (self._end[1:] != self._end[:-1])
        self._neighbours = np.bincount(self._start[new], minlength=len(snapshot))

    def ways(self, party: int, *, hops: int | None = None) -> list[Way]:
        """Shortest ways from a party to everybody within so many steps, the nearest first."""
        limit = self.policy.hops if hops is None else min(hops, self.policy.hops)
        came: dict[int, int] = {party: -1}
        layer, found = [party], []
        for distance in range(limit):
            following: list[int] = []
            for at in layer:
                first, last = int(self._first[at]), int(self._first[at + 1])
                if distance and self._neighbours[at] > self.policy.through_at_most:
                    continue
                for place in range(first, last):
                    other = int(self._end[place])
                    if other not in came:
                        came[other] = at
                        following.append(other)
            found += following
            layer = following
        return [self._way(other, came) for other in found]

    def _way(self, other: int, came: dict[int, int]) -> Way:
        steps: list[Step] = []
        at = other
        while came[at] >= 0:
            steps.append(self._step(came[at], at))
            at = came[at]
        return Way(other, tuple(reversed(steps)))

    def _step(self, before: int, to: int) -> Step:
        first, last = int(self._first[before]), int(self._first[before + 1])
        there = np.flatnonzero(self._end[first:last] == to) + first
        return Step(
            party=str(self.snapshot.keys[to].as_py()),
            name=self.snapshot.name(to),
            ties=tuple(self._tie_shown(int(self._tie[place])) for place in there),
        )

    def _tie_shown(self, tie: int) -> TieShown:
        of_kind, against = divmod(tie, 2)
        kind = self._kinds[of_kind >> _ROW_BITS]
        row = of_kind & ((1 << _ROW_BITS) - 1)
        fact = self.snapshot.ties[kind].table.slice(row, 1).to_pylist()[0]
        words = self.policy.ties[kind]
        veiled = fact["source"] in self.snapshot.provenance.veiled
        return TieShown(
            kind=kind,
            what=words.backward if against else words.forward,
            since=fact["valid_from"],
            fact=fact["fact_id"],
            source=OTHER_SOURCES if veiled else fact["source"],
            batch=None if veiled else fact["batch"],
            row=None if veiled else fact["row"],
        )
