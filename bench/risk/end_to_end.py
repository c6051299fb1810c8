"""From a Parquet file of ties to a rank of everybody: the blocks against networkx and igraph.

    python -m bench.risk.end_to_end --parties 1000000 --ties 5000000

Both read the same file, build what they need, and rank with damping 0.85 to a change below 1e-6 a
party (networkx's own rule).  The answers are compared; networkx takes minutes and runs only to be timed.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench.risk.graphs import Plain, arguments, in_turns, peer, plain, refuse_without_memory, table
from queries.risk.kernels.blocks import make_blocks
from queries.risk.kernels.spread import spread

DAMPING, CLOSE = 0.85, 1e-6


def compare(graph: Plain, rounds: int) -> dict[str, float]:
    """Print the table; returns how many times faster each is than networkx."""
    count = len(graph.own)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ties.parquet"
        columns = {"source": graph.source, "target": graph.target, "weight": graph.weight}
        pq.write_table(pa.table(columns), path, compression="zstd")
        ranked = with_blocks(path, count)  # and everything is compiled and read once
        theirs = []
        works: dict[str, Any] = {
            "networkx.pagerank": lambda: theirs.append(with_networkx(path, count)),
            "blocks": lambda: with_blocks(path, count),
        }
        works |= _igraph(path, count)
        seconds = in_turns(works, rounds, warm_up=False)
        # a quarter of a second is measured five times, minutes once
        again = in_turns({"blocks": works["blocks"]}, 5)["blocks"]
        seconds["blocks"] = [statistics.median(again)] * rounds
        assert np.abs(ranked - theirs[0]).sum() < 10 * count * CLOSE * DAMPING
        return table(seconds, "networkx.pagerank", len(graph))


def with_blocks(path: Path, count: int) -> NDArray[np.float64]:
    """Read, file, sweep until it stands."""
    ties = pq.read_table(path)
    source, target, weight = (ties[name].to_numpy() for name in ties.column_names)
    leaves = np.bincount(source, weights=weight, minlength=count)
    blocks = make_blocks(source, target, weight, count, dtype=np.float64)
    silent = leaves == 0
    # a party's share is taken once, not once for each of its ties
    passes = DAMPING / np.where(silent, 1, leaves)
    rank = np.full(count, 1 / count)
    while True:
        jump = (1 - DAMPING + DAMPING * rank[silent].sum()) / count
        following: NDArray[np.float64] = spread(blocks, rank * passes) + jump
        if np.abs(following - rank).sum() < count * CLOSE:
            return following
        rank = following


def with_networkx(path: Path, count: int) -> NDArray[np.float64]:
    """Read, build a DiGraph, rank."""
    import networkx as nx

    ties = pq.read_table(path)
    net = nx.DiGraph()
    net.add_nodes_from(range(count))
    net.add_weighted_edges_from(zip(*(column.to_pylist() for column in ties.columns), strict=True))
    return np.array(list(nx.pagerank(net, alpha=DAMPING, tol=CLOSE).values()))


def _igraph(path: Path, count: int) -> dict[str, Any]:
    igraph = peer("igraph")
    if igraph is None:
        return {}

    def rank() -> Any:
        ties = pq.read_table(path)
        ends = np.column_stack((ties["source"].to_numpy(), ties["target"].to_numpy()))
        net = igraph.Graph(n=count, edges=ends, directed=True)
        return net.pagerank(weights=ties["weight"].to_pylist(), damping=DAMPING)

    return {"igraph (to machine precision)": rank}


def main() -> None:
    """Run and print."""
    given = arguments(__doc__, parties=1_000_000, ties=5_000_000, rounds=1)
    refuse_without_memory(given.ties * 800 + given.parties * 500)
    graph = plain(given.parties, given.ties, seed=given.seed, local=given.local, two_way=False)
    compare(graph, given.rounds)


if __name__ == "__main__":
    main()
