"""What stands behind a weighted tie: each statement with its source; and the ties that carry nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.risk.circumstances import circumstances
from queries.risk.measure import measure
from queries.risk.policy import Policy
from queries.risk.sentence import SAME_HOUSEHOLD, Relation
from queries.risk.strength import WhySilent, silent_rows
from queries.risk.weights import RiskGraph

__all__ = ["TieEvidence", "UnusedTie", "UnusedTies", "evidence_of", "unused_ties"]

_TOLD = ("fact_id", "source", "batch", "row", "certainty")


@dataclass(frozen=True)
class TieEvidence:
    """One kind of tie between two parties, and the statement that proves it.

    Attributes:
        term: the kind in Chinese.  weight: what this kind alone would pass on.
        measure: by what it has this weight.
        certainty: 1 = both parties are known by identifier; others carry no risk.
    """

    kind: str
    term: str
    weight: float
    certainty: float
    fact_id: str
    source: str
    batch: str
    row: int
    measure: str = ""


@dataclass(frozen=True)
class UnusedTie:
    """A tie of the party that passes on nothing, and why."""

    kind: str
    term: str
    other: str
    other_name: str | None
    why: WhySilent


@dataclass(frozen=True, eq=False)
class UnusedTies:
    """Ties that pass on nothing, each at both its ends, sorted by party."""

    party: NDArray[np.int64]
    other: NDArray[np.int64]
    kind: NDArray[np.int64]
    why: NDArray[np.int64]

    def of(self, snapshot: Snapshot, party: int) -> tuple[UnusedTie, ...]:
        """Those of one party; a tie told by several sources stands once."""
        first, last = np.searchsorted(self.party, [party, party + 1])
        found: dict[tuple[int, int], int] = {}
        for place in range(first, last):
            tie = int(self.kind[place]), int(self.other[place])
            # what is known of it comes before what is not proven
            found[tie] = max(found.get(tie, 0), int(self.why[place]))
        return tuple(
            UnusedTie(
                _KINDS[kind],
                SCHEMA.relationships[_KINDS[kind]].term,
                snapshot.keys[other].as_py(),
                snapshot.name(other),
                _WHY[why],
            )
            for (kind, other), why in sorted(found.items())
        )


_KINDS = tuple(SCHEMA.relationships)
_WHY = get_args(WhySilent)


def unused_ties(snapshot: Snapshot, policy: Policy, graph: RiskGraph) -> UnusedTies:
    """All ties of the policy's kinds that pass on nothing, and why."""
    around = graph.around or circumstances(snapshot, policy)
    parts = []
    for kind in policy.ties:
        ties, silent = snapshot.ties[kind], silent_rows(snapshot, kind, policy, around, graph.own)
        number = np.full(len(silent.rows), _KINDS.index(kind))
        why = np.array([_WHY.index(one) for one in silent.why], np.int64)
        ends = ties.source[silent.rows], ties.target[silent.rows]
        parts += [(*ends, number, why), (*ends[::-1], number, why)]
    party, other, kind_of, why_of = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(party, kind="stable")
    return UnusedTies(party[order].astype(np.int64), other[order], kind_of[order], why_of[order])


def evidence_of(
    snapshot: Snapshot, policy: Policy, graph: RiskGraph, tie: int
) -> tuple[tuple[TieEvidence, Relation], ...]:
    """Evidence and wording of each strand of a weighted tie, strongest first.

    Two members of a household are told by the sender's own membership.
    """
    found = []
    sender, receiver = int(graph.source[tie]), int(graph.target[tie])
    for strand in sorted(graph.strands_of(tie), key=lambda item: (-item.weight, item.kind)):
        ties = snapshot.ties[strand.kind]
        told: dict[str, Any] = ties.facts.select(_TOLD).slice(strand.row, 1).to_pylist()[0]
        ends = int(ties.source[strand.row]), int(ties.target[strand.row])
        evidence = TieEvidence(
            kind=strand.kind,
            term=SCHEMA.relationships[strand.kind].term,
            weight=float(strand.weight),
            measure=measure(snapshot, policy, graph.around, strand, sender, receiver),
            **told,
        )
        kind = strand.kind
        if {*ends} != {sender, receiver}:
            kind, ends = SAME_HOUSEHOLD, (sender, receiver)
        names = [snapshot.name(end) for end in ends]
        found.append((evidence, Relation(kind, *names)))
    return tuple(found)
