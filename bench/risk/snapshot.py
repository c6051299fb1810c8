"""From the log to arrays: what a tie costs after reading, and what a refresh costs.

    python -m bench.risk.snapshot --parties 1000000 --ties 5000000

A synthetic log (seeded) is written batch by batch, then read, numbered and weighed.  Printed are
medians of the rounds; the parts of one round add up to it.  Numbering is held against Arrow's hash
table, filled with the same keys in the same round: no table of texts does without that.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from graph.facts import arrow_schema
from graph.log import FactLog
from graph.numbering import Mentions, mentions_in, number_parties
from graph.schema import SCHEMA
from graph.snapshot import refresh_snapshot, take_snapshot
from queries.risk import RiskRun, assess, explain, load_policy
from queries.risk.weights import weigh

DAY = date(2026, 6, 1)
#: Share of all ties by kind; a party's ties stay in its town nine times of ten.
SHARES = {
    "BELONGS_TO": 0.35,
    "GUARANTEES": 0.25,
    "SPOUSE_OF": 0.15,
    "MEMBER_OF": 0.1,
    "LEGAL_REPRESENTATIVE_OF": 0.05,
    "HOLDS_SHARES_IN": 0.1,
}
TOWN = 5_000
#: One party of so many has a loan that is classed as bad.
ADVERSE = 100


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parties", type=int, default=100_000)
    parser.add_argument("--ties", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=20260601)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = FactLog(Path(folder) / "log")
        written = write_log(log, given.parties, given.ties, given.seed)
        seconds: dict[str, list[float]] = {}
        number, encode = numbering(log)
        for _ in range(given.rounds):
            _timed(seconds, "Arrow's hash of the keys", encode)
            _timed(seconds, "numbering alone", number)
            _timed(seconds, "reading alone", _read_all, log)
            snapshot = _timed(seconds, "snapshot with reading", take_snapshot, log, DAY)
            _timed(seconds, "weighing", weigh, snapshot, load_policy())
            run = _timed(seconds, "weighing and propagating", assess, snapshot)
            # gathers for the run what every explanation looks up
            _timed(seconds, "first explanation", explain, run, written[0])
            _timed(seconds, "explaining 20 parties", _explain, run, given.seed)
            batch = len(log.batches())
            small = _ties("GUARANTEES", written, 1_000, batch, given.seed + batch)
            _append(log, {"GUARANTEES": small}, batch)
            _timed(seconds, "refresh after 1,000 ties", refresh_snapshot, snapshot, log)
    found = {name: statistics.median(values) for name, values in seconds.items()}
    found["numbering, after reading"] = found["snapshot with reading"] - found["reading alone"]
    print(f"{given.parties:,} parties, {given.ties:,} ties, seed {given.seed}")
    for name, value in found.items():
        print(f"{name:28s} {value:8.3f} s  {value / given.ties * 1e6:7.3f} µs a tie")
    pairs = zip(seconds["numbering alone"], seconds["Arrow's hash of the keys"], strict=True)
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    print(f"numbering takes {ratio:.2f} × as long as Arrow's hash of the same keys")


def numbering(log: FactLog) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """To number everybody in the ties of a log that is read, and to hash their keys with Arrow."""
    tables = {kind: log.read(kind, as_of=DAY, coded=True) for kind in ("LOCATED_IN", *SHARES)}
    ends = [("LOCATED_IN", "from"), *((kind, end) for kind in SHARES for end in ("from", "to"))]

    def mentions() -> list[Mentions]:
        return [mentions_in(tables[kind], f"{end}_key", f"{end}_label") for kind, end in ends]

    keys = pa.chunked_array([item.keys for item in mentions()])
    where = tables["LOCATED_IN"]["to_key"]
    return lambda: number_parties(mentions(), 0, where), keys.dictionary_encode


def write_log(log: FactLog, parties: int, ties: int, seed: int) -> list[str]:
    """Everybody and where they are, then the ties; returns the keys."""
    rng = np.random.default_rng(seed)
    halves = rng.integers(0, 1 << 63, size=(parties, 2)).tolist()
    keys = [f"person:{a:016x}{b:016x}" for a, b in halves]
    towns = [f"division:610322{n:06d}" for n in range(parties // TOWN + 1)]
    located = {
        "from_key": keys,
        "from_label": ["Person"] * parties,
        "to_key": [towns[n // TOWN] for n in range(parties)],
        "to_label": ["Village"] * parties,
    }
    _append(log, {"LOCATED_IN": _facts("LOCATED_IN", located, 0)}, 0)
    tables = {
        kind: _ties(kind, keys, int(ties * share), 1, seed + place)
        for place, (kind, share) in enumerate(SHARES.items())
    }
    _append(log, {**tables, **_bad_loans(keys, rng)}, 1)
    return keys


def _bad_loans(keys: list[str], rng: np.random.Generator) -> dict[str, pa.Table]:
    """Loans of one party in a hundred, and what they are classed as."""
    owing = [keys[number] for number in rng.choice(len(keys), len(keys) // ADVERSE, replace=False)]
    loans = [f"loan:synthetic-{number}" for number in range(len(owing))]
    classes = rng.choice(["substandard", "doubtful", "loss"], len(owing)).tolist()
    owed = {
        "from_key": owing, "from_label": ["Person"] * len(owing),
        "to_key": loans, "to_label": ["Loan"] * len(owing),
    }  # fmt: skip
    said = {"key": loans, "label": ["Loan"] * len(owing), "loan_class": classes}
    return {"BORROWED": _facts("BORROWED", owed, 1), "LoanState": _facts("LoanState", said, 1)}


def _ties(kind: str, keys: list[str], count: int, batch: int, seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    source = rng.integers(0, len(keys), count)
    near = source // TOWN * TOWN + rng.integers(0, TOWN, count)
    far = rng.integers(0, len(keys), count)
    target = np.where(rng.random(count) < 0.9, np.minimum(near, len(keys) - 1), far)
    everybody = pa.array(keys)
    ends = {
        "from_key": everybody.take(pa.array(source)),
        "from_label": ["Person"] * count,
        "to_key": everybody.take(pa.array(target)),
        "to_label": ["Person"] * count,
        "discriminator": [str(n) for n in range(count)],
    }
    return _facts(kind, ends, batch)


def _facts(kind: str, ends: dict[str, Any], batch: int) -> pa.Table:
    count = len(next(iter(ends.values())))
    given = {
        "discriminator": [""] * count,
        **ends,
        "fact_id": [f"{kind}-{batch}-{n}" for n in range(count)],
        "known_from": pa.array([_instant(batch)] * count, pa.timestamp("us", tz="UTC")),
        "certainty": np.ones(count),
        "source": ["synthetic"] * count,
        "batch": [f"synthetic-{batch}"] * count,
        "row": np.arange(count, dtype=np.int32),
        "share_ratio": np.full(count, 0.3),
    }
    schema = arrow_schema(kind)
    columns = [given.get(name, pa.nulls(count, schema.field(name).type)) for name in schema.names]
    return pa.table(columns, schema=schema)


def _instant(batch: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=batch)


def _append(log: FactLog, tables: dict[str, pa.Table], batch: int) -> None:
    with log.append(
        source="synthetic", batch=f"synthetic-{batch}", file_name="synthetic.csv",
        content_sha256=str(batch), known_at=_instant(batch),
    ) as pending:  # fmt: skip
        for kind, table in tables.items():
            pending.assert_facts(kind, table)


def _explain(run: RiskRun, seed: int) -> None:
    """Twenty to whom something is linked: the others have nothing to explain."""
    linked = np.flatnonzero(run.linked > 0)
    for number in np.random.default_rng(seed).choice(linked, 20, replace=False):
        explain(run, run.snapshot.keys[int(number)].as_py())


def _read_all(log: FactLog) -> None:
    for kind in SCHEMA.kinds:
        log.read(kind.kind, as_of=DAY, coded=True)


def _timed(
    seconds: dict[str, list[float]], name: str, work: Callable[..., Any], *given: Any
) -> Any:
    started = time.perf_counter()
    result = work(*given)
    seconds.setdefault(name, []).append(time.perf_counter() - started)
    return result


if __name__ == "__main__":
    main()
