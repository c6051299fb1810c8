"""What stands behind a weighted tie: each statement with its source; and the ties that carry nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from pydantic import computed_field

from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.codes import LEFT_OUT
from queries.risk.circumstances import circumstances
from queries.risk.measure import measure
from queries.risk.policy import Policy
from queries.risk.sentence import SAME_HOUSEHOLD, Relation
from queries.risk.strength import WhySilent, silent_rows
from queries.risk.weights import RiskGraph

__all__ = ["TieEvidence", "UnusedTie", "evidence_of", "unused_ties"]

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

    @computed_field
    @property
    def why_label(self) -> str:
        """In Chinese."""
        return LEFT_OUT[self.why]


_KINDS = tuple(SCHEMA.relationships)
_WHY = get_args(WhySilent)


def unused_ties(
    snapshot: Snapshot, policy: Policy, graph: RiskGraph, party: int
) -> tuple[UnusedTie, ...]:
    """Ties of a party that pass on nothing either way, and why; told by several sources, once."""
    around = graph.around or circumstances(snapshot, policy)
    found: dict[tuple[int, int], int] = {}
    for kind in policy.ties:
        ties, place = snapshot.ties[kind], _KINDS.index(kind)
        rows = np.flatnonzero((ties.source == party) | (ties.target == party))
        if not len(rows):
            continue
        for row, why in silent_rows(snapshot, kind, policy, around, graph.own, rows):
            ends = int(ties.source[row]), int(ties.target[row])
            tie = place, ends[1] if ends[0] == party else ends[0]
            # what is known of it comes before what is not proven
            found[tie] = max(found.get(tie, 0), _WHY.index(why))
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
