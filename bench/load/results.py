"""Measure what users wait for and write what was seen into docs/manual/page-benchmarks.md.

    python -m bench.load.results

For a quiet machine: some forty minutes.
"""

from __future__ import annotations

from bench.measured_page import BenchCommand, MeasuredPage, Target

__all__ = ["PAGE"]

_PARTS = (
    BenchCommand("load", "load.open_loop",
                 "--persons 100000 --rates 1 5 50 --seconds 10 --memory 20000", 2_400),
    BenchCommand("menu", "district.pages", "--records 300000 --households 130000 --grades 60000",
                 2_400),
)  # fmt: skip

#: What a row of the table of `bench.load.open_loop` begins with, up to its p50, its p99 and its ratio.
_ROW = r"borrower page, {} a second\s+\d+\s+"
_P50, _P99, _RATIO = r"([\d.]+)", r"[\d.]+\s+([\d.]+)", r"[\d.]+\s+[\d.]+\s+([\d.]+)"
_TARGETS = (
    Target(
        "borrower page against its questions, 1 a second", "load", _ROW.format(1) + _RATIO, 1.5, "×"
    ),
    Target("borrower page, 1 a second, p50", "load", _ROW.format(1) + _P50, 100, "ms"),
    Target("borrower page, 5 a second, p50", "load", _ROW.format(5) + _P50, 100, "ms"),
    Target("borrower page, 5 a second, p99", "load", _ROW.format(5) + _P99, 1_000, "ms"),
    Target("borrower page, 50 a second, p99", "load", _ROW.format(50) + _P99, 50, "ms"),
    Target("search, 50 a second, p50", "load", r"search, 50 a second\s+\d+\s+" + _P50, 50, "ms"),
    Target("memory of the service, 1,000 to 20,000 requests", "load",
           r"it grew by (-?[\d.]+) MiB", 32, "MiB"),
    Target(
        "pages of the menu within 300 ms",
        "menu",
        r"^(\d+) of \d+ pages",
        47,
        "of 47",
        at_least=True,
    ),
)  # fmt: skip

PAGE = MeasuredPage(
    "page-benchmarks.md", "bench.load.results", _PARTS, _TARGETS, ("fastapi", "neo4j", "pyarrow")
)

if __name__ == "__main__":
    PAGE.write()
