"""A party's own adverse facts: which of them may be used, and which not, and why.

Of each sort the worst counts once: a listing told by two sources, or a loan split in two, is one.
Of what several sources say of one loan, the word heard last counts (`last_heard`).  That an entry
was removed or that its term is over binds all sources, whichever of them states it (信用修复管理办法,
in force 2026-04-01).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.last_heard import last_heard
from graph.snapshot import Snapshot
from queries.lawful import why_unusable
from queries.risk.policy import Policy

__all__ = ["OwnFact", "UnusedFact", "own_facts"]

_LOAN_CLASSES = ("special_mention", "substandard", "doubtful", "loss")
_EVIDENCE = ("fact_id", "source", "batch", "row")


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


Used = dict[int, tuple[OwnFact, ...]]
Unused = dict[int, tuple[UnusedFact, ...]]


def own_facts(snapshot: Snapshot, policy: Policy) -> tuple[Used, Unused]:
    """Facts that seed, and facts left out, by the number of their party."""
    worst: dict[tuple[int, str], OwnFact] = {}
    # told by two sources, still one: the keys of a dict keep their order
    unused: dict[int, dict[UnusedFact, None]] = {}
    for fact in (*_list_entries(snapshot, policy), *_loan_states(snapshot, policy)):
        if fact.why:
            left_out = UnusedFact(fact.kind, fact.why)
            unused.setdefault(fact.party, {})[left_out] = None
            continue
        seed = policy.seeds[fact.seed]
        probability = seed.at(snapshot.as_of, fact.row["valid_from"])
        held = worst.get((fact.party, fact.sort))
        if held is None or held.probability < probability:
            evidence = {name: fact.row[name] for name in _EVIDENCE}
            worst[fact.party, fact.sort] = OwnFact(fact.seed, probability, seed.reason, evidence)
    used: dict[int, list[OwnFact]] = {}
    for (party, _sort), own in sorted(worst.items(), key=lambda item: item[0]):
        used.setdefault(party, []).append(own)
    return (
        {party: tuple(facts) for party, facts in used.items()},
        {party: tuple(facts) for party, facts in unused.items()},
    )


@dataclass(frozen=True)
class _Adverse:
    """An adverse statement about a party; `why` it may not be used, None when it may."""

    party: int
    kind: str
    sort: str
    seed: str
    row: dict[str, Any]
    why: str | None


def _list_entries(snapshot: Snapshot, policy: Policy) -> Iterator[_Adverse]:
    entries = _adverse(snapshot, "ListEntry", "list_kind", tuple(policy.seeds))
    listed = []
    for party, certainty, entry in _joined(snapshot, "SUBJECT_OF", entries):
        sure = min(certainty, entry["certainty"])
        why = why_unusable(entry, as_of=snapshot.as_of, known_at=snapshot.known_at, certainty=sure)
        listed.append((party, entry, why))
    ended = {entry["key"]: why for _, entry, why in listed if why in ("repaired", "expired")}
    for party, entry, why in listed:
        kind = entry["list_kind"]
        yield _Adverse(party, "ListEntry", kind, kind, entry, ended.get(entry["key"], why))


def _loan_states(snapshot: Snapshot, policy: Policy) -> Iterator[_Adverse]:
    classes = tuple(kind for kind in _LOAN_CLASSES if kind in policy.seeds)
    adverse = _adverse(snapshot, "LoanState", "loan_class", classes)
    states = snapshot.facts("LoanState")
    told = states.filter(pc.is_in(states["key"], value_set=adverse["key"].combine_chunks()))
    counts = set(last_heard(told, ["key"])["fact_id"].to_pylist())
    for party, certainty, state in _joined(snapshot, "BORROWED", adverse):
        why = None
        if min(certainty, state["certainty"]) < policy.certainty.at_least:
            why = "identity_not_proven"
        elif state["fact_id"] not in counts:
            why = "superseded"
        elif state["settled_on"] is not None and state["settled_on"] <= snapshot.as_of:
            why = "settled"
        yield _Adverse(party, "LoanState", "loan", state["loan_class"], state, why)


def _adverse(snapshot: Snapshot, kind: str, column: str, wanted: tuple[str, ...]) -> pa.Table:
    facts = snapshot.facts(kind)
    return facts.filter(pc.is_in(facts[column], value_set=pa.array(wanted, pa.string())))


def _joined(
    snapshot: Snapshot, tie: str, said: pa.Table
) -> Iterator[tuple[int, float, dict[str, Any]]]:
    """(party, certainty of the tie, what is said) for every tie to one of these things."""
    by_key: dict[str, list[dict[str, Any]]] = {}
    for row in said.to_pylist():
        by_key.setdefault(row["key"], []).append(row)
    ties = snapshot.facts(tie)
    known = ties.filter(pc.is_in(ties["to_key"], value_set=pa.array(list(by_key), pa.string())))
    parties = pc.index_in(known["from_key"], value_set=snapshot.keys).to_pylist()
    columns = parties, known["to_key"].to_pylist(), known["certainty"].to_pylist()
    for party, key, certainty in zip(*columns, strict=True):
        for row in by_key[key]:
            yield party, certainty, row
