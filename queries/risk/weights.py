"""From a snapshot and a policy to arrays: own probabilities, and weighted directed ties.

Only lawful facts, and only ties with certainty 1: a link by resemblance carries no risk.
Parallel ties of one kind between the same two parties count once, by the strongest; guarantees of
known amount add up, so that splitting one in two changes nothing.  Kinds that are one bond (a
contract and its group list, a marriage and its household) count once; others combine as independent
causes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from graph.snapshot import Snapshot
from queries.risk.circumstances import Circumstances, circumstances
from queries.risk.coins import identities
from queries.risk.own_facts import OwnFact, UnusedFact, own_facts
from queries.risk.policy import Policy
from queries.risk.strength import Flows, flows

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
        coins: of every party, by its key (`queries.risk.coins`); None: by its number.
        around: the circumstances that it was weighed in.
    """

    own: NDArray[np.float64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float64]
    strands: Sequence[tuple[Strand, ...]]
    own_facts: dict[int, tuple[OwnFact, ...]]
    unused: dict[int, tuple[UnusedFact, ...]]
    coins: NDArray[np.uint64] | None = None
    around: Circumstances | None = None

    def strands_of(self, tie: int) -> tuple[Strand, ...]:
        """Kinds of tie behind the weighted tie of that number, strongest of each kind."""
        return self.strands[tie]


def weigh(snapshot: Snapshot, policy: Policy, around: Circumstances | None = None) -> RiskGraph:
    """Apply a policy to a snapshot.

    Args:
        around: circumstances of the parties, where they are those of a larger snapshot.
    """
    around = around or circumstances(snapshot, policy)
    facts, unused = own_facts(snapshot, policy, around.over)
    own = np.zeros(len(snapshot))
    for party, told in facts.items():
        # independent causes: either is enough
        own[party] = 1 - np.prod([1 - fact.probability for fact in told])
    kinds = tuple(policy.ties)
    parts = [flows(snapshot, kind, policy, around, own) for kind in kinds]
    kind = np.repeat(np.arange(len(kinds), dtype=np.uint8), [len(part.row) for part in parts])
    ways = Flows.together(parts)
    order = _by_pair(ways.source, ways.target, len(snapshot))
    source, target, kind = ways.source[order], ways.target[order], kind[order]
    weight = ways.weight[order]

    new_pair = _differs(source) | _differs(target)
    strand = np.flatnonzero(new_pair | _differs(kind))
    strongest = _reduced(np.maximum, weight, strand)
    # of parallel ties that are equally strong the first one told is shown
    count = len(kind)
    attains = weight == np.repeat(strongest, np.diff(strand, append=count))
    shown = _reduced(np.minimum, np.where(attains, np.arange(count), count), strand)
    strongest = np.maximum(strongest, summed(ways, order, strand))
    # of kinds that are one bond the strongest counts
    bonds = [policy.ties[name].once or name for name in kinds]
    bond = np.array([bonds.index(one) for one in bonds], np.uint8)[kind[strand]]
    begins = np.flatnonzero(new_pair[strand] | _differs(bond))
    widths = np.diff(begins, append=len(strand))
    best = np.repeat(_reduced(np.maximum, strongest, begins), widths) == strongest
    first_best = _reduced(
        np.minimum, np.where(best, np.arange(len(strand)), len(strand)), begins
    ).astype(np.int64)
    strand, strongest, shown = strand[first_best], strongest[first_best], shown[first_best]

    first = np.flatnonzero(_differs(source[strand]) | _differs(target[strand]))
    combined = np.minimum(policy.cap, 1 - _reduced(np.multiply, 1 - strongest, first))
    ties = strand[first]
    return RiskGraph(
        own,
        source[ties].astype(np.int64),
        target[ties].astype(np.int64),
        combined,
        _Strands(
            kinds, np.append(first, len(strand)), kind[strand], strongest, ways.row[order[shown]]
        ),
        facts,
        unused,
        identities(snapshot.keys),
        around,
    )


def summed(
    ways: Flows, by_pair: NDArray[np.int32], strand: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What several guarantees between the same two come to, one entry a strand; 0 for one alone.

    Amounts of different contracts add up, so that a guarantee split in two is as strong as before.
    A contract told twice by a source counts once, and each source is its own whole: contracts have
    no number that all sources know, so the source that tells the most counts alone.

    Args:
        by_pair: order of the ways; strands begin at these places of it.
    """
    sizes = np.diff(strand, append=len(by_pair))
    number = np.repeat(np.arange(len(strand)), sizes)
    several = np.flatnonzero((ways.full[by_pair] > 0) & (np.repeat(sizes, sizes) > 1))
    found = np.zeros(len(strand))
    if not len(several):
        return found
    held, number = ways.take(by_pair[several]), number[several]
    order = np.lexsort((-held.fen * held.rate, held.thing, held.teller, number))
    held, number = held.take(order), number[order]
    once = _differs(number) | _differs(held.teller) | _differs(held.thing)
    held, number = held.take(once), number[once]
    # whole fen of one rate are summed exactly, whatever the order
    order = np.lexsort((held.rate, held.teller, number))
    held, number = held.take(order), number[order]
    alike = np.flatnonzero(_differs(number) | _differs(held.teller) | _differs(held.rate))
    weight = _reduced(np.add, held.fen, alike) * held.rate[alike]
    of_teller = np.flatnonzero(_differs(number[alike]) | _differs(held.teller[alike]))
    weight = _reduced(np.add, weight, of_teller)
    most = _reduced(np.maximum, held.full[alike], of_teller)
    np.maximum.at(found, number[alike][of_teller], np.minimum(weight, most))
    return found


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
