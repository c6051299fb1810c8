"""Measure what whoever starts waits for and write what was seen into docs/manual/start-benchmarks.md.

    python -m bench.start.results

For a quiet machine with a network: some ten minutes.
"""

from __future__ import annotations

from bench.measured_page import BenchCommand, MeasuredPage, Target

__all__ = ["PAGE"]

_PARTS = (
    BenchCommand("start", "start.commands", "", 1_200),
    BenchCommand("tests", "start.quick", "", 1_200),
)
_S = r"\s+([\d.]+) s"
_TARGETS = (
    Target("`make demo` on a fresh machine", "start", rf"^make demo, fresh{_S}", 60, "s"),
    Target("`make demo` again", "start", rf"^make demo, again{_S}", 5, "s"),
    Target("`xinnong ask`, engine warm", "start", rf"^xinnong ask, engine warm{_S}", 1, "s"),
    Target("`xinnong --help`", "start", rf"^xinnong --help{_S}", 0.2, "s"),
    Target("`make quick`", "tests", rf"^make quick{_S}", 90, "s"),
)

PAGE = MeasuredPage(
    "start-benchmarks.md", "bench.start.results", _PARTS, _TARGETS, ("neo4j", "jpype1", "pytest")
)

if __name__ == "__main__":
    PAGE.write()
