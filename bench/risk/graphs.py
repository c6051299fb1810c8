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
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from queries.risk.kernels.blocks import BLOCK, Blocks, tournament
from queries.risk.kernels.compiled import compiled

TOWN = 5_000
SEEDS = 10_000
WEIGHTS = np.array([0.6, 0.5, 0.4 * 0.3, 0.2, 0.2, 0.1])


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


def filed(parties: int, ties: int, *, seed: int, local: float) -> tuple[Blocks, NDArray[Any]]:
    """Blocks and own probabilities of two-way ties, made tile by tile: no more memory than that."""
    rng = np.random.default_rng(seed)
    size = (parties + BLOCK - 1) // BLOCK
    low_block, high_block, rounds = tournament(size)
    within = low_block == high_block
    mean = np.where(within, local / size, (1 - local) / max((~within).sum(), 1))
    each = rng.poisson(mean * (ties // 2))
    pairs = np.concatenate(([0], np.cumsum(each)))
    low, high = (np.empty(pairs[-1], np.uint16) for _ in range(2))
    weight = np.empty(2 * pairs[-1], np.float32)
    last = parties - (size - 1) * BLOCK
    _fill(np.uint64(seed), pairs, within, high_block == size - 1, last, low, high, weight, WEIGHTS)
    own = np.full(parties, 0.0005, np.float32)
    own[rng.choice(parties, SEEDS)] = 0.6
    none = np.zeros(0, np.uint16)
    singles = np.zeros(2 * len(low_block) + 1, np.int64)
    return Blocks(
        parties, rounds, low_block, high_block, pairs, singles, low, high, none, none, weight,
        np.zeros(0, np.uint32),
    ), own  # fmt: skip


@compiled
def _next(state: Any) -> Any:
    return state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)


@compiled
def _fill(
    state: Any,
    pairs: NDArray[np.int64],
    within: NDArray[np.bool_],
    at_end: NDArray[np.bool_],
    last: int,
    low: NDArray[np.uint16],
    high: NDArray[np.uint16],
    weight: NDArray[np.float32],
    weights: NDArray[np.float64],
) -> None:
    """Ends at random, `low` rising in a tile as the filing has it; weights at random.

    The upper bits of a linear congruence (Knuth's MMIX) are random enough for a graph, and take
    two seconds for a hundred million ties where a generator called tile by tile takes twenty.
    """
    shift, mask, kinds = np.uint64(16), np.uint64(65535), np.uint64(len(weights))
    for tile in range(len(within)):
        room_high = np.uint64(last if at_end[tile] else 65536)
        room_low = room_high if within[tile] else np.uint64(65536)
        begin, end = pairs[tile], pairs[tile + 1]
        for at in range(np.uint64(begin), np.uint64(end)):
            state = _next(state)
            low[at] = ((state >> np.uint64(48)) * room_low) >> shift
            high[at] = (((state >> np.uint64(32)) & mask) * room_high) >> shift
        low[begin:end].sort()
        for at in range(np.uint64(begin), np.uint64(end) if within[tile] else np.uint64(begin)):
            if low[at] == high[at]:  # nobody is tied to himself
                high[at] = low[at] - np.uint16(1) if low[at] else np.uint16(1)
    for at in range(np.uint64(len(weight))):
        state = _next(state)
        weight[at] = weights[(state >> np.uint64(40)) % kinds]


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
