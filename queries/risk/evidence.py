"""What stands behind a weighted tie: each statement with its source; and the ties that carry nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.risk.policy import Policy
from queries.risk.sentence import Relation
from queries.risk.weights import Strand

__all__ = ["TieEvidence", "UnusedTie", "UnusedTies", "evidence_of", "unused_ties"]

_TOLD = ("fact_id", "source", "batch", "row", "certainty")

WhyUnused = Literal["identity_not_proven", "ratio_unknown"]


@dataclass(frozen=True)
class TieEvidence:
    """One kind of tie between two parties, and the statement that proves it.

    Attributes:
        term: the kind in Chinese.  weight: what this kind alone would pass on.
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


@dataclass(frozen=True)
class UnusedTie:
    """A tie of the party that passes on nothing, and why."""

    kind: str
    term: str
    other: str
    other_name: str | None
    why: WhyUnused


@dataclass(frozen=True, eq=False)
class UnusedTies:
    """Ties that pass on nothing, each at both its ends, sorted by party."""

    party: NDArray[np.int64]
    other: NDArray[np.int64]
    kind: NDArray[np.int64]
    unsure: NDArray[np.bool_]

    def of(self, snapshot: Snapshot, party: int) -> tuple[UnusedTie, ...]:
        """Those of one party; a tie told by several sources stands once."""
        first, last = np.searchsorted(self.party, [party, party + 1])
        found: dict[tuple[int, int], bool] = {}
        for place in range(first, last):
            tie = int(self.kind[place]), int(self.other[place])
            found[tie] = found.get(tie, True) and bool(self.unsure[place])
        return tuple(
            UnusedTie(
                _KINDS[kind],
                SCHEMA.relationships[_KINDS[kind]].term,
                snapshot.keys[other].as_py(),
                snapshot.name(other),
                "identity_not_proven" if unsure else "ratio_unknown",
            )
            for (kind, other), unsure in sorted(found.items())
        )


_KINDS = tuple(SCHEMA.relationships)


def unused_ties(snapshot: Snapshot, policy: Policy) -> UnusedTies:
    """All ties of the policy's kinds that pass on nothing: unproven, or of an unknown ratio."""
    parts = []
    for kind, rule in policy.ties.items():
        ties = snapshot.ties[kind]
        certainty = ties.facts["certainty"].to_numpy(zero_copy_only=False)
        unsure = certainty < policy.certainty.at_least
        silent = unsure.copy()
        if rule.scale is not None:
            silent |= pc.is_null(ties.facts[rule.scale]).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(silent)
        number = np.full(len(rows), _KINDS.index(kind))
        ends = ties.source[rows], ties.target[rows]
        parts += [(*ends, number, unsure[rows]), (*ends[::-1], number, unsure[rows])]
    party, other, kind_of, unsure_of = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.argsort(party, kind="stable")
    return UnusedTies(party[order].astype(np.int64), other[order], kind_of[order], unsure_of[order])


def evidence_of(
    snapshot: Snapshot, strands: tuple[Strand, ...]
) -> tuple[tuple[TieEvidence, Relation], ...]:
    """Evidence and wording of each strand, strongest first."""
    found = []
    for strand in sorted(strands, key=lambda item: (-item.weight, item.kind)):
        ties = snapshot.ties[strand.kind]
        told: dict[str, Any] = ties.facts.select(_TOLD).slice(strand.row, 1).to_pylist()[0]
        ends = int(ties.source[strand.row]), int(ties.target[strand.row])
        evidence = TieEvidence(
            kind=strand.kind,
            term=SCHEMA.relationships[strand.kind].term,
            weight=float(strand.weight),
            **told,
        )
        names = [snapshot.name(end) for end in ends]
        found.append((evidence, Relation(strand.kind, *names)))
    return tuple(found)
