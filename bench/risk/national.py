"""A score of a whole province or country on one machine, within the memory said beforehand.

    python -m bench.risk.national --parties 40000000 --ties 100000000 --gigabytes 4

The graph is made tile by tile (`filed`), so that nothing larger than what the sweeps hold is ever
in memory; the process is refused more than `--gigabytes` beyond what the interpreter has at start.
"""

from __future__ import annotations

import resource
import time

import psutil

from bench.risk.graphs import arguments, filed, option, refuse_without_memory
from queries.risk.kernels.messages import settle
from queries.risk.kernels.paths import strongest_paths


def main() -> None:
    """Run and print."""
    limit = option("--gigabytes", 4.0)
    given = arguments(__doc__, parties=4_000_000, ties=10_000_000)
    refuse_without_memory(given.ties * 10 + given.parties * 24)
    process = psutil.Process()
    held = process.memory_info()
    allowed = int(held.vms + limit * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    started = time.perf_counter()
    blocks, own = filed(given.parties, given.ties, seed=given.seed, local=given.local)
    made = time.perf_counter() - started
    ties = len(blocks.weight)
    settle(*filed(200_000, 400_000, seed=1, local=0.5))  # compiled before the clock runs
    started = time.perf_counter()
    settled = settle(blocks, own)
    taken = time.perf_counter() - started
    started = time.perf_counter()
    strongest_paths(blocks, own)
    paths = time.perf_counter() - started
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"  {ties:,} ties made in {made:.1f} s; score {taken:.2f} s in {settled.sweeps} sweeps "
        f"({taken / settled.sweeps / ties * 1e9:.2f} ns a tie and sweep), paths {paths:.2f} s; "
        f"at most {most:.2f} GiB resident"
    )


if __name__ == "__main__":
    main()
