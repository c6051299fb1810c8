"""Rates of a district's departments: from the log to every line, beside a plain groupby of pandas.

    python -m bench.indicators.rates --records 300000

A seeded district is written into a log (not timed): a ledger line for each decision, most of them
filed, some late, some outside.  Timed are reading and bringing together, then the rates of a month
and the rows behind one number; the ratio is to merging and grouping the same rows, read already, in
pandas.  Seconds are those of a processor.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from bench.district.column_batch import column_batch
from bench.district.decisions import write_decisions
from graph.calendar import as_published
from graph.log import FactLog
from graph.moment import Moment
from graph.secrets import make_secrets
from queries.district import DistrictReader
from queries.indicators import rates_of, rows_of
from queries.indicators.gathering import book_of
from queries.indicators.months import month_number
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

KNOWN = datetime(2026, 10, 1, tzinfo=UTC)
DAY = date(2026, 10, 1)
MONTH = month_number("2026-03")
BODIES, FIRMS = 40, 20_000


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # as every log is: one without a key is read as older ones are, which costs
        make_secrets(Path(folder) / "secrets.json")
        log = FactLog(Path(folder) / "log")
        told = _write(log, given.records)
        for _ in range(given.rounds):
            stores: Any = SimpleNamespace(log=log, runs=Runs())
            reader = DistrictReader(
                stores, Moment.of(log.batches(), as_of=DAY, known_at=KNOWN), ADMINISTRATOR
            )
            begun = time.process_time()
            book = book_of(reader, as_published(), [])
            assert book is not None
            made = time.process_time()
            found = rates_of(book, reader.basis, MONTH, MONTH)
            counted = time.process_time()
            rows = rows_of(book, reader.basis, "unreported", MONTH, MONTH)
            listed = time.process_time()
            plain = _with_pandas(told)
            print(
                f"{given.records:,} records: book {made - begun:.2f} s, rates of a month "
                f"{counted - made:.3f} s ({len(found.lines)} lines), rows {listed - counted:.3f} s "
                f"({rows.total} unreported); pandas {plain:.2f} s, ratio {(counted - begun) / plain:.2f}"
            )
            stores.runs.close()


def _write(log: FactLog, records: int) -> pd.DataFrame:
    firms = np.array([f"org:91610305MA9{n:07d}" for n in range(FIRMS)])
    with column_batch(log, "bench", KNOWN, registers=["Enterprise"]) as batch:
        batch.node("Enterprise", firms, name=firms)
        told = write_decisions(
            batch, firms, records, bodies=BODIES, until=DAY, chance=np.random.default_rng(3)
        )
    return pd.DataFrame(told)


def _with_pandas(told: pd.DataFrame) -> float:
    """Seconds of a processor to merge ledger and records and group them, the plain way, without any rule."""
    ledger = told[told["in_ledger"]][["body", "kind", "number", "decided"]]
    filed = told[told["filed"]][["body", "kind", "number", "came"]]
    begun = time.process_time()
    both = ledger.merge(filed, on=["body", "kind", "number"], how="outer")
    both["month"] = both["decided"].dt.to_period("M")
    both["late"] = (both["came"] - both["decided"]).dt.days > 9
    both.groupby(["body", "kind", "month"]).agg({"number": "count", "came": "count", "late": "sum"})
    return time.process_time() - begun


if __name__ == "__main__":
    main()
