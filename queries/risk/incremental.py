"""The outcome after a batch: from the one before it, where little changed."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.snapshot import Snapshot
from queries.risk.cascade.throws import Throws
from queries.risk.propagation import KERNELS_FROM, Propagation, propagate
from queries.risk.run import RiskRun
from queries.risk.weights import RiskGraph, weigh

__all__ = ["INCREMENTAL_UP_TO", "incremental_propagation", "update_run"]

#: Share of the ties that may have changed; beyond it a full run is faster (`bench.risk.incremental`).
INCREMENTAL_UP_TO = 0.002


def update_run(run: RiskRun, snapshot: Snapshot) -> RiskRun:
    """`assess(snapshot)` by the policy of a run before it, mended from that run where little changed.

    Facts and weights are looked up afresh, and the coins are thrown again; of paths, only what the
    changes set off is followed instead of swept over.
    """
    graph = weigh(snapshot, run.policy)
    number = pc.index_in(run.snapshot.keys, value_set=snapshot.keys)
    found = incremental_propagation(
        run.graph,
        run.outcome,
        graph,
        pc.fill_null(number, -1).to_numpy().astype(np.int64),
        up_to=INCREMENTAL_UP_TO,
        kernels_from=KERNELS_FROM,
    )
    return RiskRun.of(snapshot, run.policy, graph, found)


def incremental_propagation(
    was: RiskGraph,
    outcome: Propagation,
    graph: RiskGraph,
    number: NDArray[np.int64],
    *,
    up_to: float = INCREMENTAL_UP_TO,
    kernels_from: int = KERNELS_FROM,
) -> Propagation:
    """`propagate(graph)` from the outcome of the graph that `was` before.

    The same bit for bit.  All paths are looked for anew where the graph is small, more changed than
    `up_to`, or the order of the parties is another.

    Args:
        number: of each party of `was` in `graph`; −1 for one that is there no more.
    """
    kept = number >= 0
    if len(graph.weight) < kernels_from or np.any(np.diff(number[kept]) <= 0):
        return propagate(graph, kernels_from=kernels_from)
    count = len(graph.own)
    pair = graph.target * count + graph.source
    held = np.flatnonzero(kept[was.target] & kept[was.source])
    held_pair = number[was.target[held]] * count + number[was.source[held]]
    place = np.minimum(np.searchsorted(held_pair, pair), max(len(held_pair) - 1, 0))
    known = held_pair[place] == pair if len(held_pair) else np.zeros(len(pair), bool)
    old = held[place[known]] if len(held) else np.zeros(0, np.int64)
    changed = ~known
    changed[known] = was.weight[old] != graph.weight[known]
    gone = np.ones(len(was.weight), bool)
    gone[old] = False

    own = np.full(count, -1.0)
    own[number[kept]] = was.own[kept]
    touched = np.zeros(count, bool)
    touched[own != graph.own] = True
    touched[graph.source[changed]] = touched[graph.target[changed]] = True
    for end in (number[was.source[gone]], number[was.target[gone]]):
        touched[end[end >= 0]] = True
    if changed.sum() + gone.sum() > up_to * len(pair):
        return propagate(graph, kernels_from=kernels_from)

    from queries.risk.kernels.incremental import neighbours_of, update_paths

    strongest, before = np.array(graph.own), np.full(count, -1, np.int64)
    strongest[number[kept]] = outcome.strongest[kept]
    led = kept & (outcome.before >= 0)
    before[number[led]] = number[outcome.before[led]]
    neighbours = neighbours_of(graph.source, graph.target, graph.weight, count)
    update_paths(neighbours, graph.own, strongest, before, np.flatnonzero(touched))
    throws = Throws.of(graph)
    sampled = throws.count(outcome.sampled.worlds)
    return Propagation(throws, sampled, strongest, before, incremental=True)
