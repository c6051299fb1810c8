"""One throw of all coins over a snapshot: what everybody's risk is told from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot
from queries.basis import Basis
from queries.risk.cascade.sampled import Sampled
from queries.risk.cascade.throws import Throws
from queries.risk.policy import Policy, load_policy
from queries.risk.propagation import Propagation, propagate
from queries.risk.weights import RiskGraph, weigh

__all__ = ["RiskRun", "assess", "linked_of"]


@dataclass(frozen=True, eq=False)
class RiskRun:
    """One run over a snapshot; explains any party from it.

    Attributes:
        throws, sampled, strongest, before, incremental: as in `queries.risk.propagation.Outcome`.
    """

    snapshot: Snapshot
    policy: Policy
    graph: RiskGraph
    throws: Throws
    sampled: Sampled
    strongest: NDArray[np.float64]
    before: NDArray[np.int64]
    incremental: bool = False

    @classmethod
    def of(
        cls, snapshot: Snapshot, policy: Policy, graph: RiskGraph, outcome: Propagation
    ) -> RiskRun:
        """The run that an outcome belongs to."""
        found = {item.name: getattr(outcome, item.name) for item in fields(outcome)}
        return cls(snapshot, policy, graph, **found)

    @property
    def outcome(self) -> Propagation:
        """The arrays alone."""
        return Propagation(*(getattr(self, item.name) for item in fields(Propagation)))

    @cached_property
    def linked(self) -> NDArray[np.float64]:
        """Of everybody: the share of worlds in which others' facts reach it and its own do not."""
        return linked_of(self.sampled)

    @cached_property
    def score(self) -> NDArray[np.float64]:
        """Of everybody: own facts, known exactly, and what is linked, as sampled."""
        return np.asarray(self.graph.own + self.linked)

    @cached_property
    def ever_reached(self) -> NDArray[np.bool_]:
        """Parties that are reached in any world: nobody else is worth following."""
        return np.asarray(self.sampled.reached > 0)

    @cached_property
    def sorted_linked(self) -> NDArray[np.float64]:
        """`linked` in rising order, for ranks."""
        return np.sort(self.linked)

    @property
    def basis(self) -> Basis:
        """As of when, from what and by which policy."""
        held = self.snapshot
        return Basis.of(held, policy=self.policy.name)


def linked_of(sampled: Sampled) -> NDArray[np.float64]:
    """Share of worlds in which a party is reached and does not begin by itself."""
    return np.asarray((sampled.reached - sampled.began) / sampled.worlds)


def assess(snapshot: Snapshot, policy: Policy | None = None) -> RiskRun:
    """Throw once for everybody."""
    chosen = policy or load_policy()
    graph = weigh(snapshot, chosen)
    return RiskRun.of(snapshot, chosen, graph, propagate(graph))
