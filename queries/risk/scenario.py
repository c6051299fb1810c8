"""Scores if something came that is not: parties fail, or one stands for another.  Hypotheses, no facts.

As in `queries.risk.what_if` every coin falls as it fell in the run, so that nobody becomes better by
what is added, and a guarantee that is assumed gives what a full run over a log with it would give.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa

from graph.errors import InputError
from queries.basis import HYPOTHESIS_NOTICE, Basis
from queries.risk.cascade.throws import Throws
from queries.risk.paths import ties_into
from queries.risk.policy import Policy
from queries.risk.run import RiskRun
from queries.risk.weights import RiskGraph
from queries.risk.what_if import Change

__all__ = [
    "AssumedGuarantee",
    "AssumedKind",
    "ScoreChanges",
    "changes_of",
    "if_failed",
    "if_guaranteed",
    "run_if_failed",
]

_KIND = "GUARANTEES"
#: Kinds of which one stands alone for another.
AssumedKind = Literal["joint_and_several", "general"]


@dataclass(frozen=True)
class AssumedGuarantee:
    """One guarantee that nobody gave.

    Attributes:
        guarantor, borrower: keys of the parties.
        amount_fen: what is owed under it; None: not said, and the line's own weight counts.
    """

    guarantor: str
    borrower: str
    amount_fen: int | None = None
    kind: AssumedKind = "joint_and_several"

    def __post_init__(self) -> None:
        if self.guarantor == self.borrower:
            raise InputError(
                "不能为自己担保。", "Nobody guarantees himself.", code="proposal_malformed"
            )


@dataclass(frozen=True)
class ScoreChanges:
    """Everybody whose score would change, greatest change first."""

    changes: tuple[Change, ...]
    basis: Basis
    hypothetical: Literal[True] = True
    notice: str = HYPOTHESIS_NOTICE


def if_failed(run: RiskRun, parties: Iterable[str]) -> ScoreChanges:
    """Scores if these parties were in default; raises `NotFoundError` for one that is not known."""
    return changes_of(run, run_if_failed(run, parties))


def run_if_failed(run: RiskRun, parties: Iterable[str]) -> RiskRun:
    """The run as it would be then, for sums over scores; nothing else may be told from it.

    Raises as `if_failed`.
    """
    own = run.graph.own.copy()
    for key in parties:
        own[run.snapshot.index(key)] = 1.0
    return _run(run, replace(run.graph, own=own))


def if_guaranteed(run: RiskRun, assumed: AssumedGuarantee) -> ScoreChanges:
    """Scores with one guarantee more; raises `NotFoundError` for a party that is not known."""
    guarantor, borrower = map(run.snapshot.index, (assumed.guarantor, assumed.borrower))
    return changes_of(run, _run(run, _with(run, guarantor, borrower, assumed)))


def _with(run: RiskRun, guarantor: int, borrower: int, assumed: AssumedGuarantee) -> RiskGraph:
    """The run's graph with one way more, or a stronger one, from the borrower to who stands for it."""
    graph = run.graph
    around = graph.around
    if around is not None and (
        around.over[guarantor] or (around.over[borrower] and not graph.own[borrower])
    ):
        # into who has come to an end nothing flows
        return graph
    capacity = float("nan") if around is None else float(around.capacity_fen[guarantor])
    weight, adds = _weight(run.policy, assumed, capacity)
    first, last = ties_into(graph, guarantor)
    place = first + int(np.searchsorted(graph.source[first:last], borrower))
    if place < last and graph.source[place] == borrower:
        weights = graph.weight.copy()
        weights[place] = _stronger(graph, place, weight, run.policy, adds=adds)
        return replace(graph, weight=weights)
    weight = min(weight, run.policy.cap)
    return replace(
        graph,
        source=np.insert(graph.source, place, borrower),
        target=np.insert(graph.target, place, guarantor),
        weight=np.insert(graph.weight, place, weight),
        # nothing explains a tie that is not there
        strands=(),
    )


def _weight(policy: Policy, assumed: AssumedGuarantee, capacity: float) -> tuple[float, bool]:
    """What the guarantee passes on, and whether it adds up with others between the same two."""
    line = policy.ties[_KIND]
    variant = next((v for v in line.variants.values() if v.value == assumed.kind), None)
    weight = variant.weight if variant else line.weight
    if line.amount is None or assumed.amount_fen is None or np.isnan(capacity):
        return weight, False
    full = (variant.full if variant else None) or line.amount.full
    return min(full, assumed.amount_fen * (full / max(capacity, 1.0))), True


def _stronger(graph: RiskGraph, place: int, weight: float, policy: Policy, *, adds: bool) -> float:
    """The way between two who are tied already: of one bond the strongest counts, amounts add up."""
    once = policy.ties[_KIND].once
    spared, held, full = 1.0, 0.0, policy.cap
    for strand in graph.strands_of(place):
        if once is not None and policy.ties[strand.kind].once == once:
            held = strand.weight
        else:
            spared *= 1 - strand.weight
    together = min(full, held + weight) if adds else max(held, weight)
    return min(policy.cap, 1 - spared * (1 - together))


def _run(run: RiskRun, graph: RiskGraph) -> RiskRun:
    throws = Throws.of(graph)
    return replace(run, graph=graph, throws=throws, sampled=throws.count(run.sampled.worlds))


def changes_of(run: RiskRun, assumed: RiskRun) -> ScoreChanges:
    """Whose score differs between a run and one that was assumed over the same parties."""
    after = assumed.score
    moved = np.flatnonzero(after != run.score)
    who = pa.array(moved)
    columns = run.snapshot.keys.take(who), run.snapshot.names.take(who)
    rows = zip(
        *(column.to_pylist() for column in columns),
        run.score[moved].tolist(),
        after[moved].tolist(),
        strict=True,
    )
    changes = sorted(
        (Change(*row) for row in rows), key=lambda one: (-abs(one.after - one.before), one.party)
    )
    return ScoreChanges(tuple(changes), run.basis)
