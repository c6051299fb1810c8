"""Guarantee chains: A stands for B, who stands for C …; the longest, and what is owed at its end.

A ring on the way is one station, since inside it there is no before and after; then chains are
walks over a graph without circles, and the longest is found exactly in one pass.  The length is
counted in guarantees between stations.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from queries.structure.fen import Fen
from queries.structure.guarantees import GuaranteeNet

__all__ = ["Chain", "Reach", "find_chains", "reach_of"]

#: From how many guarantees in a row a chain is one (domain practice: 担保链 三级以上).
CHAIN_LINKS = 3
#: Before the first station there is none.
_BEGINS = -1


@dataclass(frozen=True)
class Chain:
    """A longest chain that ends at one station.

    Attributes:
        stations: members of each station, from the first guarantor to the last borrower.
        link_count: guarantees between them.
        end_guaranteed: what the last station's guarantors promise for it.
        end_debt: what the last station owes: the debt that runs up the chain when it fails.
        debt: what all behind the first guarantor owe.
    """

    stations: tuple[tuple[str, ...], ...]
    link_count: int
    end_guaranteed: Fen
    end_debt: Fen
    debt: Fen


@dataclass(frozen=True)
class Reach:
    """All for whom a party stands directly or through others (FinBench complex read 11).

    Attributes:
        parties: (key, number of guarantees on the shortest way), nearest first.
        debt: what they owe together.
        depth: length of the longest chain that begins here.
    """

    parties: tuple[tuple[str, int], ...]
    debt: Fen
    depth: int


def find_chains(net: GuaranteeNet, *, least: int = CHAIN_LINKS) -> tuple[Chain, ...]:
    """For every station that stands for nobody, the longest chain to it of at least `least`."""
    standing, station = net.standing, net.standing.station_of
    count = len(standing.station_sizes)
    begins, ends = station[standing.guarantor], station[standing.borrower]
    between = np.flatnonzero(begins != ends)
    between = between[np.argsort(-begins[between], kind="stable")]
    # the number of a station is above that of all it leads to: all that lead to one come before it
    links, before = [0] * count, [_BEGINS] * count
    for here, there in zip(begins[between].tolist(), ends[between].tolist(), strict=True):
        told = links[here] + 1
        # of equals the smallest number
        if told > links[there] or (told == links[there] and here < before[there]):
            links[there], before[there] = told, here
    leads_on = np.zeros(count, bool)
    leads_on[begins[between]] = True
    last = [n for n in np.flatnonzero(~leads_on).tolist() if links[n] >= least]
    promised = _promised(net, last)
    found = []
    for end, guaranteed in zip(last, promised, strict=True):
        way, at = [], end
        while at != _BEGINS:
            way.append(net.station(at))
            at = before[at]
        found.append(_chain(net, tuple(reversed(way)), links[end], guaranteed))
    return tuple(sorted(found, key=lambda chain: (-chain.link_count, chain.stations)))


def reach_of(net: GuaranteeNet, key: str) -> Reach:
    """For whom a party stands in the end, and what that is; empty for one that guarantees nobody."""
    depth = net.reached(key)
    if not depth:
        return Reach((), Fen(), 0)
    inside = net.among(depth)
    del depth[key]
    return Reach(
        tuple(sorted(depth.items(), key=lambda item: (item[1], item[0]))),
        net.debt(*depth),
        nx.dag_longest_path_length(_unweighted(nx.condensation(inside))),
    )


def _promised(net: GuaranteeNet, stations: list[int]) -> list[Fen]:
    """What guarantors outside promise for each of some stations."""
    standing = net.standing
    parts: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    for number in stations:
        pairs = np.concatenate([standing.received(each) for each in standing.station(number)])
        parts.append(pairs[standing.station_of[standing.guarantor[pairs]] != number])
    of = np.repeat(np.arange(len(stations)), [len(part) for part in parts[1:]])
    rows, place = standing.rows(np.concatenate(parts))
    return net.contracts.secured(of[place], rows, len(stations))


def _chain(
    net: GuaranteeNet, stations: tuple[tuple[str, ...], ...], links: int, guaranteed: Fen
) -> Chain:
    return Chain(
        stations,
        links,
        guaranteed,
        net.debt(*stations[-1]),
        net.debt(*(member for station in stations[1:] for member in station)),
    )


def _unweighted(graph: nx.DiGraph) -> nx.DiGraph:
    nx.set_edge_attributes(graph, 1, "weight")
    return graph
