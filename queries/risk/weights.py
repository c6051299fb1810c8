"""From a snapshot and a policy to arrays: own probabilities, and weighted directed ties.

Only lawful facts, and only ties with certainty 1: a link by resemblance carries no risk.
Parallel ties of one kind between the same two parties count once, by the strongest, so that
splitting a guarantee in two changes nothing; different kinds combine as independent causes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import coo_array

from graph.snapshot import Snapshot, Ties
from queries.risk.cascade.coins import identities
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
        own: what each party's own facts bring, 0 where it has none.  What everybody has (unknown
            own risk, `Policy.base`) is no fact and does not travel.
        source, target, weight: distress of `source` reaches `target` with `weight`; sorted by
            (target, source), one entry a pair.
        strands: for each entry, the kinds of tie in it; read through `strands_of`.
        coins: of every party, by its key (`queries.risk.cascade.coins`); None: by its number.
    """

    own: NDArray[np.float64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float64]
    strands: Sequence[tuple[Strand, ...]]
    own_facts: dict[int, tuple[OwnFact, ...]]
    unused: dict[int, tuple[UnusedFact, ...]]
    coins: NDArray[np.uint64] | None = None

    def strands_of(self, tie: int) -> tuple[Strand, ...]:
        """Kinds of tie behind the weighted tie of that number, strongest of each kind."""
        return self.strands[tie]


def weigh(snapshot: Snapshot, policy: Policy) -> RiskGraph:
    """Apply a policy to a snapshot."""
    facts, unused = own_facts(snapshot, policy)
    own = np.zeros(len(snapshot))
    for party, told in facts.items():
        # independent causes: either is enough
        own[party] = 1 - np.prod([1 - fact.probability for fact in told])
    kinds = tuple(policy.ties)
    flows = [_flows(snapshot.ties[kind], policy) for kind in kinds]
    source, target, weight, row = (
        np.concatenate([flow[column] for flow in flows]) for column in range(4)
    )
    kind = np.repeat(np.arange(len(kinds), dtype=np.uint8), [len(flow[0]) for flow in flows])
    order = _by_pair(source, target, len(snapshot))
    source, target, kind = source[order], target[order], kind[order]
    weight, row = weight[order], row[order]

    new_pair = _differs(source) | _differs(target)
    strand = np.flatnonzero(new_pair | _differs(kind))
    strongest = _reduced(np.maximum, weight, strand)
    # of parallel ties that are equally strong the first one told is shown
    attains = weight == np.repeat(strongest, np.diff(strand, append=len(weight)))
    shown = _reduced(np.minimum, np.where(attains, np.arange(len(weight)), len(weight)), strand)
    first = np.flatnonzero(new_pair[strand])
    combined = np.minimum(policy.cap, 1 - _reduced(np.multiply, 1 - strongest, first))
    ties = strand[first]
    return RiskGraph(
        own,
        source[ties].astype(np.int64),
        target[ties].astype(np.int64),
        combined,
        _Strands(kinds, np.append(first, len(strand)), kind[strand], strongest, row[shown]),
        facts,
        unused,
        identities(snapshot.keys),
    )


class _Strands(Sequence[tuple[Strand, ...]]):
    """Strands of every tie, held as columns and made into objects only when asked for."""

    def __init__(
        self,
        kinds: tuple[str, ...],
        first: NDArray[np.int64],
        kind: NDArray[np.uint8],
        weight: NDArray[np.float64],
        row: NDArray[np.int32],
    ) -> None:
        self._kinds, self._first, self._kind, self._weight, self._row = (
            kinds, first, kind, weight, row,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self._first) - 1

    def __getitem__(self, tie: Any) -> Any:
        return tuple(
            Strand(self._kinds[self._kind[at]], float(self._weight[at]), int(self._row[at]))
            for at in range(self._first[tie], self._first[tie + 1])
        )


_Flows = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.int32]]


def _flows(ties: Ties, policy: Policy) -> _Flows:
    """Sender, receiver, weight and row of the table for every way that distress takes."""
    rule = policy.ties[ties.kind]
    weight = np.full(len(ties.facts), rule.weight)
    for variant in rule.variants:
        such = pc.equal(pc.cast(ties.facts[variant.column], pa.string()), variant.value)
        weight[pc.fill_null(such, False).to_numpy(zero_copy_only=False)] = variant.weight
    if rule.scale is not None:
        ratio = ties.facts[rule.scale].to_numpy(zero_copy_only=False).astype(float)
        weight *= np.clip(np.nan_to_num(ratio, nan=0.0), 0, 1)
    certain = ties.facts["certainty"].to_numpy(zero_copy_only=False)
    certain = certain >= policy.certainty.at_least
    row = np.flatnonzero(certain & (weight > 0) & (ties.source != ties.target)).astype(np.int32)
    source, target, weight = ties.source[row], ties.target[row], weight[row]
    if rule.flow == "along":
        return source, target, weight, row
    if rule.flow == "against":
        return target, source, weight, row
    # both ways of one row side by side: the order of the rows decides between equals
    senders, receivers = np.stack((source, target), 1), np.stack((target, source), 1)
    return senders.ravel(), receivers.ravel(), np.repeat(weight, 2), np.repeat(row, 2)


def _by_pair(source: NDArray[np.int32], target: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    """Stable order by (target, source): two counting sorts, linear in the ties."""
    place = np.arange(len(source), dtype=np.int32)
    senders = coo_array((place, (source, target)), shape=(count, count))
    senders.has_canonical_format = True  # parallel ties stay apart: nothing is summed
    return np.asarray(senders.tocsr().tocsc().data)


def _differs(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a value differs from the one before it; the first one does."""
    return np.append(np.ones(min(1, len(column)), bool), column[1:] != column[:-1])


def _reduced(operation: np.ufunc, values: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[Any]:
    """`operation` over every run of values that begins at one of `begins`."""
    return np.asarray(operation.reduceat(values, begins)) if len(begins) else values
