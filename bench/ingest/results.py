"""Measure how data comes in and write what was seen into docs/manual/load-benchmarks.md.

    python -m bench.ingest.results

For a quiet machine: about a quarter of an hour.
"""

from __future__ import annotations

from bench.measured_page import BenchCommand, MeasuredPage, Target

__all__ = ["PAGE"]

_PARTS = (
    BenchCommand("load", "graph.projection", "--persons 100000 --rounds 0"),
    BenchCommand("large load", "graph.projection", "--persons 950000 --rounds 0", 1_800),
    BenchCommand("gate", "ingest.reading", "--rows 1000000", 900),
    BenchCommand("lists", "ingest.lists", "--rows 1000000", 1_800),
)

_IMPORT = r"^import \(files, tool, start, indexes\)\s+([\d.]+) s"
_RATE = r"^{} .*gate \+ log\s+([\d,]+) rows/s"
_PEAK = r"^{} .*peak\s+([\d,]+) MB"
_LISTS = {"new": "a complete list, new", "again": "the same again", "changed": "most rows changed"}
_TARGETS = (
    Target("first load, 1 million elements", "load", _IMPORT, 12, "s"),
    Target("files to ready, 100,000 persons", "load", r"^files to ready .*?\)\s+([\d.]+) s", 25, "s"),
    Target("first load, 9.8 million elements", "large load", _IMPORT, 45, "s"),
    Target("gate and log, households", "gate", r"^gate\+log\s+([\d,]+) rows/s", 80_000, "rows/s",
           at_least=True),
    Target("memory of it, reading included", "gate", r"^log .*peak so far\s+(\d+) MB", 700, "MB"),
    *(
        target
        for stage, what in _LISTS.items()
        for target in (
            Target(what, "lists", _RATE.format(stage), 80_000, "rows/s", at_least=True),
            Target(f"memory: {what}", "lists", _PEAK.format(stage), 700, "MB"),
        )
    ),
)  # fmt: skip

PAGE = MeasuredPage(
    "load-benchmarks.md", "bench.ingest.results", _PARTS, _TARGETS, ("neo4j", "pandas", "pyarrow")
)  # fmt: skip

if __name__ == "__main__":
    PAGE.write()
