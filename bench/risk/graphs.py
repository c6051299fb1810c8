"""Synthetic credit graphs, seeded, and what the benches share: timing in turns, and a table.

Weights are those of the policy's ties in a district's proportions.  Parties are numbered by town;
a tie stays in its town with probability `local`, which is an assumption to be measured on real
data before anything is promised on it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

TOWN = 5_000
SEEDS = 10_000
WEIGHTS = np.array([0.6, 0.5, 0.4 * 0.3, 0.2, 0.2, 0.1])
#: Ties a party of graphs that there are: public data of guarantees, a district with its households,
#: posts and shares.  Ten, as sweeps are mostly measured with, is denser than any of them.
SPARSE = {"guarantees": 0.72, "a district": 3.0}


@dataclass(frozen=True, eq=False)
class Plain:
    """Ties sorted by (target, source), one a pair, and own probabilities."""

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    weight: NDArray[np.float64]
    own: NDArray[np.float64]
    seeds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.weight)


def plain(parties: int, ties: int, *, seed: int, local: float, two_way: bool) -> Plain:
    """About `ties` directed ties: every pair both ways, or one way."""
    rng = np.random.default_rng(seed)
    count = ties // 2 if two_way else ties
    a = rng.integers(0, parties, count)
    near = np.minimum(a // TOWN * TOWN + rng.integers(0, TOWN, count), parties - 1)
    b = np.where(rng.random(count) < local, near, rng.integers(0, parties, count))
    a, b = a[a != b], b[a != b]
    pair = np.concatenate((b * parties + a, a * parties + b)) if two_way else b * parties + a
    pair = np.unique(pair)
    seeds = np.sort(rng.choice(parties, min(SEEDS, parties // 10), replace=False))
    own = np.full(parties, 0.0005)
    own[seeds] = rng.uniform(0.05, 0.9, len(seeds))
    target, source = np.divmod(pair, parties)
    weight = rng.choice(WEIGHTS, len(pair))
    return Plain(source.astype(np.int32), target.astype(np.int32), weight, own, seeds)


def peer(module: str) -> Any:
    """A library that only the bench environment has; None, said aloud, where it is not installed."""
    try:
        return import_module(module)
    except ImportError:
        print(f"  {module} is not installed (dependency group bench): left out")
        return None


def in_turns(
    works: Mapping[str, Callable[[], Any]], rounds: int, *, warm_up: bool = True
) -> dict[str, list[float]]:
    """Seconds of every work, one after the other in every round; a first round warms up.

    In turns, because a shared machine is fast and slow by the minute: ratios of one round compare
    like with like.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(not warm_up, rounds + 1):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            if turn:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def table(seconds: Mapping[str, list[float]], reference: str, ties: int) -> dict[str, float]:
    """Print medians and ratios to the reference; returns how many times faster each one is."""
    faster = {}
    for name, taken in seconds.items():
        turns = zip(seconds[reference], taken, strict=True)
        faster[name] = statistics.median(other / mine for other, mine in turns)
        middle = statistics.median(taken)
        print(
            f"  {name:38s} {middle * 1e3:10.1f} ms {middle / ties * 1e9:8.2f} ns a tie"
            f"   {faster[name]:7.2f} × as fast as {reference}"
        )
    return faster


def arguments(text: str | None, *, parties: int, ties: int, rounds: int = 5) -> argparse.Namespace:
    """Sizes, rounds and seed from the command line; says which machine it runs on."""
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parties", type=int, default=parties)
    parser.add_argument("--ties", type=int, default=ties, help="directed ties")
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--local", type=float, default=0.9, help="share of ties within a town")
    parser.add_argument("--seed", type=int, default=20260601)
    given = parser.parse_args()
    memory = psutil.virtual_memory()
    print(
        f"{given.parties:,} parties, {given.ties:,} directed ties, seed {given.seed}, local "
        f"{given.local}; {psutil.cpu_count()} processors, {memory.total / 2**30:.0f} GiB, "
        f"load {psutil.getloadavg()[0]:.1f}"
    )
    return given


def option(name: str, default: float) -> float:
    """Take one more number from the command line, before `arguments` reads the rest."""
    if name not in sys.argv:
        return default
    place = sys.argv.index(name)
    found = float(sys.argv[place + 1])
    del sys.argv[place : place + 2]
    return found


def flag(name: str) -> bool:
    """The same for a word that is there or not."""
    if name not in sys.argv:
        return False
    sys.argv.remove(name)
    return True


def refuse_without_memory(needed: float) -> None:
    """End with a sentence where fewer bytes are free than the size asked for needs."""
    free = psutil.virtual_memory().available
    if free < needed:
        raise SystemExit(
            f"needs about {needed / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are free: take a "
            "smaller --parties and --ties"
        )
