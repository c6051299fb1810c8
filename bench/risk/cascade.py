"""The cascade for everybody, against the ways in which others would sample it.

    python -m bench.risk.cascade --parties 1000000 --ties 2000000
    python -m bench.risk.cascade --parties 400000 --ties 1200000 --two-way

Peers throw the coins of a world and search it from all who begin: scipy and igraph (where it is
installed) over arrays, plain Python over dictionaries as networkx does.  They are given a few
worlds each, and a world is what is compared.  Public guarantee data has 0.72 ties a party, a
district with households, posts and shares 2 to 4 (`--two-way`); ten and more, as linear sweeps are
measured with, reach nearly everybody and mean nothing.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order

from bench.risk.graphs import Plain, arguments, flag, in_turns, peer, plain, refuse_without_memory
from queries.risk.cascade.sampled import Net, count_reached, net_of
from queries.risk.coins import thresholds
from queries.risk.kernels.blocks import processors

__all__ = ["compare", "main", "net", "timed"]

Peer = tuple[int, Callable[[], Any]]


def net(graph: Plain) -> Net:
    """A bench graph as coins; without the floor, which does not travel."""
    own = np.zeros(len(graph.own))
    own[graph.seeds] = graph.own[graph.seeds]
    coin = np.arange(len(own), dtype=np.uint64)
    return net_of(coin, thresholds(own), graph.source, graph.target, thresholds(graph.weight))


def compare(
    graph: Plain, rounds: int, *, worlds: int = 4096, few: int = 4, python: bool = True
) -> dict[str, float]:
    """Print seconds and microseconds a world; returns how many times faster ours is than each."""
    held = net(graph)
    peers: dict[str, Peer] = {
        f"ours, {processors()} threads": (worlds, lambda: count_reached(held, worlds)),
        "ours, 1 thread": (worlds // 4, lambda: count_reached(held, worlds // 4, threads=1)),
        "scipy breadth_first_order": (few, lambda: _scipy(graph, few)),
        **_igraph(graph, few),
    }
    if python:
        around = _dictionaries(graph)
        peers["dictionaries, as networkx"] = (2, lambda: _python(graph, around, 2))
    taken = in_turns({name: work for name, (_, work) in peers.items()}, rounds)
    a_world = {name: [s / peers[name][0] for s in seconds] for name, seconds in taken.items()}
    ours = next(iter(peers))
    ratios = {}
    for name, seconds in a_world.items():
        pairs = zip(seconds, a_world[ours], strict=True)
        ratios[name] = statistics.median(theirs / mine for theirs, mine in pairs)
        print(
            f"  {name:28s} {statistics.median(taken[name]):8.2f} s for {peers[name][0]:6,} worlds,"
            f" {statistics.median(seconds) * 1e6:12.1f} µs each; ours is {ratios[name]:8.1f} × as fast"
        )
    return ratios


def _scipy(graph: Plain, worlds: int) -> int:
    """How many are reached in all, a virtual party telling all who begin."""
    random, count, reached = np.random.default_rng(1), len(graph.own), 0
    for _ in range(worlds):
        holds = random.random(len(graph)) < graph.weight
        begin = graph.seeds[random.random(len(graph.seeds)) < graph.own[graph.seeds]]
        source = np.concatenate((graph.source[holds], np.full(len(begin), count)))
        target = np.concatenate((graph.target[holds], begin))
        ones = np.ones(len(source), np.int8)
        world = sparse.csr_array((ones, (source, target)), shape=(count + 1, count + 1))
        reached += len(breadth_first_order(world, count, return_predecessors=False)) - 1
    return reached


def _igraph(graph: Plain, worlds: int) -> dict[str, Peer]:
    igraph = peer("igraph")
    if igraph is None:
        return {}
    count = len(graph.own)
    told = np.column_stack((np.full(len(graph.seeds), count), graph.seeds))
    ends = np.concatenate((np.column_stack((graph.source, graph.target)), told))
    whole = igraph.Graph(n=count + 1, edges=ends, directed=True)
    chance = np.concatenate((graph.weight, graph.own[graph.seeds]))

    def run() -> int:
        random, reached = np.random.default_rng(1), 0
        for _ in range(worlds):
            holds = np.flatnonzero(random.random(len(chance)) < chance)
            world = whole.subgraph_edges(holds.tolist(), delete_vertices=False)
            reached += len(world.subcomponent(count, mode="out")) - 1
        return reached

    return {"igraph subcomponent": (worlds, run)}


def _dictionaries(graph: Plain) -> dict[int, dict[int, float]]:
    around: dict[int, dict[int, float]] = {}
    ties = zip(graph.source.tolist(), graph.target.tolist(), graph.weight.tolist(), strict=True)
    for source, target, weight in ties:
        around.setdefault(source, {})[target] = weight
    return around


def _python(graph: Plain, around: dict[int, dict[int, float]], worlds: int) -> int:
    random, reached = Random(1), 0  # noqa: S311  # coins, no secrets
    begins = list(zip(graph.seeds.tolist(), graph.own[graph.seeds].tolist(), strict=True))
    for _ in range(worlds):
        queue = [seed for seed, chance in begins if random.random() < chance]
        met = set(queue)
        for sender in queue:
            for receiver, weight in around.get(sender, {}).items():
                if receiver not in met and random.random() < weight:
                    met.add(receiver)
                    queue.append(receiver)
        reached += len(met)
    return reached


def timed(graph: Plain, worlds: int, rounds: int) -> float:
    """Print seconds and how far distress comes; returns the seconds."""
    held = net(graph)
    seconds = in_turns({"": lambda: count_reached(held, worlds)}, rounds)[""]
    found = count_reached(held, 512)
    middle = statistics.median(seconds)
    print(
        f"  {len(graph.own):,} parties, {worlds:,} worlds: {middle:.2f} s; a world reaches "
        f"{found.probability.mean():.2%} of all, 512 worlds {np.mean(found.reached > 0):.0%}"
    )
    return middle


def main() -> None:
    """Run and print."""
    two_way, slope = flag("--two-way"), flag("--slope")
    given = arguments(__doc__, parties=1_000_000, ties=2_000_000, rounds=3)
    refuse_without_memory(given.ties * 400 + given.parties * 700)
    shape = {"seed": given.seed, "local": given.local, "two_way": two_way}
    graph = plain(given.parties, given.ties, **shape)
    compare(graph, given.rounds)
    whole = timed(graph, 16_384, 1)
    if slope:
        tenth = timed(plain(given.parties // 10, given.ties // 10, **shape), 16_384, given.rounds)
        print(f"  ten times the graph: seconds ~ ties^{math.log10(whole / tenth):.2f}")


if __name__ == "__main__":
    main()
