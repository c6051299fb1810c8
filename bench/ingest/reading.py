"""How fast a farm household file is read, checked and taken into the log, and in how much memory.

    python bench/ingest/reading.py [--rows 100000] [--xlsx] [--faults 0.05]

The file is written first; the whole way then runs in a process of its own, whose peak resident
memory (imports included) is printed after each step with the rows a second, wall and processor
time.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "worlds"))
from peak import peak_bytes
from planter import VILLAGE, plant

from graph.log import FactLog
from graph.time import today
from ingest.catalogue.source import load_source
from ingest.checking.gate import check
from ingest.comparing.difference import compare
from ingest.correction.kept import kept_rows
from ingest.correction.quarantine import Quarantine, rows_to_keep
from ingest.memory import forget_pages, release_memory
from ingest.reading.table import read_table


def measure(path: Path) -> dict[str, Any]:
    """Take one file through; seconds, rows and megabytes."""
    steps: dict[str, tuple[float, float, float]] = {}
    source = load_source("farmer_household")
    with tempfile.TemporaryDirectory() as folder:
        log = FactLog(Path(folder) / "log")
        with _step(steps, "read"):
            table = read_table(path, source)
        with _step(steps, "gate"):
            gated = check(table, identity_key="11" * 32, known=lambda _: {f"division:{VILLAGE}"})
        quarantined = len(gated.quarantined)
        with _step(steps, "compare"):
            rows = gated.take_rows()
            frames = source.facts(table.name, rows)
            del rows
            difference = compare(log, frames, source=source.name, batch="b", day=today())
        with (
            _step(steps, "log"),
            log.append(source=source.name, batch="b", file_name="f", content_sha256="b") as pending,
        ):
            Quarantine(Path(folder) / "quarantine").keep(
                "b", kept_rows(table, rows_to_keep(gated), "11" * 32)
            )
            for kind in difference.asserted:
                pending.assert_facts(kind, difference.asserted.pieces(kind), forget_pages)
                release_memory()
    return {"rows": table.rows_in, "quarantined": quarantined, "steps": steps}


@contextmanager
def _step(steps: dict[str, tuple[float, float, float]], name: str) -> Iterator[None]:
    wall, busy = time.perf_counter(), time.process_time()
    yield
    peak = peak_bytes() / 1e6
    steps[name] = time.perf_counter() - wall, time.process_time() - busy, peak


def main() -> None:
    """Write the file, measure it elsewhere, print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rows", type=int, default=100_000)
    given.add_argument("--faults", type=float, default=0.05)
    given.add_argument("--xlsx", action="store_true")
    given.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    said = given.parse_args()
    if said.measure:
        print(json.dumps(measure(said.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "农户信息.csv"
        plant(path, said.rows, share=said.faults)
        if said.xlsx:
            path = _as_xlsx(path)
        command = [sys.executable, __file__, "--measure", str(path)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        size = path.stat().st_size >> 20
    rows = found["rows"]
    print(f"{path.suffix} {rows:,} rows, {size} MB, {found['quarantined']:,} refused")
    spent = list(found["steps"].items())
    for name, (wall, busy, peak) in spent:
        print(
            f"{name:8s} {rows / wall:>10,.0f} rows/s wall {rows / busy:>10,.0f} rows/s processor"
            f"   peak so far {peak:5.0f} MB"
        )
    wall, busy = (sum(item[place] for name, item in spent if name != "read") for place in (0, 1))
    print(f"gate+log {rows / wall:>10,.0f} rows/s wall {rows / busy:>10,.0f} rows/s processor")


def _as_xlsx(path: Path) -> Path:
    """The same rows as a spreadsheet with shared strings, as Excel saves it."""
    made = path.with_suffix(".xlsx")
    with path.open(encoding="gb18030", newline="") as stream, xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(csv.reader(stream)):
            sheet.write_row(at, 0, row)
    return made


if __name__ == "__main__":
    main()
