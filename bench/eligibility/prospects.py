"""Prospects of a whole district: every product for every household, from the log.

    python -m bench.eligibility.prospects [--households 130000]

A synthetic district is written into a log in a temporary folder (not timed); then the log is read,
facts are gathered, ten products evaluated and the best member of every household found (timed, each
part apart), in one process, as `xinnong prospects` does it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.district.column_batch import column_batch
from bench.district.households import DAY, KNOWN, write_households
from graph.log import FactLog
from graph.secrets import make_secrets
from queries.eligibility import packaged
from queries.eligibility.decisions.prospects import prospects

__all__ = ["main"]


def main() -> None:
    """Print the times."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--households", type=int, default=130_000)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # as every log is: one without a key is read as older ones are, which costs
        make_secrets(Path(folder) / "secrets.json")
        log = FactLog(Path(folder) / "log")
        with column_batch(log, "loan", KNOWN) as batch:
            told = write_households(batch, chosen.households, np.random.default_rng(5))
        persons = len(told.persons)
        for _ in range(chosen.rounds):
            started, spent = time.perf_counter(), time.process_time()
            found = prospects(log, DAY, KNOWN, packaged())
            ready, spent = time.perf_counter(), time.process_time() - spent
            rows = found.summary()
            summed = time.perf_counter()
            village = found.village(rows[0].village)
            done = time.perf_counter()
            print(
                f"{chosen.households:,} households, {persons:,} persons: district "
                f"{ready - started:.2f} s ({spent:.2f} s of processor), summary of {len(rows):,} rows {summed - ready:.2f} s, one "
                f"village's sheet of {len(village):,} lines {done - summed:.2f} s; "
                f"{found.units:,} units without a known loan"
            )


if __name__ == "__main__":
    main()
