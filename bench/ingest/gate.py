"""A small run that fails where taking in a file loses what it gained: ratios only, never seconds.

    python -m bench.ingest.gate

A complete list of farms comes, and comes again (`bench.ingest.lists`).  What the processor spends on it after
reading is held against what pandas alone spends on parsing the same file and writing it as Parquet.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.floor import holds
from bench.ingest.lists import plain, regions, take, write_list

__all__ = ["Spent", "main"]

_ROWS = 30_000


@dataclass(frozen=True)
class Spent:
    """Processor seconds: of pandas alone, of the list after reading, and when it comes again."""

    alone: float
    new: float
    again: float


def main() -> None:
    """Run and print; exit 1 where a ratio stays below its floor."""
    found: list[Spent] = []

    def new() -> float:
        found.append(_spend())
        return found[-1].alone / found[-1].new

    def again() -> float:
        # what the first check measured is looked at first
        spent = found.pop() if found else _spend()
        return spent.new / spent.again

    checks = [
        holds("gate and log of a new list, against pandas alone", 0.03, new),
        holds("the same list again, against the new one", 0.25, again),
    ]
    sys.exit(not all(checks))


def _spend() -> Spent:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        villages = regions(folder)
        for stage in ("new", "again"):
            write_list(folder / f"{stage}.csv", _ROWS, villages, stage)
        alone = min(plain(folder / "new.csv")[1] for _ in range(3))
        new, again = (take(folder / f"{stage}.csv")["after_busy"] for stage in ("new", "again"))
    return Spent(alone, new, again)


if __name__ == "__main__":
    main()
