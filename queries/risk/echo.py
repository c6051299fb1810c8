"""How much of a score is the party's own distress, come back to it round a ring.

Messages leave out what came straight back over a tie, but not what comes home round three parties
or more: on a directed ring whose weights multiply to W the score is up to 1/(1 − W) times too high.
Whether a party fails does not depend on the ties *out of* it.  So the score that it would have
without them is still no less than the exact probability, and all that it loses by that is echo:

    best path  ≤  exact  ≤  score without own ties out  ≤  score

Followed is only what those ties set off, from above: wherever it stops, the bound holds.  Rings that
do not pass through the party stay in its score.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queries.risk.paths import ties_into
from queries.risk.ripple import Outgoing
from queries.risk.weights import RiskGraph

__all__ = ["echo_of"]


def echo_of(
    graph: RiskGraph,
    message: NDArray[np.float64],
    out: Outgoing,
    party: int,
    *,
    finest: float = 1e-8,
    budget: int = 5_000,
) -> float:
    """At least so much of the party's score, as a probability, is its own echo.

    Args:
        message: the settled messages of `graph`.
        out: its ties by sender.
        finest: changes of weight · message below this are not followed; as kernels settle.
        budget: ties to look at; where it runs out, less is known to be echo than there is.
    """
    heard: dict[int, tuple[int, NDArray[np.float64]]] = {}

    def hears(receiver: int) -> tuple[int, NDArray[np.float64]]:
        if receiver not in heard:
            first, last = ties_into(graph, receiver)
            heard[receiver] = first, message[first:last].copy()
        return heard[receiver]

    def quiet(receiver: int) -> tuple[float, int, NDArray[np.float64]]:
        first, told = hears(receiver)
        ties = np.log1p(-graph.weight[first : first + len(told)] * told)
        return float(np.log1p(-graph.own[receiver]) + ties.sum()), first, ties

    as_it_is, _, _ = quiet(party)
    waiting = dict[int, None]()  # in order, each once
    for tie in out.of(party).tolist():
        receiver = int(graph.target[tie])
        first, told = hears(receiver)
        told[tie - first] = 0.0
        waiting[receiver] = None
    while waiting and budget > 0:
        sender = next(iter(waiting))
        del waiting[sender]
        total, begin, parts = quiet(sender)
        ties = out.of(sender)
        budget -= len(parts) + len(ties)
        back = out.back[ties]
        echo = np.where(back >= 0, parts[np.maximum(back - begin, 0)], 0.0)
        for tie, said in zip(ties.tolist(), (-np.expm1(total - echo)).tolist(), strict=True):
            receiver = int(graph.target[tie])
            first, told = hears(receiver)
            if (told[tie - first] - said) * graph.weight[tie] > finest:
                told[tie - first] = said
                if receiver != party:
                    waiting[receiver] = None
    without, _, _ = quiet(party)
    return float(max(np.exp(without) - np.exp(as_it_is), 0.0))
