"""Why a party has its score: its own facts, and hints from around it, by direct tie and by way.

Load L = −ln(1−p) is additive: L = own + Σ over direct ties of −ln(1 − w·m), so what is listed sums
to the whole.  Own facts and hints by association are different types and never mix.

An explanation looks at the party's surroundings only, whatever the size of the graph.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.basis import HINT_NOTICE, Basis
from queries.risk.echo import echo_of
from queries.risk.evidence import TieEvidence, UnusedTie, UnusedTies, evidence_of, unused_ties
from queries.risk.outcome import Outcome, outcome_of
from queries.risk.own_facts import OwnFact, UnusedFact
from queries.risk.paths import Way, strongest_ways, ties_into
from queries.risk.policy import Policy, load_policy
from queries.risk.propagate import residual
from queries.risk.ripple import Outgoing, outgoing
from queries.risk.sentence import say, say_echo
from queries.risk.weights import RiskGraph, weigh

__all__ = ["Contribution", "Hop", "Path", "RiskAnswer", "RiskRun", "assess", "explain"]

#: An echo that is smaller is not told: kernels settle within 1e-7.
_NO_ECHO = 1e-6


@dataclass(frozen=True, eq=False)
class RiskRun:
    """One propagation over a snapshot; explains any party from it.

    Attributes:
        message, score, strongest, before, mended, unsaid: as in `queries.risk.outcome.Outcome`.
    """

    snapshot: Snapshot
    policy: Policy
    graph: RiskGraph
    message: NDArray[np.float64]
    score: NDArray[np.float64]
    strongest: NDArray[np.float64]
    before: NDArray[np.int64]
    mended: bool = False
    unsaid: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, snapshot: Snapshot, policy: Policy, graph: RiskGraph, outcome: Outcome) -> RiskRun:
        """The run that an outcome belongs to."""
        found = {item.name: getattr(outcome, item.name) for item in fields(outcome)}
        return cls(snapshot, policy, graph, **found)

    @property
    def outcome(self) -> Outcome:
        """The arrays of the propagation alone."""
        return Outcome(*(getattr(self, item.name) for item in fields(Outcome)))

    @cached_property
    def unused_ties(self) -> UnusedTies:
        """Ties that pass on nothing; gathered once for all explanations."""
        return unused_ties(self.snapshot, self.policy)

    @cached_property
    def outgoing(self) -> Outgoing:
        """Ties by sender, for following a change; ordered once for all hypotheses."""
        return outgoing(self.graph)

    @cached_property
    def precision(self) -> float:
        """How exact the messages are: kernels stop earlier than the clear way."""
        return residual(self.graph, self.message)

    @property
    def basis(self) -> Basis:
        """As of when, from what and by which policy."""
        held = self.snapshot
        return Basis(held.as_of, held.known_at, held.position, policy=self.policy.name)


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
    """One step of a path: distress of `party` reaches the next with `weight`.

    `ties` are all kinds of tie between the two, each with its evidence; they act as independent
    causes, so that `weight` is more than any of theirs.
    """

    party: str
    name: str | None
    weight: float
    ties: tuple[TieEvidence, ...]


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
        echo: at least so much of the score is the party's own distress come back round a ring of
            three or more (`queries.risk.echo`); `echo_sentence` says so in Chinese, None = no ring.
        own_facts: the party's own lawful facts.  contributions, paths: hints by association.
        unused, unused_ties: facts and ties left out, and why.
    """

    party: str
    name: str | None
    score: float
    load: float
    own_load: float
    echo: float
    echo_sentence: str | None
    own_facts: tuple[OwnFact, ...]
    contributions: tuple[Contribution, ...]
    paths: tuple[Path, ...]
    unused: tuple[UnusedFact, ...]
    unused_ties: tuple[UnusedTie, ...]
    notice: str
    basis: Basis

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**asdict(self), "basis": self.basis.as_dict()}


def assess(snapshot: Snapshot, policy: Policy | None = None) -> RiskRun:
    """Propagate once over everybody."""
    chosen = policy or load_policy()
    graph = weigh(snapshot, chosen)
    return RiskRun.of(snapshot, chosen, graph, outcome_of(graph))


def explain(run: RiskRun, key: str, *, paths: int = 5, budget: int = 2_000) -> RiskAnswer:
    """Explain one party; raises `NotFoundError` when the snapshot does not know it.

    Args:
        paths: how many of the strongest paths to list.
        budget: partial paths to look at for them; where it runs out, the basis says `truncated`.
    """
    party = run.snapshot.index(key)
    contributions, own_load, load = _contributions(run, party)
    found = strongest_ways(
        run.graph, run.strongest, party, floor=run.policy.floor, count=paths, budget=budget
    )
    # from the load itself: what is listed sums to what is said, to the last digit
    score = float(-np.expm1(-load))
    echo = echo_of(run.graph, run.message, run.outgoing, party)
    if echo <= _NO_ECHO:
        echo = 0.0
    return RiskAnswer(
        party=key,
        name=run.snapshot.name(party),
        score=score,
        load=load,
        own_load=own_load,
        echo=echo,
        echo_sentence=say_echo(score, echo) if echo else None,
        own_facts=run.graph.own_facts.get(party, ()),
        contributions=contributions,
        paths=tuple(_described(run, way) for way in found.ways),
        unused=run.graph.unused.get(party, ()),
        unused_ties=run.unused_ties.of(run.snapshot, party),
        notice=HINT_NOTICE,
        basis=replace(run.basis, truncated=found.truncated),
    )


def _contributions(run: RiskRun, party: int) -> tuple[tuple[Contribution, ...], float, float]:
    """Hints by direct tie, greatest first; the party's own load; the whole load."""
    graph = run.graph
    first, last = ties_into(graph, party)
    senders = graph.source[first:last]
    passed = graph.weight[first:last].astype(float) * run.message[first:last]
    loads = -np.log1p(-passed)
    own_load = float(-np.log1p(-float(graph.own[party])))
    load = own_load + float(loads.sum())
    keys, names = (
        column.take(senders).to_pylist() for column in (run.snapshot.keys, run.snapshot.names)
    )
    told = [
        Contribution(
            key,
            name,
            tuple(SCHEMA.relationships[strand.kind].term for strand in graph.strands_of(tie)),
            part,
            part / load,
        )
        for tie, key, name, part in zip(
            range(first, last), keys, names, loads.tolist(), strict=True
        )
    ]
    told.sort(key=lambda item: (-item.load, item.party))
    return tuple(told), own_load, load


def _described(run: RiskRun, way: Way) -> Path:
    graph, snapshot = run.graph, run.snapshot
    hops, steps = [], []
    for tie in way.ties:
        sender = int(graph.source[tie])
        proven = evidence_of(snapshot, graph.strands_of(tie))
        hops.append(
            Hop(
                snapshot.keys[sender].as_py(),
                snapshot.name(sender),
                float(graph.weight[tie]),
                tuple(evidence for evidence, _ in proven),
            )
        )
        steps.append([relation for _, relation in proven])
    reasons = [fact.reason for fact in graph.own_facts[int(graph.source[way.ties[0]])]]
    end = snapshot.name(int(graph.target[way.ties[-1]]))
    return Path(way.probability, tuple(hops), say(hops[0].name, reasons, steps, end))
