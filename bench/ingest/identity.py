"""How good the identity rules are, and how fast candidates are found.

    python -m bench.ingest.identity --records 100000 --rounds 3

Prints precision and recall of every finding on the labelled pairs of `tests/ingest/identity`, those
of the whole, and the rate on a generated crowd of which one record in ten is a mention: by rules,
and by splink where the extra `er` is installed.  Processor seconds, median over the rounds: a machine
with neighbours does not change them much.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from graph.errors import SettingsError
from ingest.identity.candidates import Found, find_candidates
from ingest.identity.policy import load_policy
from ingest.identity.probabilistic import find_probable
from ingest.identity.record import Record

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "ingest" / "identity"))

from crowd import crowd
from labelled import at, by_rule, load


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    _quality()
    _speed(find_candidates, given.records, given.rounds)
    try:
        _speed(find_probable, given.records, given.rounds)
    except SettingsError as error:
        print(f"left out: {error}")


def _quality() -> None:
    pairs = load()
    same = sum(pair.same for pair in pairs)
    print(f"{len(pairs)} labelled pairs, {same} same, policy {load_policy().name}")
    print(f"{'finding':28s} {'held':>5s} {'precision':>9s} {'recall':>7s}")
    for name, score in by_rule(pairs).items():
        print(f"{name:28s} {score.fired:5d} {score.precision:9.2f} {score.recall:7.2f}")
    policy = load_policy()
    for what, threshold in (("in the queue", policy.show_from), ("likely", policy.likely_from)):
        score = at(pairs, threshold)
        print(f"{what:28s} {score.fired:5d} {score.precision:9.2f} {score.recall:7.2f}")


def _speed(search: Callable[[list[Record]], Found], size: int, rounds: int) -> None:
    mentions = size // 10
    records, truth = crowd(1, identified=size - mentions, mentions=mentions)
    seconds = []
    for _ in range(rounds):
        started = time.process_time()
        found = search(records)
        seconds.append(time.process_time() - started)
    median = statistics.median(seconds)
    shown = {(item.mention.key, item.other.key) for item in found.candidates}
    hit = sum(pair in shown for pair in truth.items())
    print(
        f"{found.weighed_by}: {size:,} records: {median:.1f} s, {size / median:,.0f} rows/s; "
        f"{found.compared:,} pairs compared, {len(found.candidates):,} shown, {hit / len(truth):.1%} of {len(truth):,} true "
        f"pairs among them, left out {found.left_out}"
    )


if __name__ == "__main__":
    main()
