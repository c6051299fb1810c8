"""How long every page of the menu takes over a large district: until its first answer, and afterwards.

    python -m bench.district.pages --records 300000 --households 130000 --grades 60000

The district is served in this process with its engine beside it, to whoever uses the machine.  `first` is
until a page is there that nobody asked for since the data came, waiting pages included; `next` the median
of what it takes from then on, by the clock and by the processor.  A page that needs a name or a number is
not in the menu, and not here.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from api.app import create_app
from api.pages.navigation import navigation
from api.security import local_asker
from bench.district.large_log import asked_size, write_large_log
from graph.catch_up import catch_up
from graph.engine import stop_engine
from graph.settings import Settings

__all__ = ["LIMIT_S", "PageTaken", "main", "measure"]

#: Within what a list is to be there.
LIMIT_S = 0.3
_TIMES, _LATER, _AGAIN, _MOST_S = 7, (202, 503), "data-again", 600.0


@dataclass(frozen=True)
class PageTaken:
    """Seconds until a page was there first, and what it takes from then on."""

    path: str
    status: int
    first_s: float
    next_s: float
    next_cpu_s: float


def measure(settings: Settings) -> list[PageTaken]:
    """Every page of the menu, the slowest first."""
    paths = dict.fromkeys(entry.path for those in navigation().values() for entry in those)
    app = create_app(settings, answers_for=local_asker())
    with TestClient(app, "http://127.0.0.1") as browser:
        found = [_taken(browser, path) for path in paths]
    return sorted(found, key=lambda one: -one.next_s)


def _taken(browser: TestClient, path: str) -> PageTaken:
    begun = time.perf_counter()
    # a desk is there before its numbers are, and says so
    while (answer := browser.get(path)).status_code in _LATER or _AGAIN in answer.text:
        if time.perf_counter() - begun > _MOST_S:
            break
        time.sleep(0.05)
    first = time.perf_counter() - begun
    clocks, processors = [], []
    for _ in range(_TIMES):
        cpu, clock = time.process_time(), time.perf_counter()
        answer = browser.get(path)
        clocks.append(time.perf_counter() - clock)
        processors.append(time.process_time() - cpu)
    return PageTaken(
        path, answer.status_code, first, statistics.median(clocks), statistics.median(processors)
    )


def main() -> None:
    """Print the table."""
    asked = asked_size(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        try:
            write_large_log(settings.log_dir, **asked)
            catch_up(settings, owned=True)
            rows = measure(settings)
        finally:
            stop_engine(settings)
    print(f"{'':32}{'status':>7}{'first s':>9}{'next ms':>9}{'cpu ms':>8}")
    for one in rows:
        print(
            f"{one.path:32}{one.status:7}{one.first_s:9.2f}{one.next_s * 1e3:9.1f}"
            f"{one.next_cpu_s * 1e3:8.1f}"
        )
    within = sum(one.next_s <= LIMIT_S for one in rows)
    print(f"{within} of {len(rows)} pages within {LIMIT_S * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
