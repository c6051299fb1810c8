"""How fast the log becomes a graph, against what the same Neo4j can do at best over Bolt.

    python -m bench.graph.projection --persons 20000 --rounds 3

Three ways to the same graph on the same engine: our projection from the log; a bare loop that
sends the same statements with rows made beforehand; and the import into an empty store.  Printed
are medians over the rounds and ratios from this one run; the first round warms up and is left out.
With `--rounds 0` only the import is made.  An import counts until every index answers.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import ingest
from graph.catch_up import catch_up
from graph.connection import Graph, connect
from graph.cypher import merge_text, migrations
from graph.log import FactLog
from graph.projection import _rows, _shared, project
from graph.schema import SCHEMA
from graph.settings import Settings
from ingest.sample import steps, write_district

WIPE = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 20000 ROWS"


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data", engine_heap_mb=2048)
        write_district(Path(folder) / "district", persons=given.persons)
        started = time.perf_counter()
        for source, path in steps(Path(folder) / "district"):
            ingest.ingest(source, [path], settings=settings, into_graph=False)
        ingested = time.perf_counter() - started
        log = FactLog(settings.log_dir)
        facts = sum(batch.fact_count for batch in log.batches())
        started = time.perf_counter()
        catch_up(settings, owned=True, import_from=0)
        with connect(settings, owned=True) as graph:
            graph.read("CALL db.awaitIndexes(600)", timeout_s=600)
            imported = time.perf_counter() - started
            elements = _elements(graph)
            prepared = _prepared(log) if given.rounds else []
            ours, bare = [], []
            for _ in range(given.rounds + 1 if given.rounds else 0):
                ours.append(_timed(graph, lambda: project(log, graph)))
                bare.append(_timed(graph, lambda: _bare(graph, prepared)))
    print(f"{facts:,} facts, {elements:,} nodes and ties in the graph")
    _say("import (files, tool, start, indexes)", imported, elements, None)
    _say("files to ready (all of that and before)", ingested + imported, elements, None)
    if not given.rounds:
        return
    reference = statistics.median(bare[1:])
    _say("bare UNWIND … MERGE loop", reference, facts, None)
    _say("projection from the log", statistics.median(ours[1:]), facts, reference)


def _prepared(log: FactLog) -> list[tuple[str, dict[str, Any]]]:
    prepared = []
    for batch in log.batches():
        for kind in (item.kind for item in SCHEMA.kinds if item.kind in batch.files):
            shared = _shared(kind, batch)
            facts = log.facts(batch, kind)
            prepared += [
                (merge_text(kind), {"rows": rows, "shared": shared})
                for rows in _rows(kind, facts, shared=frozenset(shared))
            ]
    return prepared


def _bare(graph: Graph, prepared: list[tuple[str, dict[str, Any]]]) -> None:
    for statement in migrations():
        graph.write(statement)
    for text, parameters in prepared:
        graph.write(text, parameters)


def _timed(graph: Graph, work: Any) -> float:
    with graph._driver.session() as session:
        session.run(WIPE).consume()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _elements(graph: Graph) -> int:
    nodes = graph.read("MATCH (n) RETURN count(n) AS n").rows[0]["n"]
    ties = graph.read("MATCH ()-[r]->() RETURN count(r) AS n").rows[0]["n"]
    return int(nodes + ties)


def _say(what: str, seconds: float, count: int, reference: float | None) -> None:
    ratio = "" if reference is None else f"   rate x{reference / seconds:.2f} of the bare loop"
    print(f"{what:40s} {seconds:7.2f} s  {count / seconds:>10,.0f} /s{ratio}")


if __name__ == "__main__":
    main()
