"""The cascade over a whole country on one machine, within the memory said beforehand.

    python -m bench.risk.national --parties 40000000 --ties 100000000 --gigabytes 6

The graph is made party by party and never as a table of ties, so that nothing larger than what the
walk needs is ever in memory.
"""

from __future__ import annotations

import resource
import time

import numpy as np

from bench.risk.graphs import SEEDS, TOWN, WEIGHTS, arguments, option, refuse_without_memory
from queries.risk.cascade.sampled import Net, count_reached
from queries.risk.coins import thresholds

__all__ = ["main", "wide"]

_SLICE = 1_000_000


def wide(parties: int, ties: int, *, seed: int, local: float) -> Net:
    """About `ties` one-way ties, most of them within a town, and 10,000 who may begin."""
    random = np.random.default_rng(seed)
    each = random.poisson(ties / parties, parties).astype(np.int16)
    first = np.zeros(parties + 1, np.int64)
    np.cumsum(each, out=first[1:])
    target, weight = np.empty(first[-1], np.int32), np.empty(first[-1], np.uint32)
    kinds = thresholds(WEIGHTS)
    for begin in range(0, parties, _SLICE):
        end = min(begin + _SLICE, parties)
        sender = np.repeat(np.arange(begin, end), each[begin:end])
        near = np.minimum(
            sender // TOWN * TOWN + random.integers(0, TOWN, len(sender)), parties - 1
        )
        anywhere = random.integers(0, parties, len(sender))
        found = np.where(random.random(len(sender)) < local, near, anywhere)
        rows = slice(first[begin], first[end])
        # nobody is tied to himself
        target[rows] = np.where(found == sender, (found + 1) % parties, found)
        weight[rows] = random.choice(kinds, len(sender))
    own = np.zeros(parties, np.uint32)
    own[random.choice(parties, min(SEEDS, parties // 10))] = thresholds(np.array([0.6]))
    return Net(np.arange(parties, dtype=np.uint64), own, first, target, weight)


def main() -> None:
    """Run and print; exit 1 where more memory was needed."""
    limit = option("--gigabytes", 6.0)
    given = arguments(__doc__, parties=4_000_000, ties=10_000_000, rounds=1)
    refuse_without_memory(given.ties * 16 + given.parties * 60)
    count_reached(wide(1_000, 4_000, seed=1, local=0.5), 512)  # compiled before the clock runs
    started = time.perf_counter()
    held = wide(given.parties, given.ties, seed=given.seed, local=given.local)
    made = time.perf_counter() - started
    started = time.perf_counter()
    found = count_reached(held)
    taken = time.perf_counter() - started
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"  {len(held.target):,} ties made in {made:.1f} s; {found.worlds:,} worlds {taken:.2f} s, "
        f"{np.mean(found.reached > 0):.1%} of all reached in any; at most {most:.2f} GiB resident"
    )
    raise SystemExit(most > limit)


if __name__ == "__main__":
    main()
