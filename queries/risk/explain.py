"""Why a party has its risk: its own facts, and apart from them what is linked to it, and how.

What is linked is told by direct tie and by origin, each by first arrival, so that what is listed
sums to the whole; by the strongest single ways as sentences; and by what would be without a tie.
An explanation looks at the party's surroundings only, whatever the size of the graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from graph.schema import SCHEMA
from queries.basis import HINT_NOTICE
from queries.risk.answer import (
    Contribution,
    Hop,
    LinkedRisk,
    Origin,
    OwnRisk,
    Path,
    RiskAnswer,
)
from queries.risk.cascade.one_party import Linked, linked_to, linked_without
from queries.risk.evidence import evidence_of, unused_ties
from queries.risk.paths import Way, strongest_ways
from queries.risk.run import RiskRun
from queries.risk.sentence import say, say_linked, say_standing

__all__ = ["explain", "linked_in"]

#: A way that carries less than once in ten thousand worlds is not told: the linked value, which is
#: counted in worlds, says "nothing" there, and a list of ways below it would deny that.
_TOLD = 1e-4
#: For how many direct ties it is said what would be without them.
_HYPOTHESES = 3


def explain(run: RiskRun, key: str, *, paths: int = 5, budget: int = 2_000) -> RiskAnswer:
    """Explain one party; raises `NotFoundError` when the snapshot does not know it.

    Args:
        paths: how many of the strongest paths to list.
        budget: partial paths to look at for them; where it runs out, the basis says `truncated`.
    """
    party = run.snapshot.index(key)
    found = strongest_ways(run.graph, run.strongest, party, floor=_TOLD, count=paths, budget=budget)
    linked = linked_in(run, party)
    own = float(run.graph.own[party])
    levels, calibration = run.policy.levels, run.policy.calibration
    base = run.policy.base.probability
    facts = run.graph.own_facts.get(party, ())
    chance = None
    if calibration is not None and not {fact.kind for fact in facts} & {*calibration.in_default}:
        chance = 1 - (1 - base) * (1 - own - linked.value)
    return RiskAnswer(
        party=key,
        name=run.snapshot.name(party),
        own=OwnRisk(own, levels.of(own), levels.code_of(own), facts),
        linked=LinkedRisk(
            value=linked.value,
            level=levels.of(linked.value),
            level_code=levels.code_of(linked.value),
            exact=linked.exact,
            error=linked.error,
            worlds=linked.worlds,
            rank=_rank(run, party) if linked.value else None,
            of=len(run.snapshot),
            sentence=say_linked(linked.value, exact=linked.exact, error=linked.error),
            contributions=_contributions(run, party, linked),
            origins=_origins(run, linked),
            paths=tuple(_described(run, way) for way in found.ways),
            notice=HINT_NOTICE,
        ),
        base=base,
        score=own + linked.value,
        unused=run.graph.unused.get(party, ()),
        unused_ties=unused_ties(run.snapshot, run.policy, run.graph, party),
        calibrated=calibration is not None,
        probability=chance,
        standing=say_standing(base, chance, calibration),
        basis=replace(run.basis, truncated=found.truncated),
    )


def linked_in(run: RiskRun, party: int) -> Linked:
    """What is linked to a party in a run."""
    return linked_to(
        run.throws,
        party,
        run.sampled.worlds,
        reachable=run.strongest,
        useful=run.ever_reached,
        counted=float(run.linked[party]),
    )


def _rank(run: RiskRun, party: int) -> int:
    more = len(run.linked) - int(np.searchsorted(run.sorted_linked, run.linked[party], "right"))
    return more + 1


def _contributions(run: RiskRun, party: int, linked: Linked) -> tuple[Contribution, ...]:
    """Hints by direct tie, greatest first; they sum to what is linked."""
    by_tie, first = linked.arrivals.by_tie, int(run.throws.into[party])
    total = float(by_tie.sum())
    if not total:
        return ()
    shares = [
        (first + place, float(by_tie[place]) / total) for place in np.flatnonzero(by_tie).tolist()
    ]
    senders = [int(run.graph.source[tie]) for tie, _ in shares]
    told = sorted(
        (-share, run.snapshot.keys[sender].as_py(), tie, sender)
        for (tie, share), sender in zip(shares, senders, strict=True)
    )
    without = _without(run, party, linked, [tie for _, _, tie, _ in told[:_HYPOTHESES]])
    return tuple(
        Contribution(
            party=key,
            name=run.snapshot.name(sender),
            ties=tuple(
                SCHEMA.relationships[strand.kind].term for strand in run.graph.strands_of(tie)
            ),
            value=linked.value * -share,
            share=-share,
            without=without.get(tie),
        )
        for share, key, tie, sender in told
    )


def _without(run: RiskRun, party: int, linked: Linked, ties: Sequence[int]) -> dict[int, float]:
    """What would be linked if each of some ties were not."""
    look = partial(
        linked_without, run.throws, party, linked, reachable=run.strongest, useful=run.ever_reached
    )
    if linked.exact:
        return dict(zip(ties, map(look, ties), strict=True))
    from queries.risk.kernels.blocks import crew, processors  # they load the compiler

    # each looks at worlds of its own, and lets others go on meanwhile
    return dict(zip(ties, crew(processors()).map(look, ties), strict=True))


def _origins(run: RiskRun, linked: Linked) -> tuple[Origin, ...]:
    """Hints by origin, greatest first; they sum to what is linked."""
    total = sum(linked.arrivals.by_origin.values())
    told = [
        Origin(
            run.snapshot.keys[party].as_py(),
            run.snapshot.name(party),
            linked.value * count / total,
            count / total,
        )
        for party, count in linked.arrivals.by_origin.items()
    ]
    return tuple(sorted(told, key=lambda item: (-item.share, item.party)))


def _described(run: RiskRun, way: Way) -> Path:
    graph, snapshot = run.graph, run.snapshot
    hops, steps = [], []
    for tie in way.ties:
        sender = int(graph.source[tie])
        proven = evidence_of(snapshot, run.policy, graph, tie)
        hops.append(
            Hop(
                snapshot.keys[sender].as_py(),
                snapshot.name(sender),
                float(graph.weight[tie]),
                tuple(evidence for evidence, _ in proven),
            )
        )
        steps.append([relation for _, relation in proven])
    reasons = [fact.reason for fact in graph.own_facts[int(graph.source[way.ties[0]])]]
    end = snapshot.name(int(graph.target[way.ties[-1]]))
    return Path(way.probability, tuple(hops), say(hops[0].name, reasons, steps, end))
