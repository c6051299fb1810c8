"""A page of the manual that is written by measuring: commands in order, and targets with what was seen.

Each part is one command in a process of its own, its ratios from one run; the page keeps what it printed,
between two marks, and a table of the targets.  A part that fails is said to have failed, and the others are
run.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, PAGESIZE, mmap
from pathlib import Path
from timeit import repeat

import psutil

__all__ = ["BenchCommand", "MeasuredPage", "Seen", "Target", "run"]

_MANUAL = Path(__file__).parents[1] / "docs" / "manual"
END = "<!-- end of what was measured -->"


@dataclass(frozen=True)
class BenchCommand:
    """One command: its name on the page, its module under `bench`, its arguments, and within how many
    seconds it is to end."""

    name: str
    module: str
    arguments: str = ""
    limit_s: float = 420

    @property
    def command(self) -> str:
        """As typed."""
        return f"python -m bench.{self.module} {self.arguments}".strip()


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


@dataclass(frozen=True)
class MeasuredPage:
    """A page: its name in the manual, the module that writes it, what is run, and what is aimed at.

    Attributes:
        packages: whose versions are told with the machine.
    """

    name: str
    module: str
    parts: tuple[BenchCommand, ...]
    targets: tuple[Target, ...]
    packages: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where it lies."""
        return _MANUAL / self.name

    @property
    def begin(self) -> str:
        """The mark above what is measured."""
        return f"<!-- measured: python -m {self.module} -->"

    def write(self) -> None:
        """Run all, the page written after each: who stops it keeps what was seen; exit 1 on a failure."""
        seen: list[Seen] = []
        for part in self.parts:
            print(f"--- {part.command}", flush=True)
            seen.append(run(part))
            print(f"{seen[-1].text}--- {seen[-1].seconds:.0f} s", flush=True)
            text = self.measured(
                seen, _machine(self.packages), datetime.now(UTC).strftime("%Y-%m-%d")
            )
            self.path.write_text(
                self.insert(self.path.read_text(encoding="utf-8"), text), encoding="utf-8"
            )
        print(self.path)
        sys.exit(any(item.failed for item in seen))

    def measured(self, seen: Iterable[Seen], machine: str, day: str) -> str:
        """The part of the page that is measured, as Markdown."""
        seen = list(seen)
        by_name = {item.part.name: item for item in seen}
        lines = [f"{day}. {machine}", "", "| what | target | seen | |", "|---|---|---|---|"]
        for target in self.targets:
            item = by_name.get(target.part)
            value = target.seen(item.text) if item and not item.failed else None
            aim = f"{'≥' if target.at_least else '≤'} {_number(target.aim)} {target.unit}"
            told = "not measured | " if value is None else (
                f"{_number(value)} {target.unit} | {'met' if target.met(value) else '**missed**'}"
            )  # fmt: skip
            lines.append(f"| {target.what} | {aim} | {told} |")
        for item in seen:
            end = ", FAILED" if item.failed else ""
            text = item.text[-3000:] if item.failed else item.text
            lines += ["", f"`{item.part.command}` ({item.seconds:.0f} s{end})", "", "```text"]
            lines += [*(line.rstrip()[:150] for line in _clean(text).splitlines()), "```"]
        return "\n".join(lines)

    def insert(self, whole: str, measured: str) -> str:
        """The page with the measured part put in; raises `ValueError` where its marks are not there."""
        before, begun, rest = whole.partition(self.begin)
        _, ended, after = rest.partition(END)
        if not begun or not ended:
            raise ValueError(f"the page has no {self.begin} … {END}")
        return f"{before}{self.begin}\n\n{measured}\n\n{END}{after}"


def run(part: BenchCommand) -> Seen:
    """One part in a process of its own, ended when it takes too long."""
    started = time.perf_counter()
    command = [sys.executable, "-m", *part.command.split()[2:]]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
            errors="replace", timeout=part.limit_s, check=False,
        )  # fmt: skip
        text, failed = done.stdout, done.returncode != 0
    except subprocess.TimeoutExpired:
        text, failed = f"  ended after {part.limit_s:g} s\n", True
    return Seen(part, text, time.perf_counter() - started, failed)


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1_000 else f"{value:,.0f}"


def _clean(text: str) -> str:
    """Without the folders of the machine that it ran on."""
    return re.sub(r"(/[\w.+-]+){2,}/", "…/", text)


def _machine(packages: Iterable[str]) -> str:
    memory = psutil.virtual_memory().total / 2**30
    told = [
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in packages),
    ]
    return (
        f"{_processor()}, {psutil.cpu_count()} processors, {memory:.0f} GiB, ten million additions in "
        f"{_least_s(_add_up):.2f} s, a GiB of fresh memory in {4 * _least_s(_take_memory):.2f} s, "
        f"load at the end {psutil.getloadavg()[1]:.1f}; {', '.join(told)}"
    )


def _least_s(work: Callable[[], object]) -> float:
    """Seconds, least of three times: what an absolute time on the page has to be read by, for the same
    machine is twice as slow on another day."""
    return min(repeat(work, number=1, repeat=3))


def _add_up() -> int:
    total = 0
    for number in range(10_000_000):
        total += number
    return total


def _take_memory() -> None:
    """A quarter of a GiB that nobody had before: large tables and every start wait for that."""
    with mmap(-1, 1 << 28, flags=MAP_PRIVATE | MAP_ANONYMOUS) as fresh:
        for place in range(0, len(fresh), PAGESIZE):
            fresh[place] = 1


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()
