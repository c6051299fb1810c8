"""What whoever starts waits for: the demonstration on a fresh machine and again, one command, one question.

    python -m bench.start.commands

This checkout is cloned into a temporary folder with an empty home beside it, so that nothing is there
but Python, git and make; then `make demo` is run as the README says, until its service answers that it
is ready, and stopped with Ctrl-C.  What is fetched comes over the network, so that the first number
belongs to the line as well.  Again and the commands are medians.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

import httpx
import psutil

__all__ = ["main", "median_s", "say"]

_CHECKOUT = Path(__file__).parents[2]
_PATIENCE_S, _LOOKS_S = 600.0, 0.1
#: Percent of all processors.
_CALM = 20.0


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--again", type=int, default=3, help="how often the demonstration starts again"
    )
    parser.add_argument("--times", type=int, default=7, help="how often a command is run")
    given = parser.parse_args()
    # who runs in the background ignores Ctrl-C, and whatever it starts would too
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(
        f"{platform.machine()}, {psutil.cpu_count()} processors, Python {platform.python_version()}, "
        f"load before {os.getloadavg()[0]:.1f}"
    )
    with TemporaryDirectory() as made:
        source, home = Path(made) / "xinnong", Path(made) / "home"
        home.mkdir()
        # as somebody types it
        subprocess.run(["git", "clone", "-q", str(_CHECKOUT), str(source)], check=True)  # noqa: S607
        environment = _nothing_but_a_home(home)
        with _demonstration(source, environment) as fresh_s:
            say("make demo, fresh", fresh_s)
            say("its classes are archived", _archived(home))
        again = []
        for _ in range(given.again):
            with _demonstration(source, environment) as taken:
                again.append(taken)
        say("make demo, again", statistics.median(again))
        xinnong = str(source / ".venv/bin/xinnong")
        told = environment | {"XINNONG_DATA": str(source / ".demo")}

        def run(*arguments: str) -> Callable[[], object]:
            return lambda: subprocess.run(
                [xinnong, *arguments], env=told, check=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

        say("xinnong --help", median_s(run("--help"), given.times))
        with _demonstration(source, environment):
            ask = run("ask", "find_party", "text=李")
            ask()  # the engine hears it first
            _until_calm()
            say("xinnong ask, engine warm", median_s(ask, given.times))


def median_s(work: Callable[[], object], times: int) -> float:
    """Seconds in the middle of so many runs."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _nothing_but_a_home(home: Path) -> dict[str, str]:
    """The environment of somebody who never used this: no cache, no settings, no environment of Python."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XINNONG_", "PYTHON", "XDG_", "VIRTUAL_ENV"))
    }
    return kept | {"HOME": str(home)}


@contextmanager
def _demonstration(source: Path, environment: Mapping[str, str]) -> Iterator[float]:
    """Seconds until the demonstration answers that it is ready; it runs until the block ends."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    begun, none = time.perf_counter(), subprocess.DEVNULL
    with subprocess.Popen(
        ["make", "demo", f"PORT={port}"],  # noqa: S607
        cwd=source, env=environment,
        stdin=none, stdout=none, stderr=none, start_new_session=True,
    ) as running:  # fmt: skip
        try:
            while not _is_ready(port):
                if running.poll() is not None or time.perf_counter() - begun > _PATIENCE_S:
                    raise RuntimeError("the demonstration did not start")
                time.sleep(_LOOKS_S)
            yield time.perf_counter() - begun
        finally:
            # as Ctrl-C in a terminal reaches make and what it runs
            os.killpg(running.pid, signal.SIGINT)
            running.wait(60)


def _archived(home: Path) -> float:
    """Seconds until the engine's classes are archived, beside a demonstration at which nobody looks."""
    begun = time.perf_counter()
    while not [*home.glob(".cache/xinnong/classes-*.json")]:
        if time.perf_counter() - begun > _PATIENCE_S:
            raise RuntimeError("the classes were not archived")
        time.sleep(_LOOKS_S)
    return time.perf_counter() - begun


def _until_calm() -> None:
    """Wait until the service has asked what it asks of nobody after a start."""
    begun = time.perf_counter()
    while psutil.cpu_percent(interval=2) > _CALM and time.perf_counter() - begun < _PATIENCE_S:
        pass


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=60).is_success
    except httpx.HTTPError:
        return False


def say(what: str, seconds: float) -> None:
    """Print one line of the table."""
    print(f"{what:28s}{seconds:9.2f} s", flush=True)


if __name__ == "__main__":
    main()
