"""A small run that fails where the kernels lose what they are for: ratios only, never seconds.

    python -m bench.risk.gate

Each ratio is the median of ratios within a round, ours and the peer's in turns.  Floors are about
half of what a quiet machine shows, so that a busy one does not fail by itself; a failing one is
measured twice more before it counts.  Bits are no matter of luck: they are compared once.
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
from queries.risk.kernels.spread import spread

__all__ = ["holds", "main", "same_bits"]

SEED = 20260601
_TRIES = 3


def main() -> None:
    """Run and print; exit 1 where a ratio stays below its floor, or threads change a bit."""
    two_way = plain(100_000, 1_000_000, seed=SEED, local=0.9, two_way=True)
    large = plain(1_000_000, 4_000_000, seed=SEED, local=0.9, two_way=False)
    small = plain(20_000, 100_000, seed=SEED, local=0.9, two_way=False)
    checks = [
        holds("linear sweep against scipy CSR, one thread", 1.2, partial(_linear, large)),
        holds("paths against scipy dijkstra", 2.0, partial(_paths, two_way)),
        holds("message sweep against a scipy product, one thread", 0.2, partial(_sweep, two_way)),
        holds("end to end against networkx.pagerank", 10.0, partial(_end_to_end, small)),
        same_bits(two_way),
    ]
    sys.exit(not all(checks))


def holds(name: str, floor: float, measure: Callable[[], float]) -> bool:
    """Whether one of three measurements reaches the floor; says so."""
    print(name)
    ratio = 0.0
    for _ in range(_TRIES):
        ratio = max(ratio, measure())
        if ratio >= floor:
            break
    print(f"{'ok' if ratio >= floor else 'FAILED':>8}  {ratio:.2f}, floor {floor}", flush=True)
    return ratio >= floor


def same_bits(graph: Plain) -> bool:
    """Whether two threads find what one finds, to the last bit; says so."""
    blocks = make_blocks(graph.source, graph.target, graph.weight, len(graph.own))
    one, two = (settle(blocks, graph.own, threads=threads) for threads in (1, 2))
    same = np.array_equal(one.reached, two.reached) and np.array_equal(one.passed, two.passed)
    print(f"two threads against one, bits\n{'ok' if same else 'FAILED':>8}", flush=True)
    return same


def _linear(graph: Plain) -> float:
    count = len(graph.own)
    weight, value = graph.weight.astype(np.float32), np.full(count, 0.5, np.float32)
    matrix = sparse.csr_array((weight, (graph.target, graph.source)), shape=(count, count))
    blocks = make_blocks(graph.source, graph.target, graph.weight, count)
    works = {
        "scipy CSR float32": lambda: matrix @ value,
        "blocks": lambda: spread(blocks, value, threads=1),
    }
    return table(in_turns(works, 9), "scipy CSR float32", len(graph))["blocks"]


def _paths(graph: Plain) -> float:
    found = paths(graph, 3)
    return max(ratio for name, ratio in found.items() if name.startswith("blocks"))


def _sweep(graph: Plain) -> float:
    """An echo-free sweep divides once and passes both ways; the product only multiplies and adds.

    One thread each: beside other work a second one is waited for.
    """
    count = len(graph.own)
    shape = (count, count)
    matrix = sparse.csr_array((graph.weight, (graph.target, graph.source)), shape=shape)
    blocks = make_blocks(graph.source, graph.target, graph.weight, count)
    sweeps = settle(blocks, graph.own).sweeps
    value = np.full(count, 0.5)

    def products() -> None:
        for _ in range(sweeps):
            matrix @ value

    works = {
        "scipy products": products,
        "echo-free sweeps": lambda: settle(blocks, graph.own, threads=1),
    }
    return table(in_turns(works, 5), "scipy products", sweeps * len(graph))["echo-free sweeps"]


def _end_to_end(graph: Plain) -> float:
    return end_to_end(graph, 1)["blocks"]


if __name__ == "__main__":
    main()
