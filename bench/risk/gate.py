"""A small run that fails where the kernels lose what they are for: ratios only, never seconds.

    python -m bench.risk.gate

Floors are about half of what a quiet machine shows, so that a busy one does not fail by itself;
a failing floor is tried once more before it counts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy import sparse

from bench.risk.end_to_end import compare as end_to_end
from bench.risk.graphs import Plain, in_turns, plain, table
from bench.risk.paths import compare as paths
from queries.risk.kernels.blocks import make_blocks
from queries.risk.kernels.messages import settle

SEED = 20260601


def main() -> None:
    """Run and print; exit 1 where a ratio is below its floor."""
    two_way = plain(200_000, 2_000_000, seed=SEED, local=0.9, two_way=True)
    one_way = plain(50_000, 250_000, seed=SEED, local=0.9, two_way=False)
    floors: list[tuple[str, float, Callable[[], float]]] = [
        ("paths against scipy dijkstra", 2.0, partial(_paths, two_way)),
        ("message sweep against a scipy product", 0.2, partial(_sweep, two_way)),
        ("end to end against networkx.pagerank", 15.0, partial(_end_to_end, one_way)),
    ]
    failed = False
    for name, floor, measure in floors:
        print(name)
        ratio = measure()
        if ratio < floor:
            ratio = max(ratio, measure())
        failed |= ratio < floor
        print(f"{'FAILED' if ratio < floor else 'ok':>8}  {ratio:.2f}, floor {floor}")
    sys.exit(failed)


def _paths(graph: Plain) -> float:
    found = paths(graph, 3)
    return max(ratio for name, ratio in found.items() if name.startswith("blocks"))


def _sweep(graph: Plain) -> float:
    """An echo-free sweep divides once and passes both ways; the product only multiplies and adds."""
    count = len(graph.own)
    shape = (count, count)
    matrix = sparse.csr_array((graph.weight, (graph.target, graph.source)), shape=shape)
    blocks = make_blocks(graph.source, graph.target, graph.weight, count)
    sweeps = settle(blocks, graph.own).sweeps
    value = np.full(count, 0.5)

    def products() -> None:
        for _ in range(sweeps):
            matrix @ value

    works = {"scipy products": products, "echo-free sweeps": lambda: settle(blocks, graph.own)}
    return table(in_turns(works, 5), "scipy products", sweeps * len(graph))["echo-free sweeps"]


def _end_to_end(graph: Plain) -> float:
    return end_to_end(graph, 1)["blocks"]


if __name__ == "__main__":
    main()
