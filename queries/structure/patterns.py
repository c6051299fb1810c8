"""Mutual pairs, stars and joint groups among guarantees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import networkx as nx

from queries.structure.fen import Fen
from queries.structure.guarantees import Contract, GuaranteeNet, secured

__all__ = [
    "JointGroup",
    "MutualPair",
    "Star",
    "find_joint_groups",
    "find_mutual",
    "find_stars",
    "is_firm",
]

#: Maximal groups looked at in one tangle of joint guarantees.
_GROUPS = 1_000


@dataclass(frozen=True)
class MutualPair:
    """Two parties that stand for each other at the same time (互保)."""

    first: str
    second: str
    first_for_second: Fen
    second_for_first: Fen


@dataclass(frozen=True)
class Star:
    """One guarantor of many.

    Attributes:
        borrowers: all whom it stands for.  clients: those of them that are firms.
    """

    guarantor: str
    borrowers: tuple[str, ...]
    clients: tuple[str, ...]
    guaranteed: Fen
    debt: Fen


@dataclass(frozen=True)
class JointGroup:
    """Parties who each stand for every other by joint guarantee (联保小组)."""

    members: tuple[str, ...]
    guaranteed: Fen
    debt: Fen


def find_mutual(net: GuaranteeNet) -> tuple[MutualPair, ...]:
    """Every pair, the smaller key first."""
    graph = net.graph
    return tuple(
        MutualPair(
            a, b, secured(graph[a][b]["contracts"]), secured(graph[b][a]["contracts"])
        )
        for a, b in sorted(graph.edges)
        if a < b and graph.has_edge(b, a)
    )  # fmt: skip


def find_stars(net: GuaranteeNet, *, more_than: int = 5) -> tuple[Star, ...]:
    """Guarantors of more than so many borrowers, the largest first."""
    found = []
    for guarantor in net.graph:
        borrowers = sorted(net.graph.successors(guarantor))
        if len(borrowers) > more_than:
            found.append(
                Star(
                    guarantor,
                    tuple(borrowers),
                    tuple(b for b in borrowers if is_firm(net.label(b))),
                    secured(net.given(guarantor)),
                    net.debt(*borrowers),
                )
            )
    return tuple(sorted(found, key=lambda star: (-len(star.borrowers), star.guarantor)))


def is_firm(label: str) -> bool:
    """Whether a party counts as a firm or client: farmers and households do not."""
    return label not in ("Person", "Household")


def find_joint_groups(
    net: GuaranteeNet, *, among: Iterable[str] | None = None, least: int = 3
) -> tuple[tuple[JointGroup, ...], bool]:
    """Largest sets in which everybody stands for everybody by joint guarantee; whether cut.

    `among` keeps to these parties.
    """
    graph = net.graph if among is None else net.graph.subgraph(among)
    both = nx.Graph()
    for a, b, contracts in graph.edges(data="contracts"):
        back = graph.get_edge_data(b, a)
        if a < b and back and _joint(contracts) and _joint(back["contracts"]):
            both.add_edge(a, b)
    found, cut = [], False
    for tangle in nx.connected_components(both):
        if len(tangle) < least:
            continue
        # of a district there may be more groups than of any tangle: what is bounded is the tangle
        sets = list(islice(nx.find_cliques(both.subgraph(tangle)), _GROUPS + 1))
        found += [_group(net, members) for members in sets[:_GROUPS] if len(members) >= least]
        cut = cut or len(sets) > _GROUPS
    found.sort(key=lambda group: (-len(group.members), group.members))
    return tuple(found), cut


def _joint(contracts: list[Contract]) -> bool:
    return any(item.kind == "joint_group" for item in contracts)


def _group(net: GuaranteeNet, members: list[str]) -> JointGroup:
    inside = net.graph.subgraph(members)
    contracts = [c for _, _, held in inside.edges(data="contracts") for c in held]
    return JointGroup(tuple(sorted(members)), secured(contracts), net.debt(*members))
