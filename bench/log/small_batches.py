"""What many small batches cost: files, bytes, the next commit, opening, reading; with and without compaction.

    python -m bench.log.small_batches --batches 10000 --seed 1 --keep /tmp/log
    python -m bench.log.small_batches --at /tmp/log

A batch states 1 to 20 loans and their borrowers, and closes some of an earlier one, as a bank does that
sends what changed every few minutes.  Each line is measured in a process of its own, so that nothing
is remembered from the one before.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from graph.compacting import compact
from graph.facts import arrow_schema
from graph.log import FactLog

__all__ = ["main", "write_batches"]

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_KINDS = ("Loan", "BORROWED")
_MOST_ROWS = 20


def write_batches(log: FactLog, count: int, *, seed: int) -> list[float]:
    """Append so many small batches; returns the seconds that each took."""
    drawn = random.Random(seed)  # noqa: S311 - repeatable, no secret
    took: list[float] = []
    said: list[str] = []
    for number in range(count):
        at = _BEGAN + timedelta(minutes=number)
        rows = [_facts(number, row, at) for row in range(drawn.randint(1, _MOST_ROWS))]
        began = time.perf_counter()
        with log.append(
            source="loan",
            batch=f"loan-{number:08d}",
            file_name=f"{number}.csv",
            content_sha256=f"{number:064x}",
            known_at=at,
        ) as pending:
            for kind in _KINDS:
                told = [row[kind] for row in rows]
                pending.assert_facts(kind, pa.Table.from_pylist(told, arrow_schema(kind)))
            if said and drawn.random() < 0.5:
                pending.close_facts({"Loan": pa.array([said.pop(drawn.randrange(len(said)))])})
            pending.counts.update(rows_in=len(rows), accepted=len(rows), unchanged=0, quarantined=0)
        took.append(time.perf_counter() - began)
        said.append(f"loan-{number}-0")
    return took


def _facts(number: int, row: int, at: datetime) -> dict[str, dict[str, object]]:
    shared = {
        "valid_from": at.date(), "known_from": at, "certainty": 1.0, "source": "loan",
        "batch": f"loan-{number:08d}", "row": row,
    }  # fmt: skip
    loan = f"loan:bank:{number}-{row}"
    return {
        "Loan": {**shared, "fact_id": f"loan-{number}-{row}", "key": loan, "label": "Loan"},
        "BORROWED": {
            **shared,
            "fact_id": f"tie-{number}-{row}",
            "from_key": f"person:{(number * 7 + row) % 5_000:032x}",
            "from_label": "Person",
            "to_key": loan,
            "to_label": "Loan",
            "discriminator": "",
        },
    }


_READS = {
    "open": "log.batches()",
    "open again": "log.batches(); began = time.perf_counter(); log.batches()",
    "read one kind": "log.read('Loan')",
    "history of one kind": "log.history('BORROWED')",
    "read at a known time": "log.read('Loan', known_at=datetime(2026, 1, 3, tzinfo=UTC))",
    "read twenty kinds": "[log.read(item.kind) for item in SCHEMA.kinds[:18]]; log.read('Loan'); log.read('BORROWED')",
}
_PROGRAM = """
import time
from datetime import UTC, datetime
from pathlib import Path
from graph.log import FactLog
from graph.schema import SCHEMA
log = FactLog(Path({folder!r}))
began = time.perf_counter()
{act}
print(time.perf_counter() - began)
"""


def seconds(folder: Path, act: str) -> float:
    """How long a reader takes in a process of its own."""
    program = _PROGRAM.format(folder=str(folder), act=act)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def size_of(folder: Path) -> tuple[int, int]:
    """Files and bytes below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)


def _told(folder: Path) -> None:
    files, size = size_of(folder)
    print(f"{'files':24}{files:>12,}")
    print(f"{'bytes':24}{size:>12,}")
    for name, act in _READS.items():
        print(f"{name:24}{seconds(folder, act):>12.3f} s")


def main() -> None:
    """Write or open a log, measure it, compact it, measure again."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--batches", type=int, default=10_000)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--keep", type=Path)
    given.add_argument("--at", type=Path)
    told = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = told.at or (told.keep or Path(folder)) / "log"
        log = FactLog(place)
        if told.at is None:
            took = write_batches(log, told.batches, seed=told.seed)
            for share in (0.1, 0.5, 1.0):
                part = took[: int(len(took) * share)][-100:]
                print(
                    f"{'commit near ' + str(int(len(took) * share)):24}{sum(part) / len(part):>12.4f} s"
                )
        print("as it was written")
        _told(place)
        began = time.perf_counter()
        made = compact(log)
        print(f"{'compacting':24}{time.perf_counter() - began:>12.3f} s ({made})")
        print("with compaction")
        _told(place)


if __name__ == "__main__":
    main()
