"""The borrower page and the search under load that does not wait: how late, how large, held up by what.

    python -m bench.load.open_loop --persons 100000
    python -m bench.load.open_loop --persons 2000 --rates 1 10 --seconds 5 --memory 500

A sample district is served as `xinnong serve` does, in a process of its own, with log-in, scope, consent
and audit on: officers of a bank, each with a session, look at borrowers who agreed, and search for
them.  Requests begin at instants drawn beforehand (a Poisson process of a seed), whether or not those
before were answered, and each is timed from the instant at which it should have begun: who waits to
begin waits as well.  It is measured as a service is that ran for some minutes: so many pages were asked for
before.  Printed are, for each rate, p50 and p99, what was answered otherwise, how often
as long the page took at p50 as its questions take alone, asked by one reader without any service in the
same run, and of a page the processor time of service and engine, with as many pages a second as the
processors could make at most; then the memory of the service before and after so many requests, and what a slow answer, asked
all the while, does to the page beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

import httpx
import psutil

import ingest
from api.party_file import read_party_file
from api.security import Role
from api.services import Services
from bench.api.people import INSTITUTION, Credential, entered
from graph.catch_up import catch_up
from graph.engine import engine_status, stop_engine
from graph.errors import GraphUnavailableError
from graph.log import FactLog
from graph.operations import Channel, OperationsStore
from graph.settings import Settings
from graph.time import today, utc_now
from ingest.sample import steps, write_district
from queries.consent import AskedConsent, find_purpose, register_consent
from queries.scope import ADMINISTRATOR

__all__ = [
    "Asked", "Timed", "agreed", "arrivals", "bare", "main", "of_memory", "of_processors", "officers", "quantile",
    "run", "serving", "spent", "taken_in",
]  # fmt: skip

#: How many borrowers are looked at in turns, and by how many officers: one may ask twenty a second.
_BORROWERS, _OFFICERS = 500, 8
#: While memory is watched: so many a second, which one interpreter keeps up with, and of so many one
#: is a borrower page, the others searches.
_STEADY, _PAGE = 40, 20
#: Asked all the while, in the part on slow answers, each time of another day: it reads the whole
#: district.
_SLOW = ("POST", "/v1/stress/losses")
_LATE_S = 120.0
#: So many pages a second for so many seconds before anything is timed: the engine compiles what it is
#: asked again and again.
_BEFORE = 5, 120


@dataclass
class Timed:
    """What some requests came to, in seconds from the instant at which each should have begun."""

    taken: list[float] = field(default_factory=list)
    otherwise: int = 0

    def row(self, name: str, bare_s: float) -> str:
        """As a line of the table."""
        p50, p99 = quantile(self.taken, 0.5), quantile(self.taken, 0.99)
        ratio = f"{p50 / bare_s:6.2f}" if bare_s else "     –"
        return (
            f"{name:34s} {len(self.taken):6,d} {p50 * 1e3:9.1f} {p99 * 1e3:9.1f} {ratio}"
            f" {self.otherwise:6d}"
        )


@dataclass(frozen=True)
class Asked:
    """One request of one officer."""

    method: str
    path: str
    known_by: Credential
    body: dict[str, str] | None = None


def quantile(taken: Sequence[float], share: float) -> float:
    """The smallest of some times that is not exceeded by a share of them; 0 of none."""
    ordered = sorted(taken)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)] if ordered else 0.0


def arrivals(rate: float, seconds: float, seed: int) -> list[float]:
    """Instants at which requests begin, in seconds, with so many in a second on the average."""
    rng, at, found = random.Random(seed), 0.0, []  # noqa: S311
    while (at := at + rng.expovariate(rate)) < seconds:
        found.append(at)
    return found


async def _sent(address: str, asked: Sequence[Asked], at: Sequence[float]) -> Timed:
    found, begun = Timed(), time.perf_counter()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)

    async with httpx.AsyncClient(base_url=address, timeout=_LATE_S, limits=limits) as client:

        async def one(what: Asked, due: float) -> None:
            await asyncio.sleep(max(0.0, due - (time.perf_counter() - begun)))
            try:
                answer = await client.request(
                    what.method, what.path, json=what.body, headers=what.known_by.headers
                )
                fine = answer.status_code == httpx.codes.OK
            except httpx.HTTPError:
                fine = False
            if fine:
                found.taken.append(time.perf_counter() - begun - due)
            else:
                found.otherwise += 1

        await asyncio.gather(*(one(what, due) for what, due in zip(asked, at, strict=True)))
    return found


def run(address: str, make: Callable[[int], Asked], at: Sequence[float]) -> Timed:
    """Send what is made for each instant, at it."""
    return asyncio.run(_sent(address, [make(number) for number in range(len(at))], at))


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[str, psutil.Process]]:
    """Address and process of the service, when it answers that it is ready."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {"XINNONG_DATA": str(settings.data)}
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    # what it logs when it is asked for too much is no part of the table
    none = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=none, stderr=none) as service:
        try:
            while True:
                if service.poll() is not None:
                    raise RuntimeError("the service did not start")
                try:
                    if httpx.get(f"{address}/readyz", timeout=60).status_code == httpx.codes.OK:
                        break
                except httpx.HTTPError:
                    pass
                time.sleep(0.2)
            yield address, psutil.Process(service.pid)
        finally:
            service.terminate()
            service.wait(60)


def agreed(store: OperationsStore, settings: Settings) -> list[tuple[str, str]]:
    """Key and name of borrowers, who agreed."""
    log, purpose = FactLog(settings.log_dir), find_purpose("credit_approval")
    borrowers = dict.fromkeys(log.read("BORROWED")["from_key"].to_pylist())
    names = dict(zip(*log.read("Person").select(["key", "name"]).to_pydict().values(), strict=True))
    chosen = [(key, names[key]) for key in borrowers if names.get(key)][:_BORROWERS]
    for key, _ in chosen:
        asked = AskedConsent(
            key, INSTITUTION, purpose.code, tuple(sorted(purpose.classes)), today(),
            sensitive_tick=True, onward_tick=True, channel=Channel.ONLINE,
        )  # fmt: skip
        register_consent(store, asked, by="窗口", at=utc_now())
    return chosen


def bare(services: Services, keys: Sequence[str]) -> float:
    """Seconds in the middle that all of a borrower page takes to be read, without a service."""
    taken = []
    for number, key in enumerate(keys):
        reader, begun = services.reader(ADMINISTRATOR), time.perf_counter()
        try:
            read_party_file(reader, key)
        except GraphUnavailableError:  # slower than the engine's limit: it is heard the next time
            continue
        # the first ones are heard by the engine for the first time
        if number >= len(keys) // 2:
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken) if taken else 0.0


def officers(store: OperationsStore, settings: Settings, address: str) -> list[Credential]:
    """Sessions of officers of the bank, entered now."""
    return [
        entered(store, settings, address, Role.LOAN_OFFICER, number=number)
        for number in range(_OFFICERS)
    ]


def spent(settings: Settings, service: psutil.Process) -> tuple[float, float]:
    """Seconds of processors that the service and the engine took so far."""
    times = [each.cpu_times() for each in (service, psutil.Process(engine_status(settings).pid))]
    return times[0].user + times[0].system, times[1].user + times[1].system


def of_processors(before: tuple[float, float], after: tuple[float, float], pages: int) -> str:
    """What is said of the processor time of service and engine, before and after so many pages."""
    service, engine = (
        (late - early) / pages * 1e3 for early, late in zip(before, after, strict=True)
    )
    most = (psutil.cpu_count() or 1) * 1e3 / (service + engine)
    # one interpreter: what the service takes it takes one after the other
    return (
        f"  of a page the service takes {service:.1f} ms of a processor, the engine {engine:.1f} ms: "
        f"at most {min(most, 1e3 / service):.1f} pages a second"
    )


def taken_in(settings: Settings, persons: int) -> None:
    """Write a sample district into a data folder, take its files in, and start its engine."""
    write_district(settings.data / "district", persons=persons)
    for source, path in steps(settings.data / "district"):
        ingest.ingest(source, [path], settings=settings, into_graph=False)
    catch_up(settings, owned=True)


def measure(settings: Settings, given: argparse.Namespace) -> None:
    """Serve a district that is there, and print."""
    with Services(settings, owned=True) as services:
        borrowers = agreed(services.store, settings)
        alone = bare(services, [key for key, _ in borrowers[:40]])
        with serving(settings) as (address, process):
            known = officers(services.store, settings, address)

            def page(number: int) -> Asked:
                key, _ = borrowers[number % len(borrowers)]
                return Asked("GET", f"/parties/{key}", known[number % _OFFICERS])

            def search(number: int) -> Asked:
                _, name = borrowers[number % len(borrowers)]
                who = known[number % _OFFICERS]
                return Asked("POST", "/v1/parties/search", who, {"text": name})

            run(address, page, arrivals(*_BEFORE, given.seed))
            print(f"questions of the page alone: {alone * 1e3:.1f} ms")
            print(
                f"{'':34s} {'asked':>6s} {'p50 ms':>9s} {'p99 ms':>9s} {'ratio':>6s} {'else':>6s}"
            )
            for rate in given.rates:
                at = arrivals(rate, given.seconds, given.seed)
                begun = spent(settings, process)
                print(run(address, page, at).row(f"borrower page, {rate:g} a second", alone))
                print(of_processors(begun, spent(settings, process), len(at)))
                print(run(address, search, at).row(f"search, {rate:g} a second", 0.0), flush=True)
            _memory(
                address, process, lambda number: (search if number % _PAGE else page)(number), given
            )
            _beside(address, page, known[0], given)


def _memory(address: str, process: psutil.Process, make: Callable[[int], Asked],
            given: argparse.Namespace) -> None:  # fmt: skip
    sizes, rate, left = [process.memory_info().rss], _STEADY, given.memory
    otherwise = 0
    while left > 0:
        at = arrivals(rate, min(left, 1_000) / rate, given.seed + left)
        otherwise += run(address, make, at).otherwise
        left -= max(1, len(at))
        sizes.append(process.memory_info().rss)
    print(of_memory(sizes, given.memory, otherwise))


def of_memory(sizes: Sequence[int], requests: int, otherwise: int) -> str:
    """What is said of the sizes of a service in bytes, before and after each thousand requests."""
    told = " ".join(f"{size / 2**20:.0f}" for size in sizes)
    return (
        f"memory of the service over {requests:,} requests, one in {_PAGE} a page, "
        f"{otherwise} answered otherwise, MiB: {told}; "
        f"after the first thousand it grew by {(sizes[-1] - sizes[1]) / 2**20:.0f} MiB"
    )


def _beside(address: str, page: Callable[[int], Asked], officer: Credential,
            given: argparse.Namespace) -> None:  # fmt: skip
    rate = sorted(given.rates)[len(given.rates) // 2]
    at = arrivals(rate, given.seconds, given.seed)
    alone = run(address, page, at)
    method, path = _SLOW
    days, held = itertools.count(1), list[float]()

    async def both() -> Timed:
        async with httpx.AsyncClient(base_url=address, timeout=_LATE_S) as client:

            async def again() -> None:
                while True:
                    # of a day that nobody asked about: what is known of a day is kept
                    when = {"as_of": (today() - timedelta(next(days))).isoformat()}
                    begun = time.perf_counter()
                    answer = await client.request(
                        method, path, params=when, json={}, headers=officer.headers
                    )
                    answer.raise_for_status()
                    held.append(time.perf_counter() - begun)

            async with asyncio.TaskGroup() as group:
                slow = [group.create_task(again()) for _ in range(2)]
                found = await _sent(address, [page(number) for number in range(len(at))], at)
                for one in slow:
                    one.cancel()
            return found

    print(alone.row(f"page, {rate:g} a second, alone", 0.0))
    print(asyncio.run(both()).row(f"the same beside 2 × {path}", 0.0))
    print(
        f"  {len(held)} of these were answered meanwhile, each within {quantile(held, 0.5):.1f} s at p50"
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--rates", type=float, nargs="+", default=[1, 5, 10, 25, 50, 100])
    parser.add_argument("--seconds", type=float, default=30.0, help="of each rate")
    parser.add_argument(
        "--memory", type=int, default=20_000, help="requests over which it is watched"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"{platform.machine()}, {psutil.cpu_count()} processors, Python {platform.python_version()}, "
        f"load before {load}; {given.persons:,} persons, seed {given.seed}"
    )
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        try:
            taken_in(settings, given.persons)
            measure(settings, given)
        finally:
            stop_engine(settings)


if __name__ == "__main__":
    main()
