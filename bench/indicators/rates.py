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
import pyarrow as pa

from graph.calendar import as_published
from graph.facts import arrow_schema
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
    chance = np.random.default_rng(3)
    first = np.datetime64("2025-10-01", "D")
    decided = first + chance.integers(0, 360, records).astype("timedelta64[D]")
    body = chance.integers(0, BODIES, records)
    kind = np.where(chance.random(records) < 0.3, "Permit", "Penalty")
    came = decided + chance.integers(1, 16, records).astype("timedelta64[D]")
    filed, in_ledger = chance.random(records) < 0.95, chance.random(records) < 0.98
    firm = chance.integers(0, FIRMS, records)
    numbers = np.array([f"样罚〔2026〕{n}号" for n in range(records)])
    bodies = np.array([f"org:1161030501600PL{n:02d}" for n in range(BODIES)])
    firms = np.array([f"org:91610305MA9{n:07d}" for n in range(FIRMS)])
    keys = np.char.add(
        np.char.add(np.char.lower(kind.astype("U7")), ":"),
        np.char.add(np.char.add(bodies[body], np.char.add(":", numbers)), ":x"),
    )
    with log.append(
        source="bench", batch="bench-1", file_name="bench.csv", content_sha256="0" * 64,
        known_at=KNOWN, notes={"registers": ["Enterprise"]},
    ) as pending:  # fmt: skip
        state = _Stating(pending)
        state("Enterprise", key=firms, label="Enterprise", name=firms)
        state("GovernmentBody", key=bodies, label="GovernmentBody", name=bodies)
        for name, tie in (("Permit", "HOLDS_PERMIT"), ("Penalty", "PENALISED_BY")):
            some = filed & (kind == name)
            state(name, key=keys[some], label=name, document_no=numbers[some],
                  decided_on=decided[some], reported_on=came[some])  # fmt: skip
            state(tie, from_key=firms[firm[some]], from_label="Enterprise", to_key=keys[some],
                  to_label=name, discriminator="")  # fmt: skip
        state("DECIDED_BY", from_key=keys[filed], from_label="Penalty", to_key=bodies[body[filed]],
              to_label="GovernmentBody", discriminator="")  # fmt: skip
        entries = np.char.add("ledger:", keys[in_ledger])
        state("LedgerEntry", key=entries, label="LedgerEntry", document_no=numbers[in_ledger],
              act_class=np.where(kind[in_ledger] == "Permit", "permit", "penalty"),
              decided_on=decided[in_ledger])  # fmt: skip
        state("PRODUCED_BY", from_key=entries, from_label="LedgerEntry",
              to_key=bodies[body[in_ledger]], to_label="GovernmentBody", discriminator="")  # fmt: skip
        pending.counts.update(rows_in=0, accepted=0, unchanged=0, quarantined=0)
    return pd.DataFrame(
        {
            "body": bodies[body], "kind": kind, "number": numbers, "decided": decided,
            "came": came, "filed": filed, "in_ledger": in_ledger,
        }
    )  # fmt: skip


class _Stating:
    def __init__(self, pending: Any) -> None:
        self._pending, self._count = pending, 0

    def __call__(self, kind: str, **said: Any) -> None:
        """Facts of a kind; whatever is one text is every fact's."""
        schema = arrow_schema(kind)
        count = max(len(value) for value in said.values() if isinstance(value, np.ndarray))
        common = {
            "source": "bench",
            "batch": "bench-1",
            "known_from": KNOWN,
            "row": 1,
            "certainty": 1.0,
        }
        common["fact_id"] = np.array([f"f{self._count + n:08d}" for n in range(count)])
        self._count += count
        columns = []
        for field in schema:
            value = ({**common, **said}).get(field.name)
            filled = value if isinstance(value, np.ndarray) else [value] * count
            columns.append(pa.array(filled, field.type))
        self._pending.assert_facts(kind, pa.table(columns, schema=schema))


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
