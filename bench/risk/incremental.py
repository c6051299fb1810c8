"""A few changes on a big graph: mended against worked out afresh.

    python -m bench.risk.incremental --parties 1000000 --ties 10000000

Half of the changes take a tie away (weight 0), half give it another weight.  Every mended result
is compared with the full run on the changed graph.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.risk.graphs import Plain, arguments, plain, refuse_without_memory
from queries.risk.kernels.blocks import make_blocks
from queries.risk.kernels.incremental import neighbours_of, update_paths
from queries.risk.kernels.paths import strongest_paths
from queries.risk.weights import RiskGraph

CHANGES = (1, 100, 1_000, 10_000)


def measure(graph: Plain, rounds: int, *, changes: Sequence[int] = CHANGES) -> None:
    """Print one line for each number of changes."""
    rng = np.random.default_rng(1)
    source, target = graph.source.astype(np.int64), graph.target.astype(np.int64)
    held = RiskGraph(graph.own, source, target, graph.weight.copy(), (), {}, {})
    started = time.perf_counter()
    neighbours = neighbours_of(held.source, held.target, held.weight, len(held.own))
    print(f"  neighbours, once: {time.perf_counter() - started:.2f} s")
    full = _full(held)
    for count in changes:
        seconds: dict[str, list[float]] = {}
        for turn in range(rounds + 1):
            ties = rng.choice(len(graph), count, replace=False)
            kept = held.weight[ties].copy()
            held.weight[ties] = np.where(rng.random(count) < 0.5, 0.0, rng.permutation(kept))
            touched = np.unique(np.concatenate((graph.source[ties], graph.target[ties])))
            touched = touched.astype(np.int64)
            afresh = _full(held)
            strongest, before = full["strongest"].copy(), full["before"].copy()
            taken = {"path": _timed(update_paths, neighbours, held.own, strongest, before, touched)}
            assert np.array_equal(strongest, afresh["strongest"])
            assert np.array_equal(before, afresh["before"])
            taken |= {name: afresh[name] for name in ("full path",)}
            held.weight[ties] = kept
            neighbours = neighbours_of(
                held.source, held.target, held.weight, len(held.own)
            )  # the weights went back without being mended
            for name, value in taken.items() if turn else ():
                seconds.setdefault(name, []).append(value)
        line = [
            f"{name} {statistics.median(values) * 1e3:.1f} ms" for name, values in seconds.items()
        ]
        print(f"  {count:6,} changes: " + "; ".join(line))


def _full(graph: RiskGraph) -> dict[str, Any]:
    count = len(graph.own)
    blocks = make_blocks(graph.source, graph.target, graph.weight, count, dtype=np.float64)
    begin = time.perf_counter()
    strongest, before = strongest_paths(blocks, graph.own)
    return {
        "strongest": strongest, "before": before, "full path": time.perf_counter() - begin,
    }  # fmt: skip


def _timed(work: Any, *given: Any, **named: Any) -> float:
    started = time.perf_counter()
    work(*given, **named)
    return time.perf_counter() - started


def main() -> None:
    """Run and print."""
    given = arguments(__doc__, parties=1_000_000, ties=5_000_000, rounds=3)
    refuse_without_memory(given.ties * 160 + given.parties * 100)
    graph = plain(given.parties, given.ties, seed=given.seed, local=given.local, two_way=True)
    measure(graph, given.rounds)


if __name__ == "__main__":
    main()
