"""Measure how whole-district answers grow and write what was seen into docs/manual/growth-benchmarks.md.

    python -m bench.district.results

For a quiet machine: less than ten minutes.
"""

from __future__ import annotations

import re

from bench.district.growth import ANSWERS
from bench.measured_page import BenchCommand, MeasuredPage, Target

__all__ = ["PAGE"]

_PART = BenchCommand("growth", "district.growth", "--persons 10000 100000 1000000", 1_800)
#: A row of the table up to its seconds; after the three of them, how they rise at the last.
_ROW, _NUMBER = r"^{}", r"\s+([\d.]+)"
_MIDDLE, _LAST = rf"\s+[\d.]+{_NUMBER}", r"(?:\s+[\d.]+){3}\s+(-?[\d.]+)"

_TARGETS = (
    *(
        Target(f"{name}, 100,000 to 1,000,000", "growth", _ROW.format(re.escape(name)) + _LAST,
               1.1, "slope")
        for name in ANSWERS
    ),
    Target("log to first risk answer, 100,000 persons", "growth",
           _ROW.format("log to first risk answer") + _MIDDLE, 3, "s"),
    Target("memory, 1,000,000 persons", "growth", r"^1,000,000 persons: at the most ([\d,]+) MiB",
           12, "GiB", 1 / 1024),
    Target("memory, 100,000 to 1,000,000", "growth",
           r"^1,000,000 persons: at the most.*slope (-?[\d.]+)", 1.1, "slope"),
)  # fmt: skip

PAGE = MeasuredPage(
    "growth-benchmarks.md", "bench.district.results", (_PART,), _TARGETS,
    ("pyarrow", "numpy", "numba", "networkx"),
)  # fmt: skip

if __name__ == "__main__":
    PAGE.write()
