"""Guarantee rings: parties that, over any number of steps, stand for one another.

A ring is a strongly connected component of the guarantee graph.  What a ring's members promise
each other covers nothing from outside: when one fails, those who stand for it are those whom it
stands for.  So a ring has two coverages (the definition is ours; risk of this kind is what the
CBRC's notice of July 2014 on guarantee circles is about):

- *nominal*: all guarantees for members' debts, over the debts;
- *effective*: only those of guarantors outside the ring, for each member at most its debt, over
  the debts.  Such a guarantor never has a member behind it, or it would be in the ring itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import networkx as nx
import numpy as np

from queries.structure.fen import Fen
from queries.structure.guarantees import Contract, GuaranteeNet, secured

__all__ = ["Ring", "closes_ring", "find_rings", "ring_of"]

#: Cycles listed for one ring, and the longest listed; a ring of ten that all stand for all has
#: more than a million.
CYCLES = 50
CYCLE_LENGTH = 12


@dataclass(frozen=True)
class Ring:
    """One ring.

    Attributes:
        members: keys, sorted.
        is_joint_group: every guarantee inside is a joint group's (联保), as agreed with the lender.
        cycles: simple cycles, each from its smallest member on, shortest first.
        truncated: there may be more cycles, or longer ones, than are listed.
        inside: what members promise for members.  outside: what others promise for members.
        debt: what the members owe.
        nominal_ratio, effective_ratio: coverages; None where an amount or a debt is unknown.
    """

    members: tuple[str, ...]
    is_joint_group: bool
    link_count: int
    cycles: tuple[tuple[str, ...], ...]
    truncated: bool
    inside: Fen
    outside: Fen
    debt: Fen
    nominal_ratio: float | None
    effective_ratio: float | None


def find_rings(
    net: GuaranteeNet, *, cycles: int = CYCLES, length: int = CYCLE_LENGTH
) -> tuple[Ring, ...]:
    """Every ring, the largest first."""
    found = [
        _ring(net, frozenset(net.station(number)), cycles, length)
        for number in np.flatnonzero(net.standing.station_sizes > 1).tolist()
    ]
    return tuple(sorted(found, key=lambda ring: (-len(ring.members), ring.members)))


def ring_of(net: GuaranteeNet, key: str) -> Ring | None:
    """The ring in which a party stands, or None."""
    members = net.reached(key).keys() & net.reached(key, back=True).keys()
    return _ring(net, frozenset(members), CYCLES, CYCLE_LENGTH) if len(members) > 1 else None


def _ring(net: GuaranteeNet, members: frozenset[str], cycles: int, length: int) -> Ring:
    inner, inside = net.among(members), net.inside(members)
    outside = [c for m in sorted(members) for c in net.received(m) if c.guarantor not in members]
    debts = {member: net.debt(member) for member in members}
    debt = net.debt(*members)
    listed, cut = _cycles(inner, cycles, length)
    nominal, effective = secured(inside + outside), _from_outside(outside, debts)
    return Ring(
        members=tuple(sorted(members)),
        is_joint_group=all(c.kind == "joint_group" for c in inside),
        link_count=inner.number_of_edges(),
        cycles=listed,
        truncated=cut,
        inside=secured(inside),
        outside=secured(outside),
        debt=debt,
        nominal_ratio=_ratio(nominal, debt),
        effective_ratio=_ratio(effective, debt),
    )


def _from_outside(outside: list[Contract], debts: dict[str, Fen]) -> Fen:
    """What others cover: more than a member owes helps no other member."""
    covered = Fen()
    by_borrower: dict[str, list[Contract]] = {}
    for contract in outside:
        by_borrower.setdefault(contract.borrower, []).append(contract)
    for member, owed in debts.items():
        promised = secured(by_borrower.get(member, ()))
        covered += Fen(min(promised.known, owed.known), promised.unknown)
    return covered


def _ratio(covered: Fen, debt: Fen) -> float | None:
    if covered.unknown or debt.unknown or not debt.known:
        return None
    return covered.known / debt.known


def _cycles(graph: nx.DiGraph, most: int, length: int) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Simple cycles, by length and then by name; whether any may have been left out."""
    found = list(islice(nx.simple_cycles(graph, length_bound=length), most + 1))
    turned = [tuple(c[c.index(min(c)) :] + c[: c.index(min(c))]) for c in found]
    # a cycle longer than the bound needs more members than it
    cut = len(found) > most or graph.number_of_nodes() > length
    return tuple(sorted(turned, key=lambda c: (len(c), c))[:most]), cut


def closes_ring(net: GuaranteeNet, guarantor: str, borrower: str) -> tuple[str, ...]:
    """Parties on the shortest way from the borrower back to the guarantor; empty when there is none.

    With one more guarantee from `guarantor` to `borrower` they would be a ring.
    """
    ahead, behind = net.reached(borrower), net.reached(guarantor, back=True)
    if guarantor not in ahead:
        return ()
    return tuple(nx.shortest_path(net.among({*ahead, *behind}), borrower, guarantor))
