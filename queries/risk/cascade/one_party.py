"""How much is linked to one party: exactly where few ties matter, else as sampled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.risk.cascade.arrival import Arrivals, first_arrivals
from queries.risk.cascade.exact import reached_exactly
from queries.risk.cascade.throws import Throws

__all__ = ["Linked", "exactly_linked", "linked_to", "linked_without"]

#: Ancestors up to which the exact value is looked for, and nets to look at for it (about 10 ms).
_ANCESTORS = 40
_NETS = 60
#: Ties to look at in sampled worlds (some 5 ms) where the value is known from everybody's count,
#: and where it is not.
_LOOKS, _MORE_LOOKS = 50_000, 2_000_000


@dataclass(frozen=True)
class Linked:
    """Share of worlds in which a party is reached and does not begin by itself.

    Attributes:
        error: standard error; 0 where `exact`.
        worlds: of how many `value` is the share, where it is not exact.
        arrivals: the worlds that were looked at one by one, for the shares of ties and origins; in
            a dense graph fewer than `worlds`.
    """

    value: float
    exact: bool
    error: float
    worlds: int
    arrivals: Arrivals


def linked_to(
    throws: Throws,
    party: int,
    worlds: int,
    *,
    reachable: NDArray[np.floating],
    useful: NDArray[np.bool_] | None = None,
    counted: float | None = None,
) -> Linked:
    """What is linked to a party.

    Args:
        reachable: above 0 for every party that distress can reach at all (the strongest path).
        useful: as in `first_arrivals`.
        counted: the share of all `worlds`, where everybody's was counted.
    """
    budget = _MORE_LOOKS if counted is None else _LOOKS
    arrivals = first_arrivals(throws, party, worlds, useful=useful, budget=budget)
    exact = exactly_linked(throws, party, reachable=reachable)
    if exact is not None:
        return Linked(exact, True, 0.0, worlds, arrivals)
    if counted is None:
        counted, worlds = arrivals.linked / arrivals.worlds, arrivals.worlds
    return Linked(
        counted, False, float(np.sqrt(counted * (1 - counted) / worlds)), worlds, arrivals
    )


def linked_without(
    throws: Throws,
    party: int,
    found: Linked,
    tie: int,
    *,
    reachable: NDArray[np.floating],
    useful: NDArray[np.bool_],
) -> float:
    """What would be linked if a tie into the party were not; never more than what is.

    Exact where what is linked is; else less by the share of worlds in which it is reached over this
    tie alone, of those that were looked at: without it one follows others further, and of fewer
    worlds where looking ran out.
    """
    if found.exact:
        exact = exactly_linked(throws, party, reachable=reachable, without=tie)
        if exact is not None:
            return min(exact, found.value)
    looked = found.arrivals
    without = first_arrivals(
        throws, party, looked.worlds, useful=useful, without=tie, budget=_MORE_LOOKS
    )
    if not looked.linked:
        return found.value
    less = (without.linked / without.worlds) / (looked.linked / looked.worlds)
    return found.value * min(less, 1.0)


def exactly_linked(
    throws: Throws, party: int, *, reachable: NDArray[np.floating], without: int = -1
) -> float | None:
    """What is linked, from all worlds; None where the ancestors are too many or too entangled."""
    around = _ancestry(throws, party, reachable, without)
    if around is None:
        return None
    seeds, ties = around
    reached = reached_exactly(seeds, ties, party, budget=_NETS)
    # what reaches it from others does not depend on whether it begins by itself
    return None if reached is None else (1 - float(throws.graph.own[party])) * reached


def _ancestry(
    throws: Throws, party: int, reachable: NDArray[np.floating], without: int
) -> tuple[dict[int, float], dict[tuple[int, int], float]] | None:
    """Seeds and ties of all from whom distress can come; None where they are many."""
    met, seeds, ties = [party], dict[int, float](), dict[tuple[int, int], float]()
    known = {party}
    for receiver in met:
        for tie in range(int(throws.into[receiver]), int(throws.into[receiver + 1])):
            sender = int(throws.source[tie])
            if tie == without or reachable[sender] <= 0 or sender == party:
                continue
            ties[sender, receiver] = float(throws.graph.weight[tie])
            if sender not in known:
                if len(met) == _ANCESTORS:
                    return None
                known.add(sender)
                met.append(sender)
                if throws.graph.own[sender] > 0:
                    seeds[sender] = float(throws.graph.own[sender])
    return seeds, ties
