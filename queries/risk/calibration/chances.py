"""What a policy foretells of everybody on a day, and how the forecast follows its numbers.

A policy is weighed by the very code that weighs it for an officer, with the coins of the run; the
same coins under every policy, so that two policies differ by what they say and not by luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from graph.snapshot import Snapshot
from queries.risk.calibration.parameters import most_of, place_on_scale, value_on_scale, with_values
from queries.risk.cascade.throws import SAMPLES, Throws
from queries.risk.policy import Policy
from queries.risk.run import linked_of
from queries.risk.weights import RiskGraph, weigh

__all__ = ["Foretold", "foretell", "joint_outcomes", "slopes"]

Chances = NDArray[np.float64]

#: How far on its scale a number is moved to see what follows.
_STEP = 0.1


@dataclass(frozen=True, eq=False)
class Foretold:
    """Of everybody: by own facts, by what is linked while own facts do nothing, and together with
    what everybody has."""

    graph: RiskGraph
    own: Chances
    linked: Chances
    base: float

    @property
    def together(self) -> Chances:
        """The chance of distress from any cause."""
        return np.asarray(1 - (1 - self.base) * (1 - self.own - self.linked))

    @property
    def alone(self) -> Chances:
        """The same without what is linked."""
        return np.asarray(1 - (1 - self.base) * (1 - self.own))


def foretell(snapshot: Snapshot, policy: Policy, *, worlds: int = SAMPLES) -> Foretold:
    """Weigh a policy and throw its coins."""
    graph = weigh(snapshot, policy)
    sampled = Throws.of(graph).count(worlds)
    return Foretold(graph, graph.own, linked_of(sampled), policy.base.probability)


def slopes(
    snapshot: Snapshot,
    policy: Policy,
    at: Mapping[str, float],
    names: Sequence[str],
    parties: NDArray[np.int64],
    *,
    worlds: int = SAMPLES,
) -> NDArray[np.float64]:
    """How the chances of `parties` change with every number, one column each, on its scale.

    Args:
        at: values about which it is asked.
    """
    columns = []
    for name in names:
        here = value_on_scale(name, at[name])
        ends = [min(place_on_scale(name, here + step), most_of(name)) for step in (-_STEP, _STEP)]
        low, high = (
            foretell(snapshot, with_values(policy, {**at, name: value}), worlds=worlds)
            .together[parties]
            for value in ends
        )  # fmt: skip
        width = value_on_scale(name, ends[1]) - value_on_scale(name, ends[0])
        columns.append((high - low) / width)
    return np.stack(columns, axis=1)


def joint_outcomes(
    foretold: Foretold, worlds: int, generator: np.random.Generator
) -> NDArray[np.bool_]:
    """Who fails in each of so many worlds, one row a world: failures that draw others along are
    in the same row."""
    graph, count = foretold.graph, len(foretold.own)
    failed = np.zeros((worlds, count), bool)
    for world in range(worlds):
        begins = np.flatnonzero(generator.random(count) < graph.own)
        holds = generator.random(len(graph.weight)) < graph.weight
        # one more party, tied to all who begin: whoever can be reached from it fails
        source = np.append(graph.source[holds], np.full(len(begins), count))
        target = np.append(graph.target[holds], begins)
        net = coo_array(
            (np.ones(len(source), np.int8), (source, target)), shape=(count + 1, count + 1)
        ).tocsr()
        reached = breadth_first_order(net, count, return_predecessors=False)
        failed[world, reached[1:]] = True
        failed[world] |= generator.random(count) < foretold.base
    return failed
