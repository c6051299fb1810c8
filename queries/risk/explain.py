"""Why a party's score is what it is, in numbers that add up and sentences that can be read.

A party's own facts and the hints that come from others are different types and different blocks:
a hint never marks anybody as dishonest (国办发〔2020〕49号) and enters no decision.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graph.snapshot import Snapshot
from queries.basis import Basis
from queries.lawful import REASON_TERMS, Reason
from queries.risk.policy import Policy, load_policy
from queries.risk.propagate import Path, Spread, echo_free, top_paths
from queries.risk.weights import Floats, OwnFact, UnusedFact, Weighed, weigh

__all__ = ["HINT_NOTICE", "AssociationHints", "Contribution", "Hop", "OwnPart", "Party",
           "RiskAnswer", "RiskPath", "RiskRun", "TieEvidence", "Unused", "assess", "explain"]

HINT_NOTICE = "关联提示仅供参考，不作为认定失信或惩戒依据"


@dataclass(frozen=True, eq=False)
class RiskRun:
    """Everybody's score at one snapshot under one policy."""

    snapshot: Snapshot
    policy: Policy
    weighed: Weighed
    spread: Spread

    @property
    def scores(self) -> Floats:
        """Probability of distress, one entry a party, in the order of `snapshot.keys`."""
        return self.spread.score

    @cached_property
    def origins(self) -> Floats:
        """Seeds of the parties that have a fact of their own, 0 elsewhere."""
        origins = np.zeros(len(self.weighed.network))
        known = list(self.weighed.facts)
        origins[known] = self.weighed.network.seeds[known]
        return origins


def assess(snapshot: Snapshot, policy: Policy | None = None) -> RiskRun:
    """Score everybody in the snapshot; without a policy, by the one in force."""
    policy = policy or load_policy()
    weighed = weigh(snapshot, policy)
    return RiskRun(snapshot, policy, weighed, echo_free(weighed.network))


@dataclass(frozen=True)
class Party:
    """Whom an answer speaks of; `name` is None when it was never told."""

    key: str
    label: str
    name: str | None


@dataclass(frozen=True)
class TieEvidence:
    """One tie, read in the direction in which distress flows, and where it was said."""

    kind: str
    sentence: str
    weight: float
    certainty: float
    reason: str
    source: str
    batch: str
    row: int


@dataclass(frozen=True)
class Hop:
    """One step of a path."""

    origin: Party
    target: Party
    weight: float
    ties: tuple[TieEvidence, ...]


@dataclass(frozen=True)
class RiskPath:
    """A way in which distress may come; `strength` is a lower bound of the score, never it."""

    strength: float
    hops: tuple[Hop, ...]
    origin_facts: tuple[OwnFact, ...]
    sentence: str


@dataclass(frozen=True)
class Contribution:
    """What one direct neighbour adds to the load."""

    neighbour: Party
    load: float
    weight: float
    message: float
    ties: tuple[TieEvidence, ...]


@dataclass(frozen=True)
class OwnPart:
    """What the party's own facts (or the floor that everybody has) say."""

    seed: float
    load: float
    facts: tuple[OwnFact, ...]


@dataclass(frozen=True)
class AssociationHints:
    """What comes from others: advisory only."""

    load: float
    contributions: tuple[Contribution, ...]
    paths: tuple[RiskPath, ...]
    notice: str = HINT_NOTICE


@dataclass(frozen=True)
class Unused:
    """A fact about the party that was not used, and why."""

    kind: str
    reason: str
    reason_zh: str
    source: str
    batch: str
    row: int


@dataclass(frozen=True)
class RiskAnswer:
    """A party's risk.  `load` = -ln(1 - score) = own load + the contributions' loads."""

    party: Party
    score: float
    load: float
    own: OwnPart
    hints: AssociationHints
    not_used: tuple[Unused, ...]
    basis: Basis

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON values; dates as ISO text."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return plain


def explain(run: RiskRun, key: str, paths: int = 5) -> RiskAnswer:
    """Explain one party's score; raises `NotFoundError` when it does not exist at that time."""
    network, number = run.weighed.network, run.snapshot.index(key)
    own = OwnPart(
        float(network.seeds[number]),
        float(-np.log1p(-network.seeds[number])),
        run.weighed.facts.get(number, ()),
    )
    contributions = _contributions(run, number)
    linked = sum(item.load for item in contributions)
    best, cut = top_paths(network, run.origins, number, paths)
    load = own.load + linked
    return RiskAnswer(
        party=_party(run, number),
        score=float(-np.expm1(-load)),
        load=load,
        own=own,
        hints=AssociationHints(linked, contributions, tuple(_path(run, item) for item in best)),
        not_used=tuple(_unused(item) for item in run.weighed.unused.get(number, ())),
        basis=_basis(run, cut),
    )


def _basis(run: RiskRun, truncated: bool) -> Basis:
    taken = run.snapshot
    return Basis(
        as_of=taken.as_of,
        known_at=taken.known_at,
        position=taken.position,
        datasets=taken.datasets,
        policy=run.policy.name,
        rules=None,
        truncated=truncated,
        notice=HINT_NOTICE,
    )


def _contributions(run: RiskRun, number: int) -> tuple[Contribution, ...]:
    """Direct neighbours, the heaviest first."""
    network, message = run.weighed.network, run.spread.message
    begin, end = np.searchsorted(network.target, [number, number + 1])
    found = [
        Contribution(
            neighbour=_party(run, int(network.source[edge])),
            load=float(-np.log1p(-network.weight[edge] * message[edge])),
            weight=float(network.weight[edge]),
            message=float(message[edge]),
            ties=_evidence(run, edge),
        )
        for edge in range(begin, end)
    ]
    return tuple(sorted(found, key=lambda item: (-item.load, item.neighbour.key)))


def _evidence(run: RiskRun, edge: int) -> tuple[TieEvidence, ...]:
    """The strongest tie of each kind that the edge is made of."""
    parts = run.weighed.parts
    begin, end = np.searchsorted(parts.edge, [edge, edge + 1])
    origin = int(run.weighed.network.source[edge])
    target = int(run.weighed.network.target[edge])
    found = []
    for part in range(begin, end):
        rule = run.policy.ties[int(parts.kind[part])]
        said = run.snapshot.ties[rule.kind].table.slice(int(parts.row[part]), 1).to_pylist()[0]
        first, second = (origin, target) if parts.forward[part] else (target, origin)
        sentence = f"{_called(run, first)}{rule.forward}{_called(run, second)}"
        found.append(
            TieEvidence(rule.kind, sentence, float(parts.weight[part]), said["certainty"],
                        rule.reason, said["source"], said["batch"], said["row"])
        )
    return tuple(found)


def _path(run: RiskRun, path: Path) -> RiskPath:
    network = run.weighed.network
    hops = []
    for origin, target in zip(path.parties, path.parties[1:], strict=False):
        begin, end = np.searchsorted(network.target, [target, target + 1])
        edge = int(begin + np.searchsorted(network.source[begin:end], origin))
        hops.append(Hop(_party(run, origin), _party(run, target), float(network.weight[edge]),
                        _evidence(run, edge)))
    facts = run.weighed.facts[path.parties[0]]
    troubles = "、".join(fact.term for fact in facts)
    steps = "，".join("并且".join(tie.sentence for tie in hop.ties) for hop in hops)
    sentence = (
        f"{_called(run, path.parties[0])}存在{troubles}的情况；{steps}；"
        f"该路径的关联强度约为{path.strength:.2%}。"
    )
    return RiskPath(path.strength, tuple(hops), facts, sentence)


def _party(run: RiskRun, number: int) -> Party:
    taken = run.snapshot
    return Party(taken.keys[number].as_py(), taken.labels[number].as_py(), taken.name(number))


def _called(run: RiskRun, number: int) -> str:
    return run.snapshot.name(number) or f"（未登记名称的主体 {run.snapshot.keys[number].as_py()}）"


def _unused(item: UnusedFact) -> Unused:
    return Unused(item.kind, item.reason, REASON_TERMS[Reason(item.reason)], item.source,
                  item.batch, item.row)
