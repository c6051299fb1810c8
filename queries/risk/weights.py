"""From a snapshot and a policy to arrays: own probabilities, and weighted directed ties.

Only lawful facts, and only ties with certainty 1: a link by resemblance carries no risk.
Parallel ties of one kind between the same two parties count once, by the strongest, so that
splitting a guarantee in two changes nothing; different kinds combine as independent causes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.snapshot import Snapshot, Ties
from queries.lawful import why_unusable
from queries.risk.last_heard import last_heard
from queries.risk.policy import Policy

__all__ = ["OwnFact", "RiskGraph", "Strand", "UnusedFact", "weigh"]

_LOAN_CLASSES = ("special_mention", "substandard", "doubtful", "loss")


@dataclass(frozen=True)
class OwnFact:
    """A party's own adverse fact that seeds its probability."""

    kind: str
    probability: float
    reason: str
    evidence: dict[str, Any]


@dataclass(frozen=True)
class UnusedFact:
    """A fact that is not used, and why.

    `kind` is the kind of fact of the log; which list or which class it was is not told: what was
    repaired is no longer shared (信用修复管理办法).
    """

    kind: str
    why: str


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
    own_facts, unused = _own_facts(snapshot, policy)
    own = np.full(len(snapshot), policy.floor)
    for party, facts in own_facts.items():
        # independent causes: either is enough
        own[party] = 1 - (1 - policy.floor) * np.prod([1 - fact.probability for fact in facts])
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
        own, ends_array[:, 0], ends_array[:, 1], weight.astype(float), strands, own_facts, unused
    )


def _weights(ties: Ties, weight: float, scale: str | None) -> NDArray[np.float64]:
    weights = np.full(len(ties.table), weight)
    if scale is not None:
        ratio = ties.table[scale].to_numpy(zero_copy_only=False).astype(float)
        weights = weights * np.clip(np.nan_to_num(ratio, nan=0.0), 0, 1)
    certain = ties.table["certainty"].to_numpy(zero_copy_only=False) >= 1
    return np.asarray(np.where(certain, weights, 0.0))


def _own_facts(
    snapshot: Snapshot, policy: Policy
) -> tuple[dict[int, tuple[OwnFact, ...]], dict[int, tuple[UnusedFact, ...]]]:
    # of each sort the worst counts: a listing told by two sources, or a loan split in two, is one
    worst: dict[tuple[int, str], OwnFact] = {}
    unused: dict[int, list[UnusedFact]] = {}

    def use(party: int, sort: str, kind: str, row: dict[str, Any]) -> None:
        seed = policy.seeds[kind]
        held = worst.get((party, sort))
        if held is None or held.probability < seed.probability:
            worst[party, sort] = OwnFact(kind, seed.probability, seed.reason, _evidence(row))

    listed = [
        (party, entry, why_unusable(
            entry,
            as_of=snapshot.as_of,
            known_at=snapshot.known_at,
            certainty=min(certainty, entry["certainty"]),
        ))
        for party, certainty, entry in _joined(snapshot, "SUBJECT_OF", "ListEntry")
        if entry["list_kind"] in policy.seeds
    ]  # fmt: skip
    # a removal or an end that one source states protects from what the others still say
    ended = {entry["key"]: why for _, entry, why in listed if why in ("repaired", "expired")}
    for party, entry, unproven in listed:
        why = ended.get(entry["key"], unproven)
        if why:
            unused.setdefault(party, []).append(UnusedFact("ListEntry", why))
        else:
            use(party, entry["list_kind"], entry["list_kind"], entry)
    counts = set(last_heard(snapshot.facts("LoanState"), ["key"])["fact_id"].to_pylist())
    for party, certainty, state in _joined(snapshot, "BORROWED", "LoanState"):
        kind = state["loan_class"]
        settled = state["settled_on"] is not None and state["settled_on"] <= snapshot.as_of
        if kind not in _LOAN_CLASSES or kind not in policy.seeds:
            continue
        if min(certainty, state["certainty"]) < 1:
            unused.setdefault(party, []).append(UnusedFact("LoanState", "identity_not_proven"))
        elif state["fact_id"] not in counts:
            unused.setdefault(party, []).append(UnusedFact("LoanState", "superseded"))
        elif settled:
            unused.setdefault(party, []).append(UnusedFact("LoanState", "settled"))
        else:
            use(party, "loan", kind, state)
    used: dict[int, list[OwnFact]] = {}
    for (party, _sort), fact in sorted(worst.items(), key=lambda item: item[0]):
        used.setdefault(party, []).append(fact)
    return (
        {party: tuple(facts) for party, facts in used.items()},
        # told by two sources, still one
        {party: tuple(dict.fromkeys(facts)) for party, facts in unused.items()},
    )


def _joined(snapshot: Snapshot, tie: str, node: str) -> list[tuple[int, float, dict[str, Any]]]:
    """(party, certainty of the tie, what is said) for every tie to a thing that is described."""
    ties = snapshot.facts(tie)
    said: dict[str, list[dict[str, Any]]] = {}
    for row in snapshot.facts(node).to_pylist():
        said.setdefault(row["key"], []).append(row)
    known = ties.filter(pc.is_in(ties["to_key"], value_set=pa.array(list(said), pa.string())))
    parties = pc.index_in(known["from_key"], value_set=snapshot.keys).to_pylist()
    return [
        (party, certainty, row)
        for party, key, certainty in zip(
            parties, known["to_key"].to_pylist(), known["certainty"].to_pylist(), strict=True
        )
        for row in said[key]
    ]


def _evidence(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("fact_id", "source", "batch", "row")}
