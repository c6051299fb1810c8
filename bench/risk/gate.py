"""A small run that fails where the kernels lose what they are for: ratios only, never seconds.

    python -m bench.risk.gate

Each ratio is the median of ratios within a round, ours and the peer's in turns (floors: `bench.floor`).
Bits are no matter of luck: they are compared once.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy import sparse

from bench.floor import holds
from bench.risk.cascade import compare as cascade
from bench.risk.cascade import net
from bench.risk.end_to_end import compare as end_to_end
from bench.risk.graphs import Plain, in_turns, plain, table
from bench.risk.paths import compare as paths
from bench.risk.snapshot import numbering, write_log
from graph.log import FactLog
from queries.risk.cascade.sampled import count_reached
from queries.risk.kernels.blocks import make_blocks
from queries.risk.kernels.spread import spread

__all__ = ["main", "same_bits"]

SEED = 20260601


def main() -> None:
    """Run and print; exit 1 where a ratio stays below its floor, or threads change a bit."""
    two_way = plain(100_000, 1_000_000, seed=SEED, local=0.9, two_way=True)
    large = plain(1_000_000, 4_000_000, seed=SEED, local=0.9, two_way=False)
    sparse_ties = plain(100_000, 200_000, seed=SEED, local=0.9, two_way=False)
    small = plain(20_000, 100_000, seed=SEED, local=0.9, two_way=False)
    checks = [
        holds("linear sweep against scipy CSR, one thread", 1.2, partial(_linear, large)),
        holds("paths against scipy dijkstra", 2.0, partial(_paths, two_way)),
        holds(
            "a world of the cascade against scipy's search", 20.0, partial(_cascade, sparse_ties)
        ),
        holds("end to end against networkx.pagerank", 10.0, partial(_end_to_end, small)),
        holds("numbering against Arrow's hash of the same keys", 0.35, _numbering),
        same_bits(sparse_ties),
    ]
    sys.exit(not all(checks))


def same_bits(graph: Plain) -> bool:
    """Whether three threads find what one finds, to the last bit; says so."""
    one, more = (count_reached(net(graph), 1_024, threads=threads) for threads in (1, 3))
    same = np.array_equal(one.reached, more.reached) and np.array_equal(one.began, more.began)
    print(f"three threads against one, bits\n{'ok' if same else 'FAILED':>8}", flush=True)
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


def _cascade(graph: Plain) -> float:
    return cascade(graph, 3, worlds=1_024, few=2, python=False)["scipy breadth_first_order"]


def _end_to_end(graph: Plain) -> float:
    return end_to_end(graph, 1)["blocks"]


def _numbering() -> float:
    with TemporaryDirectory() as folder:
        log = FactLog(Path(folder) / "log")
        write_log(log, 100_000, 500_000, SEED)
        number, encode = numbering(log)
        name = "Arrow's hash of the keys"
        return table(in_turns({name: encode, "numbering": number}, 5), name, 500_000)["numbering"]


if __name__ == "__main__":
    main()
