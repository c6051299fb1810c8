"""What becomes of files made to do harm: how each ends, in what time and memory.

    python -m bench.ingest.hostile [NAME ...] [--cells]

Every file of `tests/worlds/hostile_files.py` is made and read as a department's file would be;
another, which is harmless, is read after each.  With `--cells` cells as long as a spreadsheet
allows, of one thing said again and again, go through the gate in every column of every source.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "worlds"))
from hostile_files import FILES, LINE
from trial_files import SOURCE

from graph.errors import InputError
from ingest.catalogue.source import Source, TableSpec, load_source, source_names
from ingest.checking.gate import check
from ingest.reading.apart import read_apart
from ingest.reading.table import read_table

_LONGEST = 32_767
#: What a long cell may say over and over.
_SAID = ("1", "(", "一", "A", "、", "1,", "1.", "亿万", "12:", "2025/", "61032219900510", "91")


def main() -> None:
    """Read and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="some of the files; default all")
    parser.add_argument("--cells", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.cells:
            for name in source_names():
                source = load_source(name)
                for table, spec in source.tables.items():
                    long_cells(Path(folder, "a.csv"), source, table, spec)
            return
        for name in given.names or FILES:
            hostile(Path(folder), name)


def hostile(folder: Path, name: str) -> None:
    """Read one file, and a harmless one after it."""
    path, harmless = folder / name, folder / "harmless.csv"
    path.write_bytes(FILES[name]())
    harmless.write_text(LINE + "1,,,\n", encoding="utf-8")
    began = time.perf_counter()
    try:
        ended = f"{read_apart(path, SOURCE).rows_in:,} rows"
    except InputError as error:
        ended = error.cause_code
    spent = time.perf_counter() - began
    assert read_apart(harmless, SOURCE).rows_in == 1
    here = psutil.Process().memory_info().rss >> 20
    print(f"{name:36s} {path.stat().st_size:>9,} B {spent:6.2f} s {here:>5} MB here   {ended}")


def long_cells(path: Path, source: Source, table: str, spec: TableSpec) -> None:
    """Read and check one row of each thing said again and again; what takes long is printed."""
    titles = [field.title for field in spec.fields]
    worst = (0.0, "")
    for said in _SAID:
        with path.open("w", encoding="utf-8", newline="") as stream:
            cell = said * (_LONGEST // len(said))
            csv.writer(stream).writerows([titles, [cell] * len(titles)])
        began = time.process_time()
        check(read_table(path, source), identity_key="11" * 32, known=lambda _: frozenset())
        worst = max(worst, (time.process_time() - began, said))
    print(f"{source.name}.{table:36s} {worst[0]:6.2f} s of the processor for {worst[1]!r}")


if __name__ == "__main__":
    main()
