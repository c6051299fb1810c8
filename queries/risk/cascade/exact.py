"""The exact chance that one party is reached, where few ties matter.

A source before all parties begins distress in each with its own probability: what is left is the
chance that one of a net's ends can be reached from the other over ties that hold each with its own
chance (two-terminal reliability; Ball, Colbourn, Provan 1995).  That is #P-hard in general, and
small here: most parties have few ancestors with adverse facts.  Reductions that change nothing are
made first, then one tie is taken as holding, then as not, and both are reduced again.
"""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

__all__ = ["reached_exactly"]

_SOURCE = -1


def reached_exactly(
    seeds: Mapping[int, float],
    ties: Mapping[tuple[int, int], float],
    party: int,
    *,
    budget: int = 2_000,
) -> float | None:
    """The chance that `party` is reached; None where it takes more than `budget` nets to know.

    Args:
        seeds: own probability of the parties that have one.
        ties: weight by (sender, receiver).
        budget: reduced nets to look at, some 50 µs each.
    """
    net = nx.DiGraph()
    net.add_node(party)
    for (sender, receiver), weight in ties.items():
        if weight > 0 and sender != receiver:
            net.add_edge(sender, receiver, weight=weight)
    for seed, probability in seeds.items():
        if probability > 0:
            net.add_edge(_SOURCE, seed, weight=probability)
    if _SOURCE not in net:
        return 0.0
    left = [budget]
    return _chance(net, party, left)


def _chance(net: nx.DiGraph, party: int, left: list[int]) -> float | None:
    if left[0] == 0:
        return None
    left[0] -= 1
    _reduce(net, party)
    if _SOURCE not in net:
        return 0.0
    if net.number_of_edges() == 1:
        return float(net.edges[_SOURCE, party]["weight"])
    # beside the source: when the tie holds, its end is the source
    first = max(net.successors(_SOURCE), key=lambda end: (net.out_degree(end), -end))
    weight = float(net.edges[_SOURCE, first]["weight"])
    without = net.copy()
    without.remove_edge(_SOURCE, first)
    unreached = _chance(without, party, left)
    if unreached is None:
        return None
    if first == party:
        return weight + (1 - weight) * unreached
    for _, receiver, tie in list(net.out_edges(first, data="weight")):
        _add(net, _SOURCE, receiver, tie)
    net.remove_node(first)
    reached = _chance(net, party, left)
    return None if reached is None else weight * reached + (1 - weight) * unreached


def _reduce(net: nx.DiGraph, party: int) -> None:
    """Take away what changes nothing, until nothing more can be."""
    changed = True
    while changed:
        changed = _drop_useless(net, party)
        for middle in list(net):
            if middle in (_SOURCE, party) or middle not in net:
                continue
            if net.in_degree(middle) == net.out_degree(middle) == 1:
                ((sender, _, weight_in),) = net.in_edges(middle, data="weight")
                ((_, receiver, weight_out),) = net.out_edges(middle, data="weight")
                net.remove_node(middle)
                if sender != receiver:
                    _add(net, sender, receiver, weight_in * weight_out)
                changed = True


def _drop_useless(net: nx.DiGraph, party: int) -> bool:
    """Drop what lies on no way from the source to the party that visits nobody twice."""
    before = net.number_of_nodes(), net.number_of_edges()
    if _SOURCE in net:
        useful = (nx.descendants(net, _SOURCE) | {_SOURCE}) & (nx.ancestors(net, party) | {party})
        net.remove_nodes_from([node for node in list(net) if node not in useful | {party}])
        net.remove_edges_from(list(net.out_edges(party)))
        # a tie back to somebody through whom all ways to its sender lead
        if _SOURCE in net and party in net and net.number_of_edges():
            above = nx.immediate_dominators(net, _SOURCE)
            back = [
                (sender, receiver)
                for sender, receiver in net.edges
                if _dominates(above, receiver, sender)
            ]
            net.remove_edges_from(back)
    if _SOURCE in net and net.out_degree(_SOURCE) == 0:
        net.remove_node(_SOURCE)
    return before != (net.number_of_nodes(), net.number_of_edges())


def _dominates(above: Mapping[int, int], who: int, whom: int) -> bool:
    while whom in above and above[whom] is not None and above[whom] != whom:
        whom = above[whom]
        if whom == who:
            return True
    return False


def _add(net: nx.DiGraph, sender: int, receiver: int, weight: float) -> None:
    """One more tie; beside one that is there, either is enough."""
    there = net.edges[sender, receiver]["weight"] if net.has_edge(sender, receiver) else 0.0
    net.add_edge(sender, receiver, weight=1 - (1 - there) * (1 - weight))
