"""From a snapshot and a policy to numbers: own probabilities, and directed weights.

Only what is known by identifier (certainty 1) and lawful to use enters.  Several ties of one kind
between the same two parties count as the strongest of them: a loan or guarantee split in two
changes nothing.  Different kinds combine as independent chances, 1 - prod(1 - w), capped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.snapshot import Snapshot
from queries.lawful import Reason, usable
from queries.risk.policy import Policy, Seed

__all__ = ["Network", "OwnFact", "TieParts", "UnusedFact", "network", "of_arrays", "weigh"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class OwnFact:
    """A fact about a party itself, with where it was said."""

    family: str
    term: str
    probability: float
    reason: str
    key: str
    source: str
    batch: str
    row: int


@dataclass(frozen=True)
class UnusedFact:
    """A fact that was not used, and why.  It says nothing of the fact's content."""

    kind: str
    reason: str
    source: str
    batch: str
    row: int


@dataclass(frozen=True, eq=False)
class TieParts:
    """Single ties behind the weights, one entry a directed use, sorted by `edge`.

    Attributes:
        edge: number of the edge in the network that the tie is part of.
        kind: position in `Policy.ties`; row: row in `Snapshot.ties[kind].table`.
        forward: whether the edge runs from the tie's source to its target.
    """

    edge: Ints
    kind: Ints
    row: Ints
    weight: Floats
    forward: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Network:
    """Seeds and directed weights; edges are unique and sorted by (target, source).

    Edge i: distress of `source[i]` reaches `target[i]` with probability `weight[i]`.
    """

    seeds: Floats
    source: Ints
    target: Ints
    weight: Floats

    def __len__(self) -> int:
        return len(self.seeds)


def of_arrays(seeds: Any, edges: Mapping[tuple[int, int], float]) -> Network:
    """A network from plain numbers: (source, target) -> weight."""
    order = sorted(edges, key=lambda edge: (edge[1], edge[0]))
    ends = np.array(order, dtype=np.int64).reshape(-1, 2)
    weight = np.array([edges[edge] for edge in order], dtype=np.float64)
    return Network(np.asarray(seeds, dtype=np.float64), ends[:, 0], ends[:, 1], weight)


@dataclass(frozen=True, eq=False)
class Weighed:
    """All that risk needs of a snapshot.

    Attributes:
        facts: by party number, its own usable facts that counted (the strongest of each family).
        unused: by party number, its records that were not used.
    """

    network: Network
    parts: TieParts
    facts: Mapping[int, tuple[OwnFact, ...]]
    unused: Mapping[int, tuple[UnusedFact, ...]]


def weigh(snapshot: Snapshot, policy: Policy) -> Weighed:
    """Seeds and weights of everybody in the snapshot."""
    facts, unused = _own_facts(snapshot, policy)
    seeds = np.full(len(snapshot), policy.floor)
    for party, own in facts.items():
        together = 1.0 - float(np.prod([1.0 - fact.probability for fact in own]))
        seeds[party] = min(max(together, policy.floor), policy.cap)
    merged, parts = _merge(snapshot, policy)
    return Weighed(Network(seeds, *merged), parts, facts, unused)


def network(snapshot: Snapshot, policy: Policy) -> Network:
    """Only the numbers of `weigh`."""
    return weigh(snapshot, policy).network


# ---------------------------------------------------------------------------- own facts


def _own_facts(
    snapshot: Snapshot, policy: Policy
) -> tuple[dict[int, tuple[OwnFact, ...]], dict[int, tuple[UnusedFact, ...]]]:
    numbers = {key: number for number, key in enumerate(snapshot.keys.to_pylist())}
    strongest: dict[tuple[int, str], OwnFact] = {}
    unused: dict[int, list[UnusedFact]] = {}
    for holder, found in _candidates(snapshot, policy):
        party = numbers[holder]
        if isinstance(found, UnusedFact):
            unused.setdefault(party, []).append(found)
            continue
        held = strongest.get((party, found.family))
        if held is None or _rank(found) < _rank(held):
            strongest[party, found.family] = found
    facts: dict[int, tuple[OwnFact, ...]] = {}
    for (party, _), fact in sorted(strongest.items()):
        facts[party] = (*facts.get(party, ()), fact)
    return facts, {party: tuple(items) for party, items in unused.items()}


def _rank(fact: OwnFact) -> tuple[float, str, str, str, int]:
    """Strongest first; the rest makes the choice independent of the order of the rows."""
    return (-fact.probability, fact.key, fact.source, fact.batch, fact.row)


def _candidates(
    snapshot: Snapshot, policy: Policy
) -> Iterator[tuple[str, OwnFact | UnusedFact]]:
    yield from _listed(snapshot, policy)
    yield from _indebted(snapshot, policy)


def _listed(snapshot: Snapshot, policy: Policy) -> Iterator[tuple[str, OwnFact | UnusedFact]]:
    seeds = {seed.list_kind: seed for seed in policy.listings}
    table = snapshot.facts("ListEntry")
    table = table.filter(pc.is_in(table["list_kind"], value_set=pa.array(list(seeds), pa.string())))
    judged = usable(table, as_of=snapshot.as_of, known_at=snapshot.known_at)
    subjects = _holders(snapshot, "SUBJECT_OF")
    for entry, reason in zip(table.to_pylist(), judged.reasons, strict=True):
        for tie in subjects.get(entry["key"], ()):
            doubt = Reason.IDENTITY_NOT_PROVEN if tie["certainty"] < 1.0 else None
            why = reason or doubt
            if why:
                yield tie["from_key"], _not_used("ListEntry", why, entry)
            else:
                seed = seeds[entry["list_kind"]]
                yield tie["from_key"], _fact(f"listing:{seed.list_kind}", seed, entry)


def _indebted(snapshot: Snapshot, policy: Policy) -> Iterator[tuple[str, OwnFact | UnusedFact]]:
    classes = {seed.loan_class: seed for seed in policy.loan_classes}
    borrowers = _holders(snapshot, "BORROWED")
    for state in _loan_states(snapshot):
        settled = state["settled_on"]
        if settled is not None and settled <= snapshot.as_of:
            continue
        late = [item for item in policy.overdue if (state["overdue_days"] or 0) >= item.days]
        # class and days overdue speak of the same arrears: the stronger one counts
        said: list[Seed] = [*late, *filter(None, [classes.get(state["loan_class"])])]
        if not said:
            continue
        seed = max(said, key=lambda item: item.probability)
        for tie in borrowers.get(state["key"], ()):
            if min(tie["certainty"], state["certainty"]) < 1.0:
                yield tie["from_key"], _not_used("LoanState", Reason.IDENTITY_NOT_PROVEN, state)
            else:
                yield tie["from_key"], _fact("loan", seed, state)


def _loan_states(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """One state a loan: of several sources, the last one that says something counts."""
    table = snapshot.facts("LoanState").sort_by(
        [("certainty", "ascending"), ("known_from", "ascending"), ("fact_id", "ascending")]
    )
    merged: dict[str, dict[str, Any]] = {}
    for said in table.to_pylist():
        held = merged.get(said["key"])
        # a state that is only resembled never mixes with a proven one
        if held is None or held["certainty"] < said["certainty"]:
            merged[said["key"]] = said
        else:
            held.update({name: value for name, value in said.items() if value is not None})
    for key in sorted(merged):
        yield merged[key]


def _holders(snapshot: Snapshot, kind: str) -> dict[str, list[dict[str, Any]]]:
    """Key of the thing held -> ties to its holders."""
    held: dict[str, list[dict[str, Any]]] = {}
    for tie in snapshot.facts(kind).select(["from_key", "to_key", "certainty"]).to_pylist():
        held.setdefault(tie["to_key"], []).append(tie)
    return held


def _fact(family: str, seed: Seed, row: Mapping[str, Any]) -> OwnFact:
    return OwnFact(family, seed.term, seed.probability, seed.reason, row["key"], row["source"],
                   row["batch"], row["row"])


def _not_used(kind: str, reason: str, row: Mapping[str, Any]) -> UnusedFact:
    return UnusedFact(kind, str(reason), row["source"], row["batch"], row["row"])


# --------------------------------------------------------------------------------- ties


def _merge(snapshot: Snapshot, policy: Policy) -> tuple[tuple[Ints, Ints, Floats], TieParts]:
    pieces = [piece for number in range(len(policy.ties))
              for piece in _uses(snapshot, policy, number)]
    columns = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    source, target, kind, row, weight, forward = columns
    # within (target, source, kind) the strongest comes first; the lowest row breaks a draw
    order = np.lexsort((row, -weight, kind, source, target))
    source, target, kind, row, weight, forward = (column[order] for column in columns)
    size = np.int64(max(len(snapshot), 1))
    pair = target * size + source
    first = np.ones(len(pair), dtype=np.bool_)
    first[1:] = (pair[1:] != pair[:-1]) | (kind[1:] != kind[:-1])
    pair, kind, row, weight, forward = (
        column[first] for column in (pair, kind, row, weight, forward)
    )
    pairs, edge = np.unique(pair, return_inverse=True)
    missed = np.bincount(edge, weights=np.log1p(-weight), minlength=len(pairs))
    together = np.minimum(-np.expm1(missed), policy.cap)
    parts = TieParts(edge.astype(np.int64), kind, row, weight, forward)
    return (pairs % size, pairs // size, together), parts


def _uses(snapshot: Snapshot, policy: Policy, number: int) -> Iterator[tuple[Any, ...]]:
    """(source, target, kind, row, weight, forward) of the ties of one kind, a piece a direction."""
    rule = policy.ties[number]
    ties = snapshot.ties[rule.kind]
    strength = np.full(len(ties.source), rule.factor)
    if rule.column is not None:
        share = ties.table[rule.column].to_numpy().astype(np.float64)
        strength *= np.clip(np.nan_to_num(share, nan=0.0), 0.0, 1.0)
    certain = ties.table["certainty"].to_numpy() >= 1.0
    lawful = usable(ties.table, as_of=snapshot.as_of, known_at=snapshot.known_at).mask
    (row,) = np.nonzero(certain & lawful & (strength > 0) & (ties.source != ties.target))
    begin, end = ties.source[row].astype(np.int64), ties.target[row].astype(np.int64)
    weight = np.minimum(strength[row], policy.cap)
    kind = np.full(len(row), number, dtype=np.int64)
    if rule.flow != "against":
        yield begin, end, kind, row, weight, np.ones(len(row), dtype=np.bool_)
    if rule.flow != "along":
        yield end, begin, kind, row, weight, np.zeros(len(row), dtype=np.bool_)
