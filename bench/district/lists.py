"""How long lists of a large district take: the first answer of a state of the data, and the next ones.

    python -m bench.district.lists --records 300000 --households 130000 --grades 60000

`first` is computed for a reader to whom nothing was answered yet but the snapshot of everybody, which
a service has by then; `next` is the median of what a page of fifty takes afterwards.  Both are of the
processor (`cpu`) and of the clock: a machine that does something else besides is slower by the clock.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.district.large_log import DAY, asked_size, write_large_log
from graph.moment import Moment
from graph.operations import OperationsStore
from graph.settings import Settings
from queries.monitoring import Sector, warning_list
from queries.published import published
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR
from queries.supervision.register import grade_counts, graded, inspection_plan

__all__ = ["LISTS", "main", "measure"]

_PAGE, _TIMES = 50, 7

#: What is asked -> how.
LISTS: Mapping[str, Callable[[Reader], Any]] = {
    "monitoring, everybody": lambda reader: warning_list(reader, limit=_PAGE),
    "monitoring, one industry": lambda reader: warning_list(
        reader, Sector(industries=("1371",)), limit=_PAGE, offset=1_000
    ),
    "public page": lambda reader: published(reader).of("样区1号有限公司"),
    "grades": grade_counts,
    "grades of one scheme": lambda reader: graded(
        reader, "supervision", "market", limit=_PAGE, offset=1_000
    ),
    "inspections": lambda reader: inspection_plan(reader, limit=_PAGE),
}


def measure(settings: Settings, store: OperationsStore, folder: Path, **size: int) -> list[Any]:
    """(list, first by cpu, first by clock, next by cpu, next by clock), seconds."""
    log = write_large_log(folder, **size)
    stores: Any = SimpleNamespace(settings=settings, log=log, store=store, runs=Runs())
    reader = Reader(stores, Moment.of(log.batches(), as_of=DAY, known_at=None), ADMINISTRATOR)
    rows: list[Any] = [("snapshot of everybody", *_taken(reader.snapshot), None, None)]
    for name, ask in LISTS.items():
        first = _taken(lambda ask=ask: ask(reader))  # type: ignore[misc]
        after = [_taken(lambda ask=ask: ask(reader)) for _ in range(_TIMES)]  # type: ignore[misc]
        rows.append((name, *first, *map(statistics.median, zip(*after, strict=True))))
    stores.runs.close()
    return rows


def _taken(work: Callable[[], Any]) -> tuple[float, float]:
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - clock


def main() -> None:
    """Print the table."""
    asked = asked_size(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        with OperationsStore(settings) as store:
            rows = measure(settings, store, settings.log_dir, **asked)
    print(f"{'':26}{'first cpu s':>12}{'clock s':>9}{'next cpu ms':>13}{'clock ms':>10}")
    for name, cpu, clock, after, after_clock in rows:
        told = "" if after is None else f"{after * 1000:13.1f}{after_clock * 1000:10.1f}"
        print(f"{name:26}{cpu:12.2f}{clock:9.2f}{told}")


if __name__ == "__main__":
    main()
