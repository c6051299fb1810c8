"""Why a party has its score: its own facts, and hints from around it, by direct tie and by path.

Load L = −ln(1−p) is additive: L = own + Σ over direct ties of −ln(1 − w·m), so what is listed sums
to the whole.  Own facts and hints by association are different types and never mix.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.basis import HINT_NOTICE, Basis
from queries.risk.policy import Policy, load_policy
from queries.risk.propagate import best_path, echo_free, messages
from queries.risk.weights import OwnFact, RiskGraph, UnusedFact, weigh

__all__ = ["Contribution", "Hop", "Path", "RiskAnswer", "RiskRun", "assess", "explain"]


@dataclass(frozen=True, eq=False)
class RiskRun:
    """One propagation over a snapshot; explains any party from it."""

    snapshot: Snapshot
    policy: Policy
    graph: RiskGraph
    message: NDArray[np.float64]
    score: NDArray[np.float64]
    strongest: NDArray[np.float64]
    before: NDArray[np.int64]


@dataclass(frozen=True)
class Contribution:
    """Part of the load that comes over one direct tie (a hint)."""

    party: str
    name: str | None
    ties: tuple[str, ...]
    load: float
    share: float


@dataclass(frozen=True)
class Hop:
    """One step of a path: distress of `party` reaches the next by `tie`."""

    party: str
    name: str | None
    tie: str
    weight: float
    evidence: dict[str, Any]


@dataclass(frozen=True)
class Path:
    """One way in which distress reaches the party; the sentence says it in Chinese (a hint)."""

    probability: float
    hops: tuple[Hop, ...]
    sentence: str


@dataclass(frozen=True)
class RiskAnswer:
    """Score of one party with its explanation.

    Attributes:
        score: echo-free probability of distress; `path ≤ score`.
        load: −ln(1−score) = own_load + Σ contributions' loads.
        own_facts: the party's own lawful facts.  contributions, paths: hints by association.
        unused: facts left out and why.
    """

    party: str
    name: str | None
    score: float
    load: float
    own_load: float
    own_facts: tuple[OwnFact, ...]
    contributions: tuple[Contribution, ...]
    paths: tuple[Path, ...]
    unused: tuple[UnusedFact, ...]
    notice: str
    basis: Basis

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**asdict(self), "basis": self.basis.as_dict()}


def assess(snapshot: Snapshot, policy: Policy | None = None) -> RiskRun:
    """Propagate once over everybody."""
    chosen = policy or load_policy()
    graph = weigh(snapshot, chosen)
    message = messages(graph)
    strongest, before = best_path(graph)
    return RiskRun(snapshot, chosen, graph, message, echo_free(graph, message), strongest, before)


def explain(run: RiskRun, key: str, *, paths: int = 5) -> RiskAnswer:
    """Explain one party; raises `NotFoundError` when the snapshot does not know it."""
    party = run.snapshot.index(key)
    graph = run.graph
    first, last = np.searchsorted(graph.target, [party, party + 1])
    loads = -np.log1p(-graph.weight[first:last] * run.message[first:last])
    load = float(-np.log1p(-run.score[party]))
    contributions = [
        Contribution(
            run.snapshot.keys[int(graph.source[tie])].as_py(),
            run.snapshot.name(int(graph.source[tie])),
            tuple(SCHEMA.relationships[s.kind].term for s in graph.strands_of(tie)),
            float(part),
            float(part) / load,
        )
        for tie, part in zip(range(first, last), loads, strict=True)
    ]
    contributions.sort(key=lambda item: (-item.load, item.party))
    return RiskAnswer(
        party=key,
        name=run.snapshot.name(party),
        score=float(run.score[party]),
        load=load,
        own_load=float(-np.log1p(-graph.own[party])),
        own_facts=graph.own_facts.get(party, ()),
        contributions=tuple(contributions),
        paths=tuple(_described(run, found) for found in _best_paths(run, party, paths)),
        unused=graph.unused.get(party, ()),
        notice=HINT_NOTICE,
        basis=Basis(
            run.snapshot.as_of,
            run.snapshot.known_at,
            run.snapshot.position,
            policy=run.policy.name,
        ),
    )


def _best_paths(run: RiskRun, party: int, count: int) -> Iterator[list[int]]:
    """Ties of the strongest loop-free paths from a party with an adverse fact, nearest tie first.

    A* backwards: what a party can at best still be reached with is known exactly, so the first
    `count` paths to come off the heap are the best ones.
    """
    graph = run.graph
    heap: list[tuple[float, int, float, list[int], list[int]]] = [(-1.0, 0, 1.0, [party], [])]
    order, found = 0, 0
    while heap and found < count:
        _, _, passed, parties, ties = heapq.heappop(heap)
        here = parties[-1]
        if ties and here == -1:
            yield ties
            found += 1
            continue
        if ties and here in graph.own_facts:
            order += 1
            ended = -passed * float(graph.own[here])
            heapq.heappush(heap, (ended, order, passed, [*parties, -1], ties))
        first, last = np.searchsorted(graph.target, [here, here + 1])
        for tie in range(first, last):
            sender = int(graph.source[tie])
            if sender in parties or run.strongest[sender] <= run.policy.floor:
                continue
            order += 1
            onward = passed * float(graph.weight[tie])
            best = -onward * float(run.strongest[sender])
            heapq.heappush(heap, (best, order, onward, [*parties, sender], [*ties, tie]))


def _described(run: RiskRun, ties: list[int]) -> Path:
    graph, snapshot = run.graph, run.snapshot
    probability = float(graph.own[graph.source[ties[-1]]] * np.prod(graph.weight[ties]))
    hops = []
    for tie in reversed(ties):
        strand = max(graph.strands_of(tie), key=lambda item: item.weight)
        row = snapshot.ties[strand.kind].table.slice(strand.row, 1).to_pylist()[0]
        sender = int(graph.source[tie])
        hops.append(
            Hop(
                snapshot.keys[sender].as_py(),
                snapshot.name(sender),
                SCHEMA.relationships[strand.kind].term,
                float(graph.weight[tie]),
                {name: row[name] for name in ("source", "batch", "row", "certainty")},
            )
        )
    start = int(graph.source[ties[-1]])
    why = "、".join(fact.reason for fact in graph.own_facts[start])
    way = " → ".join(f"{hop.name or '（未具名）'}—{hop.tie}" for hop in hops)
    end = snapshot.name(int(graph.target[ties[0]])) or "本主体"
    return Path(probability, tuple(hops), f"{way} → {end}。起因：{why}。")
