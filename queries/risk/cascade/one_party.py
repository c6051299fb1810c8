"""How much is linked to one party: exactly where few ties matter, else as sampled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.risk.cascade.arrival import Arrivals, first_arrivals
from queries.risk.cascade.exact import reached_exactly
from queries.risk.cascade.throws import Throws

__all__ = ["Linked", "linked_to"]

#: Ancestors up to which the exact value is looked for, and nets to look at for it (about 10 ms).
_ANCESTORS = 40
_NETS = 60


@dataclass(frozen=True)
class Linked:
    """Share of worlds in which a party is reached and does not begin by itself.

    Attributes:
        error: standard error; 0 where `exact`.
        arrivals: the worlds that were looked at, for the shares of ties and origins.
    """

    value: float
    exact: bool
    error: float
    arrivals: Arrivals


def linked_to(
    throws: Throws,
    party: int,
    worlds: int,
    *,
    reachable: NDArray[np.floating],
    useful: NDArray[np.bool_] | None = None,
    without: int = -1,
) -> Linked:
    """What is linked to a party.

    Args:
        reachable: above 0 for every party that distress can reach at all (the strongest path).
        useful, without: as in `first_arrivals`.
    """
    arrivals = first_arrivals(throws, party, worlds, useful=useful, without=without)
    sampled = arrivals.linked / arrivals.worlds
    error = float(np.sqrt(sampled * (1 - sampled) / arrivals.worlds))
    around = _ancestry(throws, party, reachable, without)
    if around is not None:
        seeds, ties = around
        own = float(throws.graph.own[party])
        reached = reached_exactly(seeds, ties, party, budget=_NETS)
        if reached is not None:
            # what reaches it from others does not depend on whether it begins by itself
            return Linked((1 - own) * reached, True, 0.0, arrivals)
    return Linked(sampled, False, error, arrivals)


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
