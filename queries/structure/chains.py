"""Guarantee chains: A stands for B, who stands for C …; the longest, and what is owed at its end.

A ring on the way is one station, since inside it there is no before and after; then chains are
walks over a graph without circles, and the longest is found exactly in one pass.  The length is
counted in guarantees between stations.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from queries.structure.fen import Fen
from queries.structure.guarantees import GuaranteeNet, secured

__all__ = ["Chain", "Reach", "find_chains", "reach_of"]

#: From how many guarantees in a row a chain is one (domain practice: 担保链 三级以上).
CHAIN_LINKS = 3
#: Before the first station there is none.
_BEGINS = 1


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
    # a component is handed out after all that it leads to, so that numbers fall along a chain
    stations = list(nx.strongly_connected_components(net.graph))
    station = {party: number for number, members in enumerate(stations) for party in members}
    # (guarantees, last station before as its number below zero); of equals the smallest number
    longest: list[tuple[int, int]] = [(0, _BEGINS)] * len(stations)
    ends = []
    for here in reversed(range(len(stations))):
        after = {station[b] for a in stations[here] for b in net.graph.successors(a)} - {here}
        told = (longest[here][0] + 1, -here)
        for there in after:
            longest[there] = max(longest[there], told)
        if not after and longest[here][0] >= least:
            ends.append(here)
    found = []
    for end in ends:
        way, at = [], -end
        while at != _BEGINS:
            way.append(tuple(sorted(stations[-at])))
            at = longest[-at][1]
        found.append(_chain(net, tuple(reversed(way)), longest[end][0]))
    return tuple(sorted(found, key=lambda chain: (-chain.link_count, chain.stations)))


def reach_of(net: GuaranteeNet, key: str) -> Reach:
    """For whom a party stands in the end, and what that is; empty for one that guarantees nobody."""
    if key not in net.graph:
        return Reach((), Fen(), 0)
    depth = nx.single_source_shortest_path_length(net.graph, key)
    del depth[key]
    inside = net.graph.subgraph({key, *depth})
    return Reach(
        tuple(sorted(depth.items(), key=lambda item: (item[1], item[0]))),
        net.debt(*depth),
        nx.dag_longest_path_length(_unweighted(nx.condensation(inside))),
    )


def _chain(net: GuaranteeNet, stations: tuple[tuple[str, ...], ...], links: int) -> Chain:
    end = set(stations[-1])
    promised = [c for m in stations[-1] for c in net.received(m) if c.guarantor not in end]
    return Chain(
        stations,
        links,
        secured(promised),
        net.debt(*stations[-1]),
        net.debt(*(member for station in stations[1:] for member in station)),
    )


def _unweighted(graph: nx.DiGraph) -> nx.DiGraph:
    nx.set_edge_attributes(graph, 1, "weight")
    return graph
