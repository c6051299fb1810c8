"""Strongest paths from all seeds at once, against Dijkstra of scipy, igraph and networkx.

    python -m bench.risk.paths --parties 1000000 --ties 10000000

The peers search from one extra party with a tie to every party, as long as −ln of its own
probability.  networkx is run with `--networkx`: it takes minutes and gigabytes at a million.  After
the graph that was asked for come two as sparse as real ones (`graphs.SPARSE`), of as many parties.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

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
from queries.risk.kernels.blocks import make_blocks, processors
from queries.risk.kernels.paths import strongest_paths


def compare(graph: Plain, rounds: int, *, with_networkx: bool = False) -> dict[str, float]:
    """Print the table; every peer is checked to find the same strengths."""
    count = len(graph.own)
    blocks = make_blocks(graph.source, graph.target, graph.weight, count)
    exact = make_blocks(graph.source, graph.target, graph.weight, count, dtype=np.float64)
    everyone = np.arange(count)
    source = np.concatenate((graph.source, np.full(count, count)))
    target = np.concatenate((graph.target, everyone))
    length = -np.log(np.concatenate((graph.weight, graph.own)))
    # from one source outwards: a row holds the ties that leave a party
    logs = sparse.csr_array((length, (source, target)), shape=(count + 1, count + 1))

    def dijkstra() -> Any:
        return csgraph.dijkstra(logs, indices=count, return_predecessors=True)

    found, _ = strongest_paths(exact, graph.own)
    assert np.allclose(np.exp(-dijkstra()[0][:count]), found, rtol=1e-9)
    works: dict[str, Any] = {
        "scipy dijkstra": dijkstra,
        f"blocks float32, {processors()} threads": lambda: strongest_paths(blocks, graph.own),
        f"blocks float64, {processors()} threads": lambda: strongest_paths(exact, graph.own),
    }
    works |= _igraph(source, target, length, found)
    if with_networkx:
        works |= _networkx(source, target, length)
    return table(in_turns(works, rounds), "scipy dijkstra", len(graph))


def _igraph(source: Any, target: Any, length: Any, expected: Any) -> dict[str, Any]:
    igraph = peer("igraph")
    if igraph is None:
        return {}
    net = igraph.Graph(edges=np.column_stack((source, target)), directed=True)
    last = len(expected)

    def distances() -> Any:
        return net.distances(source=last, weights=length, mode="out")

    assert np.allclose(np.exp(-np.array(distances()[0][:last])), expected, rtol=1e-9)
    return {"igraph dijkstra, no predecessors": distances}


def _networkx(source: Any, target: Any, length: Any) -> dict[str, Any]:
    import networkx as nx

    net = nx.DiGraph()
    net.add_weighted_edges_from(zip(source.tolist(), target.tolist(), length.tolist(), strict=True))
    last = int(source[-1])
    return {"networkx dijkstra": lambda: nx.single_source_dijkstra_path_length(net, last)}


def main() -> None:
    """Run and print."""
    with_networkx = flag("--networkx")
    given = arguments(__doc__, parties=1_000_000, ties=5_000_000, rounds=3)
    refuse_without_memory(given.ties * (600 if with_networkx else 150) + given.parties * 100)
    shape = {"seed": given.seed, "local": given.local}
    graph = plain(given.parties, given.ties, two_way=True, **shape)
    compare(graph, given.rounds, with_networkx=with_networkx)
    for name, dense in SPARSE.items():
        print(f"as sparse as {name}, {dense} ties a party")
        ties = int(given.parties * dense)
        compare(plain(given.parties, ties, two_way=dense > 1, **shape), given.rounds)


if __name__ == "__main__":
    main()
