"""One linear sweep, against scipy's CSR product on the same ties.

    python -m bench.risk.sweeps --parties 1000000 --ties 10000000

One-way ties, and one thread beside scipy's; graphblas takes all.  After the graph that was asked for
come two as sparse as real ones (`graphs.SPARSE`), of as many parties.  `--slope` repeats the first at
a tenth of the size: 1 is growth in step.
"""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np
from scipy import sparse

from bench.risk.graphs import (
    SPARSE,
    Plain,
    arguments,
    flag,
    in_turns,
    peer,
    plain,
    refuse_without_memory,
    table,
)
from bench.risk.machine import measure
from queries.risk.kernels.blocks import Blocks, make_blocks, processors
from queries.risk.kernels.spread import noisy_or_sweep, spread

_GRAPHBLAS = "graphblas plus_times float32"


def linear(graph: Plain, rounds: int) -> dict[str, float]:
    """Σ weight · value over one-way ties: ours, scipy, and what else is installed."""
    count = len(graph.own)
    blocks = _filed(graph, np.float32)
    single = sparse.csr_array(
        (graph.weight.astype(np.float32), (graph.target, graph.source)), shape=(count, count)
    )
    double = single.astype(np.float64)
    value, wide = np.full(count, 0.5, np.float32), np.full(count, 0.5)
    works: dict[str, Any] = {
        "scipy CSR float32": lambda: single @ value,
        "scipy CSR float64": lambda: double @ wide,
        "blocks, 1 thread": lambda: spread(blocks, value, threads=1),
        f"blocks, {processors()} threads": lambda: spread(blocks, value),
        "blocks noisy-OR, 1 thread": lambda: noisy_or_sweep(blocks, value, value, threads=1),
    }
    works |= _graphblas(single, value)
    seconds = in_turns(works, rounds)
    if _GRAPHBLAS in seconds:
        pairs = zip(seconds[_GRAPHBLAS], seconds[f"blocks, {processors()} threads"], strict=True)
        ratio = statistics.median(theirs / ours for theirs, ours in pairs)
        print(f"  blocks are {ratio:.2f} × as fast as graphblas, all threads of both")
    return table(seconds, "scipy CSR float32", len(graph))


def _graphblas(matrix: Any, value: Any) -> dict[str, Any]:
    gb = peer("graphblas")
    if gb is None:
        return {}
    held, vector = gb.io.from_scipy_sparse(matrix), gb.Vector.from_dense(value)
    product = gb.semiring.plus_times
    return {_GRAPHBLAS: lambda: product(held @ vector).new()}


def _filed(graph: Plain, dtype: type) -> Blocks:
    return make_blocks(graph.source, graph.target, graph.weight, len(graph.own), dtype=dtype)


def main() -> None:
    """Run and print."""
    slope = flag("--slope")
    given = arguments(__doc__, parties=1_000_000, ties=5_000_000)
    refuse_without_memory(given.ties * 100 + given.parties * 60)
    shape = {"seed": given.seed, "local": given.local}
    print("the machine at its best")
    for name, value in measure().items():
        print(f"  {name:38s} {value:8.2f}")
    print("linear sweep, one-way ties")
    graph = plain(given.parties, given.ties, two_way=False, **shape)
    linear(graph, given.rounds)
    for name, dense in SPARSE.items():
        print(f"as sparse as {name}, {dense} ties a party")
        ties = int(given.parties * dense)
        linear(plain(given.parties, ties, two_way=False, **shape), given.rounds)
    if slope:
        tenth = plain(given.parties // 10, given.ties // 10, two_way=False, **shape)
        whole, small = (_sweep(each, given.rounds) for each in (graph, tenth))
        growth = math.log(whole / small) / math.log(len(graph) / len(tenth))
        print(
            f"  ten times the graph, {whole / small:.1f} times the sweep: seconds ~ ties^{growth:.2f}"
        )


def _sweep(graph: Plain, rounds: int) -> float:
    blocks, value = _filed(graph, np.float32), np.full(len(graph.own), 0.5, np.float32)
    return statistics.median(in_turns({"": lambda: spread(blocks, value)}, rounds)[""])


if __name__ == "__main__":
    main()
