"""Mutual pairs, stars and joint groups among guarantees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import networkx as nx
import numpy as np

from queries.structure.fen import Fen
from queries.structure.guarantees import GuaranteeNet, secured

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
    standing = net.standing
    back = standing.back()
    pairs = np.flatnonzero((back >= 0) & (standing.guarantor < standing.borrower))
    both = np.concatenate([pairs, back[pairs]])
    rows, of = standing.rows(both)
    promised = net.contracts.secured(of, rows, len(both))
    keys = net.contracts.keys
    return tuple(
        MutualPair(keys[a], keys[b], promised[at], promised[len(pairs) + at])
        for at, (a, b) in enumerate(
            zip(standing.guarantor[pairs].tolist(), standing.borrower[pairs].tolist(), strict=True)
        )
    )


def find_stars(net: GuaranteeNet, *, more_than: int = 5) -> tuple[Star, ...]:
    """Guarantors of more than so many borrowers, the largest first."""
    standing, keys, found = net.standing, net.contracts.keys, []
    for place in np.flatnonzero(standing.borrowers_each > more_than).tolist():
        borrowers = [keys[each] for each in standing.borrower[standing.given(place)].tolist()]
        found.append(
            Star(
                keys[place],
                tuple(borrowers),
                tuple(b for b in borrowers if is_firm(net.label(b))),
                secured(net.given(keys[place])),
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
    standing, keys = net.standing, net.contracts.keys
    rows, of = standing.rows(np.arange(len(standing.guarantor)))
    joint = np.zeros(len(standing.guarantor), bool)
    joint[of[net.contracts.is_of("joint_group")[rows]]] = True
    back = standing.back()
    together = joint & (back >= 0) & joint[back] & (standing.guarantor < standing.borrower)
    if among is not None:
        some = net.places(set(among))
        together &= np.isin(standing.guarantor, some) & np.isin(standing.borrower, some)
    both = nx.Graph()
    turn = np.zeros(len(keys), np.int64)
    turn[standing.turn] = np.arange(len(standing.turn))
    pairs = np.flatnonzero(together)
    # as the contracts name them: where a tangle is cut, the order says which groups are listed
    for pair in pairs[np.argsort(turn[standing.guarantor[pairs]], kind="stable")].tolist():
        both.add_edge(keys[standing.guarantor[pair]], keys[standing.borrower[pair]])
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


def _group(net: GuaranteeNet, members: list[str]) -> JointGroup:
    return JointGroup(tuple(sorted(members)), secured(net.inside(members)), net.debt(*members))
