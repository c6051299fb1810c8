"""How fast a farm household file is read and checked, and how much memory that takes.

    python bench/ingest/reading.py [--rows 100000] [--xlsx] [--faults 0.05]

The file is written first; reading and gate then run in a process of their own, whose peak resident
memory (imports included) is printed with the rows a second, wall and processor time.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "worlds"))
from planter import VILLAGE, plant

from ingest.catalogue.source import load_source
from ingest.checking.gate import check
from ingest.reading.table import read_table


def measure(path: Path) -> dict[str, float]:
    """Read and check one file; seconds, rows and megabytes."""
    source = load_source("farmer_household")
    wall, busy = time.perf_counter(), time.process_time()
    table = read_table(path, source)
    read = time.perf_counter() - wall, time.process_time() - busy
    read_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, busy = time.perf_counter(), time.process_time()
    gated = check(table, identity_key="11" * 32, known=lambda _: {f"division:{VILLAGE}"})
    checked = time.perf_counter() - wall, time.process_time() - busy
    return {
        "rows": table.rows_in,
        "quarantined": len(gated.quarantined),
        "read_s": read[0],
        "read_cpu_s": read[1],
        "gate_s": checked[0],
        "gate_cpu_s": checked[1],
        "read_peak_mb": read_peak,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


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
    for step in ("read", "gate"):
        wall, busy = found[f"{step}_s"], found[f"{step}_cpu_s"]
        print(f"{step}: {rows / wall:,.0f} rows/s wall, {rows / busy:,.0f} rows/s processor")
    print(f"peak memory: {found['read_peak_mb']:.0f} MB read, {found['peak_mb']:.0f} MB checked")


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
