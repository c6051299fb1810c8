"""Run every measurement of risk in order and write what was seen into docs/manual/risk-benchmarks.md.

    python -m bench.risk.results

For a quiet machine: about a quarter of an hour.
"""

from __future__ import annotations

from bench.measured_page import BenchCommand, MeasuredPage, Target

__all__ = ["PAGE"]

_PARTS = (
    BenchCommand("cascade", "risk.cascade", "--parties 1000000 --ties 2000000 --slope"),
    BenchCommand("district", "risk.cascade", "--parties 400000 --ties 1000000 --two-way"),
    BenchCommand("guarantees", "risk.cascade", "--parties 1000000 --ties 720000"),
    BenchCommand("40M/100M", "risk.national", "--parties 40000000 --ties 100000000 --gigabytes 6"),
    BenchCommand("clusters", "risk.clusters", "--parties 40000000 --ties 100000000", 900),
    BenchCommand("1M/10M", "risk.sweeps", "--parties 1000000 --ties 10000000"),
    BenchCommand("5M/50M", "risk.sweeps", "--parties 5000000 --ties 50000000 --rounds 3 --slope", 600),
    BenchCommand("paths", "risk.paths", "--parties 1000000 --ties 10000000"),
    BenchCommand("changes", "risk.incremental", "--parties 1000000 --ties 10000000"),
    BenchCommand("networkx", "risk.end_to_end", "--parties 1000000 --ties 5000000"),
    BenchCommand("GDS", "risk.gds", "--parties 1000000 --ties 4000000"),
    BenchCommand("snapshot", "risk.snapshot", "--parties 200000 --ties 1000000"),
)  # fmt: skip

_MS = r"\s+([\d.]+) ms"
_OURS = r"ours, \d+ threads\s+([\d.]+) s"
_GRAPHBLAS = r"blocks are ([\d.]+) × as fast as graphblas"
_TARGETS = (
    Target("4,096 worlds, 1M/2M", "cascade", _OURS, 0.8, "s"),
    Target("16,384 worlds, 1M/2M", "cascade", r"16,384 worlds: ([\d.]+) s", 3, "s"),
    Target("4,096 worlds of a district, 400,000", "district", _OURS, 0.5, "s"),
    Target("4,096 worlds, 40M/100M", "40M/100M", r"worlds ([\d.]+) s", 60, "s"),
    Target("memory of it", "40M/100M", r"at most ([\d.]+) GiB", 6, "GiB"),
    Target("a world, against scipy's search", "cascade",
           r"scipy breadth.*ours is\s+([\d.]+) ×", 20, "×", at_least=True),
    Target("a world, against dictionaries", "cascade",
           r"dictionaries.*ours is\s+([\d.]+) ×", 100, "×", at_least=True),
    Target("linear sweep against graphblas, 1M/10M", "1M/10M", _GRAPHBLAS, 1.2, "×", at_least=True),
    Target("linear sweep against graphblas, 5M/50M", "5M/50M", _GRAPHBLAS, 1.2, "×", at_least=True),
    Target("linear sweep, 1 thread, 5M/50M", "5M/50M", r"blocks, 1 thread.*ms\s+([\d.]+) ns", 2.5,
           "ns a tie"),
    Target("strongest paths, 10,000 seeds", "paths", rf"blocks float32, \d+ threads{_MS}", 0.12,
           "s", 1e-3),
    Target("1,000 changes: paths", "changes", r"1,000 changes: path ([\d.]+) ms", 5, "ms"),
    Target("end to end against networkx", "networkx", r"blocks .*?([\d.]+) × as fast", 150, "×",
           at_least=True),
    Target("a tie and sweep against GDS, float32", "GDS",
           r"blocks float32.*?([\d.]+) × as fast", 15, "×", at_least=True),
    Target("the same, float64 as GDS has it", "GDS",
           r"blocks float64.*?([\d.]+) × as fast", 10, "×", at_least=True),
    Target("one explanation, 200,000 parties", "snapshot", r"explaining 20 parties\s+([\d.]+) s", 20,
           "ms", 50),
    Target("numbering a snapshot", "snapshot", r"numbering, after.* s\s+([\d.]+) µs", 0.4,
           "µs a tie"),
)  # fmt: skip


PAGE = MeasuredPage(
    "risk-benchmarks.md", "bench.risk.results", _PARTS, _TARGETS, ("numpy", "scipy", "numba")
)

if __name__ == "__main__":
    PAGE.write()
