"""One sweep and a whole score, against scipy's CSR product on the same ties.

    python -m bench.risk.sweeps --parties 1000000 --ties 10000000

Linear sweeps run on one-way ties and one thread beside scipy's; the score runs on two-way ties and
all processors.  `--slope` repeats the score at a tenth of the size: 1 is growth in step.
"""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np
from scipy import sparse

from bench.risk.graphs import Plain, arguments, flag, in_turns, plain, refuse_without_memory, table
from bench.risk.machine import measure
from queries.risk.kernels.blocks import Blocks, make_blocks, processors
from queries.risk.kernels.messages import scores, settle
from queries.risk.kernels.spread import noisy_or_sweep, spread


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
    return table(in_turns(works, rounds), "scipy CSR float32", len(graph))


def _graphblas(matrix: Any, value: Any) -> dict[str, Any]:
    try:
        import graphblas as gb
    except ImportError:
        print("  graphblas is not installed (pip install python-graphblas): left out")
        return {}
    held, vector = gb.io.from_scipy_sparse(matrix), gb.Vector.from_dense(value)
    product = gb.semiring.plus_times
    return {"graphblas plus_times float32": lambda: product(held @ vector).new()}


def score(graph: Plain, rounds: int, dtype: type) -> float:
    """Print what one echo-free score takes and what is done once; returns seconds a sweep."""
    blocks = _filed(graph, dtype)
    settled = settle(blocks, graph.own)
    works = {
        "filing": lambda: _filed(graph, dtype),
        "sweeps": lambda: settle(blocks, graph.own),
        "loads": lambda: scores(graph.target, settled.passed, blocks.place, graph.own),
    }
    middle = {name: statistics.median(t) for name, t in in_turns(works, rounds).items()}
    sweep = middle["sweeps"] / settled.sweeps
    held = (blocks.nbytes + settled.passed.nbytes) / len(graph)
    print(
        f"  {np.dtype(dtype).name} score {middle['sweeps']:6.2f} s: {settled.sweeps} sweeps, "
        f"{sweep / len(graph) * 1e9:.2f} ns a tie and sweep, {held:.1f} B a tie; once: filing "
        f"{middle['filing']:.2f} s, loads {middle['loads']:.2f} s"
    )
    return sweep


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
    linear(plain(given.parties, given.ties, two_way=False, **shape), given.rounds)
    print("echo-free score, two-way ties, all processors")
    graph = plain(given.parties, given.ties, two_way=True, **shape)
    whole, _ = (score(graph, given.rounds, dtype) for dtype in (np.float32, np.float64))
    if slope:
        tenth = plain(given.parties // 10, given.ties // 10, two_way=True, **shape)
        small = score(tenth, given.rounds, np.float32)
        growth = math.log(whole / small) / math.log(len(graph) / len(tenth))
        print(
            f"  ten times the graph, {whole / small:.1f} times the sweep: seconds ~ ties^{growth:.2f}"
        )


if __name__ == "__main__":
    main()
