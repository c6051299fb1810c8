"""What whole-district answers take as a district grows: seconds, memory, and how both rise.

    python -m bench.district.growth --persons 10000 100000 1000000

For each size a log is written in one process (not timed) and answered from in another, so that what is
resident at the most belongs to that size and that answer.  Firms, guarantees, shares, posts, villages,
departments and decisions grow with the persons.  Answers are those of a reader, in this order: the
first makes the snapshot that structure is read from, as in a service.  Compiled loops are called once
before on a small district; then whole rounds, each with nothing kept from the one before, until three
are done or `--enough` seconds are over, and the median counts.  `--processor`: seconds of the
processors instead, all threads together, for a machine that does something else besides.

`last` is the slope of log seconds over log persons between the two largest districts, `all` the least
squares of all of them: what costs the same whatever the size makes `all` the smaller.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil

from bench.district.column_batch import column_batch
from bench.district.decisions import write_decisions
from bench.district.firms import write_firms, write_guarantees
from bench.district.households import DAY, KNOWN, MEMBERS, write_households
from bench.district.peak_memory import peak_mib, reset_peak
from graph.calendar import as_published
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import OperationsStore
from graph.secrets import make_secrets
from graph.settings import Settings
from queries.bulletins.content import canonical, write_content
from queries.indicators.gathering import book_of
from queries.indicators.months import month_number
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

__all__ = ["ANSWERS", "Taken", "main", "measure", "slope", "table", "write_district_log"]

_ROUNDS, _SMALL, _MONTH = 3, 2_000, "2026-02"
_PERSONS_A_DECISION, _PERSONS_A_DEPARTMENT = 4, 2_500

#: Of an answer: seconds, and MiB resident at the most while it was made.
Taken = Mapping[str, tuple[float, float]]


def _risk(reader: Reader) -> None:
    """Everybody's, and why of whom most is linked to."""
    run = reader.risk_run()
    reader.risk(run.snapshot.keys[int(np.argmax(run.linked))].as_py())


def _bulletin(reader: Reader) -> None:
    book = book_of(reader, as_published(), [])
    assert book is not None
    month = month_number(_MONTH)
    canonical(write_content(book, reader.basis, _MONTH, (month, month)))


#: Answer -> how it is asked for.
ANSWERS: Mapping[str, Callable[[Reader], Any]] = {
    "log to first risk answer": _risk,
    "structure": lambda reader: reader.structure(),
    "prospects": lambda reader: reader.prospects().summary(),
    "village grades": lambda reader: reader.places(),
    "bulletin of a month": _bulletin,
}


def write_district_log(folder: Path, persons: int) -> None:
    """Write a district of about so many persons into the data folder."""
    settings, chance = Settings(data=folder), np.random.default_rng(persons)
    # as every log is: one without a key is read as older ones are, which costs
    make_secrets(settings.secrets_file)
    log = FactLog(settings.log_dir)
    with column_batch(log, "district", KNOWN, registers=["Enterprise"]) as batch:
        people = write_households(batch, round(persons / MEMBERS), chance)
        firms = write_firms(batch, people, chance)
        write_guarantees(batch, people, firms, chance)
        write_decisions(
            batch, firms, persons // _PERSONS_A_DECISION,
            bodies=persons // _PERSONS_A_DEPARTMENT + 1, until=DAY, chance=chance,
        )  # fmt: skip


def measure(folder: Path, small: Path, enough: float, *, processor: bool = False) -> Taken:
    """Answers from the district in a data folder, after the small one beside it was answered from."""
    clock = time.process_time if processor else time.perf_counter
    _round(small, clock)
    begun, rounds = time.perf_counter(), [_round(folder, clock)]
    while len(rounds) < _ROUNDS and time.perf_counter() - begun < enough:
        rounds.append(_round(folder, clock))
    return {
        name: (statistics.median(each[name][0] for each in rounds), rounds[0][name][1])
        for name in ANSWERS
    }


def _round(folder: Path, clock: Callable[[], float]) -> dict[str, tuple[float, float]]:
    settings, found = Settings(data=folder), {}
    with OperationsStore(settings) as store:
        log = FactLog(settings.log_dir)
        stores: Any = SimpleNamespace(settings=settings, log=log, store=store, runs=Runs())
        reader = Reader(stores, Moment.of(log.batches(), as_of=DAY), ADMINISTRATOR)
        for name, ask in ANSWERS.items():
            gc.collect()
            reset_peak()
            begun = clock()
            ask(reader)
            found[name] = (clock() - begun, peak_mib())
        stores.runs.close()
    return found


def slope(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Least squares of log value over log size; nan for a single size."""
    if len(sizes) < 2:
        return float("nan")
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def table(found: Mapping[int, Taken]) -> str:
    """Seconds by size and how they rise, and beside them MiB by size and how these do."""
    sizes = list(found)
    head = "".join(f"{size:>11,}" for size in sizes)
    lines = [
        f"{'':26}{'seconds':>{11 * len(sizes)}}{'':14}{'MiB at the most':>{11 * len(sizes)}}",
        f"{'persons':26}{head}{'last':>7}{'all':>7}{head}{'last':>7}",
    ]
    for name in ANSWERS:
        seconds, memory = ([found[size][name][of] for size in sizes] for of in (0, 1))
        lines.append(
            f"{name:26}{''.join(f'{value:11.2f}' for value in seconds)}"
            f"{slope(sizes[-2:], seconds[-2:]):7.2f}{slope(sizes, seconds):7.2f}"
            f"{''.join(f'{value:11,.0f}' for value in memory)}"
            f"{slope(sizes[-2:], memory[-2:]):7.2f}"
        )
    most = [max(mib for _, mib in taken.values()) for taken in found.values()]
    lines.append(
        f"{sizes[-1]:,} persons: at the most {most[-1]:,.0f} MiB resident, "
        f"slope {slope(sizes[-2:], most[-2:]):.2f}"
    )
    return "\n".join(lines)


def _apart(work: Callable[..., Any], *given: Any) -> Any:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--persons", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--enough", type=float, default=20, help="seconds after which no round is")
    parser.add_argument("--processor", action="store_true", help="seconds of the processors")
    given = parser.parse_args()
    memory = psutil.virtual_memory().total / 2**30
    print(
        f"{psutil.cpu_count()} processors, {memory:.0f} GiB, load {psutil.getloadavg()[0]:.1f}; "
        f"structure is read from the snapshot of the first answer",
        flush=True,
    )
    found: dict[int, Taken] = {}
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small"
        _apart(write_district_log, small, _SMALL)
        for persons in sorted(given.persons):
            data = Path(folder) / str(persons)
            begun = time.perf_counter()
            _apart(write_district_log, data, persons)
            written = time.perf_counter()
            found[persons] = _apart(
                partial(measure, processor=given.processor), data, small, given.enough
            )
            answered = time.perf_counter() - written
            print(f"  {persons:,} persons: written in {written - begun:.0f} s, answered from for "
                  f"{answered:.0f} s", flush=True)  # fmt: skip
    print(table(found))


if __name__ == "__main__":
    main()
