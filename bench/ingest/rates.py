"""How fast a farmer household file becomes facts of the log, step by step.

    python -m bench.ingest.rates --persons 100000

The first delivery is all new; the second says the same again in another file, a year later in one
row.  Beside it, as the measure of this machine on this day, the same rows are parsed by pandas
and written as one Parquet file: what reading and writing cost without any of our work.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd

import ingest
from graph.log import FactLog
from graph.settings import Settings
from graph.time import utc_now
from ingest.catalogue.source import load_source
from ingest.checking.gate import check
from ingest.comparing.list_part import part_named
from ingest.correction.quarantine import Quarantine
from ingest.plan import commit, content_sha256, plan
from ingest.reading.table import read_table
from ingest.sample import steps, write_district

KEY = "11" * 32


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_district(Path(folder) / "district", persons=given.persons)
        files = dict(steps(Path(folder) / "district"))
        settings = Settings(data=Path(folder) / "data")
        ingest.ingest("regions", [files["regions"]], settings=settings, into_graph=False)
        run(FactLog(settings.log_dir), files["farmer_household"], given.persons)


def run(log: FactLog, path: Path, count: int) -> None:
    """Measure one file."""
    source = load_source("farmer_household")
    with told("pandas alone: parse and write Parquet", count):
        plain = pd.read_csv(path, dtype=str, encoding="gb18030")
        plain.to_parquet(path.with_suffix(".parquet"))
    with told("read", count) as read:
        table = read_table(path, source)
    villages = frozenset(log.read("Village")["key"].to_pylist())
    with told("gate", count):
        check(table, identity_key=KEY, known=lambda _: villages)
    del table
    taken = take(log, path, "first delivery, file to log", count)
    # reading is done by another process there: its time is in the clock's, not in the processor's
    shown("first delivery, gate + log", count, taken[0] - read[0], taken[1])
    again = path.with_name("again.csv")
    again.write_bytes(path.read_bytes().replace(b"2025-", b"2026-", 1))
    take(log, again, "the same again, file to log", count)


def take(log: FactLog, path: Path, what: str, count: int) -> list[float]:
    """Take one file into the log; seconds by the clock and by the processor."""
    with told(what, count) as spent:
        sha256 = content_sha256(path)
        planned = plan(
            log,
            load_source("farmer_household"),
            path,
            sha256,
            identity_key=KEY,
            quarantine=Quarantine(log.folder.parent / "quarantine"),
            part=part_named(path),
            day=date(2026, 4, 1),
            progress=lambda *_: None,
        )
        commit(log, Quarantine(log.folder.parent / "quarantine"), planned, utc_now())
    return spent


@contextmanager
def told(what: str, count: int) -> Iterator[list[float]]:
    """Time the block and print its rate; what is yielded holds the seconds afterwards."""
    began, busy = time.perf_counter(), time.process_time()
    spent: list[float] = []
    yield spent
    spent += [time.perf_counter() - began, time.process_time() - busy]
    shown(what, count, *spent)


def shown(what: str, count: int, seconds: float, busy: float) -> None:
    """Print a rate by the clock and by the processor's time.

    Processor's time says what the work costs on a machine that others are busy on.
    """
    print(
        f"{what:40s} {seconds:7.2f} s {count / seconds:>9,.0f} rows/s"
        f"   processor {busy:6.2f} s {count / busy:>9,.0f} rows/s"
    )


if __name__ == "__main__":
    main()
