"""PageRank against Neo4j Graph Data Science 2.26, in one run and on one graph.

    python -m bench.risk.gds --parties 1000000 --ties 4000000

The graph is imported into a store of our own engine with GDS in it (`gds_engine`), and written as
Parquet.  Both then rank twenty rounds, weighted, with damping 0.85 and the same number of threads:

    sweeps       GDS on its graph in memory; the blocks on theirs
    end to end   GDS projects its store and ranks; we read Parquet, file the ties and rank

Sending the ranks to whoever asked is left out on both sides, in favour of GDS: over Bolt it takes
longer than everything else.  The ranks are compared before anything is timed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import DTypeLike, NDArray

from bench.risk.gds_engine import with_gds
from bench.risk.graphs import (
    Plain,
    arguments,
    in_turns,
    option,
    plain,
    refuse_without_memory,
    table,
)
from graph.connection import Graph
from graph.engine import importing_engine, stop_engine
from graph.settings import Settings
from queries.risk.kernels.blocks import Blocks, make_blocks, processors
from queries.risk.kernels.spread import spread

DAMPING, SWEEPS = 0.85, 20
_PROJECT = """\
CALL gds.graph.project($name, 'Party', 'TIED', {relationshipProperties: 'weight', readConcurrency: $threads})
YIELD relationshipCount AS ties RETURN ties"""
_RANK = """\
CALL gds.pageRank.mutate($name, {maxIterations: $sweeps, dampingFactor: $damping, tolerance: 1e-30,
  relationshipWeightProperty: 'weight', concurrency: $threads, mutateProperty: $into})
YIELD ranIterations AS sweeps RETURN sweeps"""
_READ = """\
CALL gds.graph.nodeProperty.stream($name, $from) YIELD nodeId, propertyValue
WITH nodeId, propertyValue ORDER BY propertyValue DESC LIMIT 1000
RETURN gds.util.asNode(nodeId).number AS party, propertyValue AS rank"""
_FORGET = """\
CALL gds.graph.nodeProperties.drop($name, [$from]) YIELD propertiesRemoved AS n RETURN n"""
_DROP = "CALL gds.graph.drop($name, false) YIELD graphName AS name RETURN name"


def compare(graph: Plain, rounds: int, *, heap_mb: int) -> dict[str, float]:
    """Print both tables; returns how many times faster than GDS each way is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ties.parquet"
        columns = {"source": graph.source, "target": graph.target, "weight": graph.weight}
        pq.write_table(pa.table(columns), path, compression="zstd")
        settings = Settings(data=Path(folder) / "data", engine_heap_mb=heap_mb, neo4j_uri=None)
        fill_store(settings, graph)
        with with_gds(settings) as store:
            return _tables(store, path, graph, rounds)


def fill_store(settings: Settings, graph: Plain) -> None:
    """The same parties and ties, in the store of an engine that stands still."""
    numbers = pa.array(np.arange(len(graph.own)))
    settings.data.mkdir(parents=True, exist_ok=True)
    nodes, ties = settings.data / "nodes.parquet", settings.data / "ties.parquet"
    pq.write_table(pa.table({":ID": numbers, "number:int": numbers}), nodes)
    columns = [graph.source, graph.target, graph.weight]
    pq.write_table(pa.table(columns, names=[":START_ID", ":END_ID", "weight:double"]), ties)
    with importing_engine(settings) as fill:
        fill([("Party", nodes)], [("TIED", ties)])
    stop_engine(settings)
    nodes.unlink()
    ties.unlink()


def filed(path: Path, count: int, dtype: DTypeLike) -> Blocks:
    """Read and file the ties; what leaves a party adds up to 1."""
    ties = pq.read_table(path)
    source, target, weight = (ties[name].to_numpy() for name in ties.column_names)
    leaves = np.bincount(source, weights=weight, minlength=count)
    return make_blocks(source, target, weight / leaves[source], count, dtype=dtype)


def rank(blocks: Blocks) -> NDArray[Any]:
    """The first twenty terms of the series: what GDS has after its twenty rounds."""
    start = np.full(blocks.count, 1 - DAMPING, blocks.weight.dtype)
    found = start.copy()
    for _ in range(SWEEPS - 1):
        found = spread(blocks, found)
        found *= found.dtype.type(DAMPING)
        found += start
    return found


def _tables(store: Graph, path: Path, graph: Plain, rounds: int) -> dict[str, float]:
    count, threads = len(graph.own), processors()
    gds = _Gds(store, threads)
    assert gds.project("kept") == len(graph)
    blocks = {kind: filed(path, count, kind) for kind in (np.float32, np.float64)}
    _agree(gds, rank(blocks[np.float64]))

    def gds_sweeps() -> None:
        gds.rank("kept", "again")
        gds.forget("kept", "again")

    def gds_whole() -> None:
        gds.project("whole")
        gds.rank("whole", "rank")
        gds.drop("whole")

    print(f"a tie and sweep, {threads} threads, {SWEEPS} sweeps")
    swept: dict[str, Any] = {
        "GDS pageRank": gds_sweeps,
        "blocks float64": lambda: rank(blocks[np.float64]),
        "blocks float32": lambda: rank(blocks[np.float32]),
    }
    faster = table(in_turns(swept, rounds), "GDS pageRank", SWEEPS * len(graph))
    gds.drop("kept")
    print("end to end: from the store, from Parquet")
    whole: dict[str, Any] = {
        "GDS project, pageRank": gds_whole,
        "Parquet, blocks float64, ranks": lambda: rank(filed(path, count, np.float64)),
    }
    return faster | table(in_turns(whole, rounds), "GDS project, pageRank", len(graph))


def _agree(gds: _Gds, ours: NDArray[np.float64]) -> None:
    """Their thousand highest ranks are ours, and in our order of height."""
    gds.rank("kept", "rank")
    rows = gds.highest("kept", "rank")
    parties = np.array([row["party"] for row in rows])
    theirs = np.array([row["rank"] for row in rows])
    np.testing.assert_allclose(ours[parties], theirs, rtol=1e-6)
    np.testing.assert_allclose(np.sort(ours)[::-1][: len(theirs)], theirs, rtol=1e-6)


class _Gds:
    """Its procedures, on one connection."""

    def __init__(self, store: Graph, threads: int) -> None:
        self._store, self._threads = store, threads

    def project(self, name: str) -> int:
        return int(self._call(_PROJECT, name=name, threads=self._threads)[0]["ties"])

    def rank(self, name: str, into: str) -> None:
        """Rank into a property; the graph keeps it under that name."""
        given = {"sweeps": SWEEPS, "damping": DAMPING, "threads": self._threads}
        (row,) = self._call(_RANK, name=name, into=into, **given)
        assert row["sweeps"] == SWEEPS

    def forget(self, name: str, kept: str) -> None:
        self._call(_FORGET, name=name, **{"from": kept})

    def highest(self, name: str, kept: str) -> list[dict[str, Any]]:
        return self._call(_READ, name=name, **{"from": kept})

    def drop(self, name: str) -> None:
        self._call(_DROP, name=name)

    def _call(self, text: str, **given: Any) -> list[dict[str, Any]]:
        return self._store.read(text, given, timeout_s=600).rows


def main() -> None:
    """Run and print."""
    heap_mb = int(option("--heap-mb", 4096))
    given = arguments(__doc__, parties=1_000_000, ties=4_000_000, rounds=3)
    refuse_without_memory(given.ties * 200 + given.parties * 100 + heap_mb * 2**20)
    graph = plain(given.parties, given.ties, seed=given.seed, local=given.local, two_way=False)
    compare(graph, given.rounds, heap_mb=heap_mb)


if __name__ == "__main__":
    main()
