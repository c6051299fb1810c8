"""From a snapshot and a policy to arrays: own probabilities, and weighted directed ties.

Only lawful facts, and only ties with certainty 1: a link by resemblance carries no risk.
Parallel ties of one kind between the same two parties count once, by the strongest, so that
splitting a guarantee in two changes nothing; different kinds combine as independent causes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot, Ties
from queries.risk.own_facts import OwnFact, UnusedFact, own_facts
from queries.risk.policy import Policy

__all__ = ["RiskGraph", "Strand", "weigh"]


@dataclass(frozen=True)
class Strand:
    """One kind of tie behind a weighted tie."""

    kind: str
    weight: float
    row: int


@dataclass(frozen=True, eq=False)
class RiskGraph:
    """Arrays over the parties of a snapshot.

    Attributes:
        own: own probability s, at least the floor.
        source, target, weight: distress of `source` reaches `target` with `weight`; sorted by
            (target, source), one entry a pair.
        strands: for each entry, the kinds of tie in it; read through `strands_of`.
    """

    own: NDArray[np.float64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float64]
    strands: tuple[tuple[Strand, ...], ...]
    own_facts: dict[int, tuple[OwnFact, ...]]
    unused: dict[int, tuple[UnusedFact, ...]]

    def strands_of(self, tie: int) -> tuple[Strand, ...]:
        """Kinds of tie behind the weighted tie of that number, strongest of each kind."""
        return self.strands[tie]


def weigh(snapshot: Snapshot, policy: Policy) -> RiskGraph:
    """Apply a policy to a snapshot."""
    facts, unused = own_facts(snapshot, policy)
    own = np.full(len(snapshot), policy.floor)
    for party, told in facts.items():
        # independent causes: either is enough
        own[party] = 1 - (1 - policy.floor) * np.prod([1 - fact.probability for fact in told])
    best: dict[tuple[int, int], dict[str, Strand]] = {}
    for kind, tie in policy.ties.items():
        ties = snapshot.ties[kind]
        for row, weight in enumerate(_weights(ties, tie.weight, tie.scale)):
            ends = int(ties.source[row]), int(ties.target[row])
            if weight <= 0 or ends[0] == ends[1]:
                continue
            ways = {"along": [ends], "against": [ends[::-1]], "both": [ends, ends[::-1]]}[tie.flow]
            for way in ways:
                between = best.setdefault(way, {})
                if kind not in between or between[kind].weight < weight:
                    between[kind] = Strand(kind, float(weight), row)
    pairs = sorted(best, key=lambda pair: (pair[1], pair[0]))
    strands = tuple(tuple(best[pair].values()) for pair in pairs)
    weight = np.array(
        [min(policy.cap, 1 - np.prod([1 - s.weight for s in group])) for group in strands]
    )
    ends_array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return RiskGraph(
        own, ends_array[:, 0], ends_array[:, 1], weight.astype(float), strands, facts, unused
    )


def _weights(ties: Ties, weight: float, scale: str | None) -> NDArray[np.float64]:
    weights = np.full(len(ties.table), weight)
    if scale is not None:
        ratio = ties.table[scale].to_numpy(zero_copy_only=False).astype(float)
        weights = weights * np.clip(np.nan_to_num(ratio, nan=0.0), 0, 1)
    certain = ties.table["certainty"].to_numpy(zero_copy_only=False) >= 1
    return np.asarray(np.where(certain, weights, 0.0))
