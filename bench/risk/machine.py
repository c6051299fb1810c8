"""What this machine can do at best: streams and random reads, one thread and all.

    python -m bench.risk.machine

A sweep reads its ties as a stream and the parties at random: no sweep can be faster than the one,
nor, without blocks, than the other.
"""

from __future__ import annotations

import statistics
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bench.risk.graphs import in_turns
from graph.compiled import compiled
from queries.risk.kernels.blocks import processors

STREAM = 1 << 26


@compiled
def _triad(to: NDArray[np.float32], a: NDArray[np.float32], b: NDArray[np.float32]) -> None:
    for at in range(np.uint64(len(to))):
        to[at] = a[at] + np.float32(0.5) * b[at]


@compiled
def _read(ends: NDArray[np.uint32], weight: NDArray[np.float32]) -> float:
    ends_sum, weight_max = np.uint32(0), np.float32(0)
    for at in range(np.uint64(len(ends))):
        ends_sum ^= ends[at]
        weight_max = max(weight_max, weight[at])
    return float(ends_sum) + float(weight_max)


@compiled
def _gather(
    values: NDArray[np.float32], ends: NDArray[np.uint32], weight: NDArray[np.float32]
) -> float:
    total = np.float32(0)
    for at in range(np.uint64(len(ends))):
        total += weight[at] * values[ends[at]]
    return float(total)


def measure(rounds: int = 5) -> dict[str, float]:
    """GB/s of streams, ns of a random read."""
    a, b, to = (np.ones(STREAM, np.float32) for _ in range(3))
    rng = np.random.default_rng(1)
    crew = ThreadPoolExecutor(processors())
    cuts = list(pairwise(np.linspace(0, STREAM, processors() + 1).astype(int)))
    ends = rng.integers(0, STREAM, STREAM, np.uint32)

    def read_all() -> None:
        list(crew.map(lambda cut: _read(ends[cut[0] : cut[1]], a[cut[0] : cut[1]]), cuts))

    works = {
        "triad, 1 thread (12 B)": lambda: _triad(to, a, b),
        "read, 1 thread (8 B)": lambda: _read(ends, a),
        f"read, {processors()} threads (8 B)": read_all,
    }
    found = {}
    for name, taken in in_turns(works, rounds).items():
        size = (12 if "triad" in name else 8) * STREAM
        found[f"{name}, GB/s"] = size / statistics.median(taken) / 1e9
    some = ends[: STREAM // 8]
    for megabytes in (4, 20, 256):
        within = some % np.uint32(megabytes << 18)
        ((_, seconds),) = in_turns({"": partial(_gather, a, within, b)}, rounds).items()
        once = statistics.median(seconds)
        found[f"random read of {megabytes} MB, ns"] = once / len(within) * 1e9
    crew.shutdown()
    return found


def main() -> None:
    """Run and print."""
    for name, value in measure().items():
        print(f"  {name:38s} {value:8.2f}")


if __name__ == "__main__":
    main()
