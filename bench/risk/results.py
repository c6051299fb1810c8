"""Run every measurement in order and write what was seen into docs/manual/risk-benchmarks.md.

    python -m bench.risk.results

Each part is one command in a process of its own, its ratios from one run; the page keeps what it
printed, and a table of the targets with what was seen.  A part that fails is said to have failed,
and the others are run.  For a quiet machine: about a quarter of an hour.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numba
import numpy as np
import psutil
import scipy

__all__ = ["PARTS", "TARGETS", "BenchCommand", "Seen", "Target", "insert", "main", "page"]

PAGE = Path(__file__).parents[2] / "docs" / "manual" / "risk-benchmarks.md"
BEGIN, END = "<!-- measured: python -m bench.risk.results -->", "<!-- end of what was measured -->"
_LIMIT_S = 420


@dataclass(frozen=True)
class BenchCommand:
    """One command: its name on the page, its module under `bench.risk`, its arguments."""

    name: str
    module: str
    arguments: str = ""

    @property
    def command(self) -> str:
        """As typed."""
        return f"python -m bench.risk.{self.module} {self.arguments}".strip()


@dataclass(frozen=True)
class Target:
    """One number of a part: where it is printed, what it should be, and the factor to its unit."""

    what: str
    part: str
    pattern: str
    aim: float
    unit: str
    factor: float = 1.0
    at_least: bool = False

    def seen(self, text: str) -> float | None:
        """What the part printed; None where it did not."""
        found = re.search(self.pattern, text, re.MULTILINE)
        return float(found[1].replace(",", "")) * self.factor if found else None

    def met(self, value: float) -> bool:
        """Whether that is on the right side."""
        return value >= self.aim if self.at_least else value <= self.aim


@dataclass(frozen=True)
class Seen:
    """What a part printed, in how many seconds."""

    part: BenchCommand
    text: str
    seconds: float
    failed: bool = False


PARTS = (
    BenchCommand("cascade", "cascade", "--parties 1000000 --ties 2000000 --slope"),
    BenchCommand("district", "cascade", "--parties 400000 --ties 1000000 --two-way"),
    BenchCommand("guarantees", "cascade", "--parties 1000000 --ties 720000"),
    BenchCommand("40M/100M", "national", "--parties 40000000 --ties 100000000 --gigabytes 6"),
    BenchCommand("1M/10M", "sweeps", "--parties 1000000 --ties 10000000"),
    BenchCommand("5M/50M", "sweeps", "--parties 5000000 --ties 50000000 --rounds 3 --slope"),
    BenchCommand("paths", "paths", "--parties 1000000 --ties 10000000"),
    BenchCommand("changes", "incremental", "--parties 1000000 --ties 10000000"),
    BenchCommand("networkx", "end_to_end", "--parties 1000000 --ties 5000000"),
    BenchCommand("GDS", "gds", "--parties 1000000 --ties 4000000"),
    BenchCommand("snapshot", "snapshot", "--parties 200000 --ties 1000000"),
)  # fmt: skip

_MS = r"\s+([\d.]+) ms"
_OURS = r"ours, \d+ threads\s+([\d.]+) s"
TARGETS = (
    Target("4,096 worlds, 1M/2M", "cascade", _OURS, 0.8, "s"),
    Target("16,384 worlds, 1M/2M", "cascade", r"16,384 worlds: ([\d.]+) s", 3, "s"),
    Target("4,096 worlds of a district, 400,000", "district", _OURS, 0.5, "s"),
    Target("4,096 worlds, 40M/100M", "40M/100M", r"worlds ([\d.]+) s", 60, "s"),
    Target("memory of it", "40M/100M", r"at most ([\d.]+) GiB", 6, "GiB"),
    Target("a world, against scipy's search", "cascade",
           r"scipy breadth.*ours is\s+([\d.]+) ×", 20, "×", at_least=True),
    Target("a world, against dictionaries", "cascade",
           r"dictionaries.*ours is\s+([\d.]+) ×", 100, "×", at_least=True),
    Target("linear sweep, 1 thread, 5M/50M", "5M/50M", r"blocks, 1 thread.*ms\s+([\d.]+) ns", 2.5,
           "ns a tie"),
    Target("strongest paths, 10,000 seeds", "paths", rf"blocks float32, \d+ threads{_MS}", 0.12,
           "s", 1e-3),
    Target("1,000 changes: paths", "changes", r"1,000 changes: path ([\d.]+) ms", 5, "ms"),
    Target("end to end against networkx", "networkx", r"blocks .*?([\d.]+) × as fast", 100, "×",
           at_least=True),
    Target("a tie and sweep against GDS", "GDS", r"blocks float32.*?([\d.]+) × as fast", 10, "×",
           at_least=True),
    Target("one explanation, 200,000 parties", "snapshot", r"explaining 20 parties\s+([\d.]+) s", 20,
           "ms", 50),
    Target("numbering a snapshot", "snapshot", r"numbering.* s\s+([\d.]+) µs", 0.15, "µs a tie"),
)  # fmt: skip


def main() -> None:
    """Run all, the page written after each: who stops it keeps what was seen; exit 1 on a failure."""
    seen: list[Seen] = []
    for part in PARTS:
        print(f"--- {part.command}", flush=True)
        seen.append(run(part))
        print(f"{seen[-1].text}--- {seen[-1].seconds:.0f} s", flush=True)
        text = page(seen, _machine(), datetime.now(UTC).strftime("%Y-%m-%d"))
        PAGE.write_text(insert(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(PAGE)
    sys.exit(any(item.failed for item in seen))


def run(part: BenchCommand) -> Seen:
    """One part in a process of its own, ended when it takes too long."""
    started = time.perf_counter()
    command = [sys.executable, "-m", *part.command.split()[2:]]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
            errors="replace", timeout=_LIMIT_S, check=False,
        )  # fmt: skip
        text, failed = done.stdout, done.returncode != 0
    except subprocess.TimeoutExpired:
        text, failed = f"  ended after {_LIMIT_S} s\n", True
    return Seen(part, text, time.perf_counter() - started, failed)


def page(seen: list[Seen], machine: str, day: str) -> str:
    """The part of the page that is measured, as Markdown."""
    by_name = {item.part.name: item for item in seen}
    lines = [f"{day}. {machine}", "", "| what | target | seen | |", "|---|---|---|---|"]
    for target in TARGETS:
        item = by_name.get(target.part)
        value = target.seen(item.text) if item and not item.failed else None
        aim = f"{'≥' if target.at_least else '≤'} {target.aim:g} {target.unit}"
        told = "not measured | " if value is None else (
            f"{value:.3g} {target.unit} | {'met' if target.met(value) else '**missed**'}"
        )  # fmt: skip
        lines.append(f"| {target.what} | {aim} | {told} |")
    for item in seen:
        end = ", FAILED" if item.failed else ""
        text = item.text[-3000:] if item.failed else item.text
        lines += ["", f"`{item.part.command}` ({item.seconds:.0f} s{end})", "", "```text"]
        lines += [*(line.rstrip()[:150] for line in _clean(text).splitlines()), "```"]
    return "\n".join(lines)


def insert(whole: str, measured: str) -> str:
    """The page with the measured part put in; raises `ValueError` where its marks are not there."""
    before, begun, rest = whole.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"the page has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}"


def _clean(text: str) -> str:
    """Without the folders of the machine that it ran on."""
    return re.sub(r"(/[\w.+-]+){2,}/", "…/", text)


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()}, {psutil.cpu_count()} processors, {memory:.0f} GiB, load at the end "
        f"{psutil.getloadavg()[1]:.1f}; Python {platform.python_version()}, numpy {np.__version__}, "
        f"scipy {scipy.__version__}, numba {numba.__version__}"
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


if __name__ == "__main__":
    main()
