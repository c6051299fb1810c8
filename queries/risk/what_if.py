"""What if a tie or a fact were not: the new scores, as a hypothesis and never as a fact.

Every coin falls as it fell in the run: the answer equals a full run over a snapshot without them,
bit for bit, and nobody's score rises.  It is a type of its own, says that it is
hypothetical, and stands nowhere where a score of facts is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.errors import InputError, NotFoundError
from graph.snapshot import Snapshot
from queries.basis import HYPOTHESIS_NOTICE, Basis
from queries.risk.cascade.one_party import linked_to
from queries.risk.cascade.throws import Throws
from queries.risk.explain import linked_in
from queries.risk.paths import ties_into
from queries.risk.run import RiskRun, linked_of
from queries.risk.subgraph import subgraph_of
from queries.risk.weights import RiskGraph, weigh

__all__ = ["Change", "WhatIf", "WhatIfAnswer", "sort_fact_ids", "what_if", "what_if_of"]

#: Facts of a party's own, by the tie that brings them.
_OWN = {"SUBJECT_OF": ("ListEntry",), "BORROWED": ("LoanState", "RepaymentHistory")}


@dataclass(frozen=True)
class Change:
    """Score of a party as it is, and as it would be."""

    party: str
    name: str | None
    before: float
    after: float


@dataclass(frozen=True)
class WhatIf:
    """Everybody whose score would change, greatest change first."""

    without_ties: tuple[str, ...]
    without_facts: tuple[str, ...]
    changes: tuple[Change, ...]
    basis: Basis
    hypothetical: Literal[True] = True
    notice: str = HYPOTHESIS_NOTICE


@dataclass(frozen=True)
class WhatIfAnswer:
    """One party in a hypothesis, and the others that it would move most.

    Attributes:
        before, after: score of the party, exact where few ties matter, as its explanation has it;
            those of the others are as sampled.
        change_count: how many parties would change in all; `changes` are the first of them.
    """

    party: str
    name: str | None
    before: float
    after: float
    without_ties: tuple[str, ...]
    without_facts: tuple[str, ...]
    changes: tuple[Change, ...]
    change_count: int
    basis: Basis
    hypothetical: Literal[True] = True
    notice: str = HYPOTHESIS_NOTICE


def what_if(
    run: RiskRun, *, without_ties: Sequence[str] = (), without_facts: Sequence[str] = ()
) -> WhatIf:
    """Scores without some ties and facts, named by their fact ids.

    Args:
        without_ties: ties between two parties that carry risk.
        without_facts: list entries, loan states, and the ties that join them to a party.

    Raises `NotFoundError` (`fact_unknown`) for an id that is no such tie or fact of the snapshot,
    `InputError` (`nothing_left_out`) when none is named.
    """
    if not without_ties and not without_facts:
        raise InputError(
            "请指明假设去掉的关系或事实（事实编号见风险说明）。",
            "Name the ties or facts to leave out, by the ids that the explanation shows.",
            code="nothing_left_out",
        )
    graph = _hypothesis(run, without_ties, without_facts)
    sampled = Throws.of(graph).count(run.sampled.worlds)
    after = graph.own + linked_of(sampled)
    told = np.flatnonzero(after != run.score)
    who = pa.array(told)
    columns = run.snapshot.keys.take(who), run.snapshot.names.take(who)
    changes = [
        Change(*change)
        for change in zip(
            *(column.to_pylist() for column in columns),
            run.score[told].tolist(),
            after[told].tolist(),
            strict=True,
        )
    ]
    changes.sort(key=lambda item: (-abs(item.after - item.before), item.party))
    return WhatIf(tuple(without_ties), tuple(without_facts), tuple(changes), run.basis)


def what_if_of(
    run: RiskRun,
    key: str,
    *,
    without_ties: Sequence[str] = (),
    without_facts: Sequence[str] = (),
    count: int = 50,
) -> WhatIfAnswer:
    """The hypothesis as one party sees it; raises also `NotFoundError` for an unknown party."""
    party = run.snapshot.index(key)
    found = what_if(run, without_ties=without_ties, without_facts=without_facts)
    graph = _hypothesis(run, without_ties, without_facts)
    # nobody is reached who was not: the run's surroundings are wide enough
    after = linked_to(
        Throws.of(graph),
        party,
        run.sampled.worlds,
        reachable=run.strongest,
        useful=run.ever_reached,
    )
    others = tuple(item for item in found.changes if item.party != key)
    return WhatIfAnswer(
        party=key,
        name=run.snapshot.name(party),
        before=float(run.graph.own[party]) + linked_in(run, party).value,
        after=float(graph.own[party]) + after.value,
        without_ties=found.without_ties,
        without_facts=found.without_facts,
        changes=others[:count],
        change_count=len(found.changes),
        basis=replace(run.basis, truncated=len(others) > count),
    )


def _hypothesis(
    run: RiskRun, without_ties: Sequence[str], without_facts: Sequence[str]
) -> RiskGraph:
    """The run's graph without some ties and facts."""
    parties = np.unique(
        np.concatenate(
            [
                _ends_of_ties(run, tuple(dict.fromkeys(without_ties))),
                _owners_of_facts(run.snapshot, tuple(dict.fromkeys(without_facts))),
            ]
        )
    )
    left_out = pa.array([*without_ties, *without_facts], pa.string())
    return _without(run, _with_members(run, parties), left_out)


def _with_members(run: RiskRun, parties: NDArray[np.int64]) -> NDArray[np.int64]:
    """These parties, their households, and all members of them: they are told of each other by it."""
    ties = run.snapshot.ties["BELONGS_TO"]
    households = ties.target[np.isin(ties.source, parties)].astype(np.int64)
    parties = np.union1d(parties, households)
    members = ties.source[np.isin(ties.target, parties)].astype(np.int64)
    return np.union1d(parties, members)


def sort_fact_ids(run: RiskRun, ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Ids of ties between two parties, and all others."""
    named = pa.array(ids, pa.string())
    between: set[str] = set()
    for kind in run.policy.ties:
        held = run.snapshot.ties[kind].facts["fact_id"]
        between.update(held.filter(pc.is_in(held, value_set=named)).to_pylist())
    return [one for one in ids if one in between], [one for one in ids if one not in between]


def _without(run: RiskRun, parties: NDArray[np.int64], left_out: pa.Array) -> RiskGraph:
    """The run's graph, with what is between the parties weighed again without some facts."""
    around = run.graph.around.of(parties) if run.graph.around is not None else None
    again = weigh(subgraph_of(run.snapshot, parties, left_out), run.policy, around)
    own, weight = run.graph.own.copy(), run.graph.weight.copy()
    own[parties] = again.own
    for place, party in enumerate(parties.tolist()):
        first, last = ties_into(run.graph, party)
        senders = run.graph.source[first:last]
        weight[first:last][np.isin(senders, parties)] = 0.0
        begin, end = ties_into(again, place)
        kept = np.searchsorted(senders, parties[again.source[begin:end]])
        weight[first + kept] = again.weight[begin:end]
    return replace(run.graph, own=own, weight=weight)


def _ends_of_ties(run: RiskRun, ids: tuple[str, ...]) -> NDArray[np.int64]:
    wanted, found = pa.array(ids, pa.string()), 0
    ends = [np.zeros(0, np.int64)]
    for kind in run.policy.ties:
        ties = run.snapshot.ties[kind]
        rows = np.flatnonzero(pc.is_in(ties.table["fact_id"], value_set=wanted))
        ends += [ties.source[rows].astype(np.int64), ties.target[rows].astype(np.int64)]
        found += len(rows)
    _all_found(found, ids)
    return np.concatenate(ends)


def _owners_of_facts(snapshot: Snapshot, ids: tuple[str, ...]) -> NDArray[np.int64]:
    wanted, found = pa.array(ids, pa.string()), 0
    owners = [np.zeros(0, np.int64)]
    for tie, kinds in _OWN.items() if ids else ():
        ties = snapshot.facts(tie)
        of_tie = pc.is_in(ties["fact_id"], value_set=wanted)
        found += int(np.count_nonzero(of_tie))
        for kind in kinds:
            things = snapshot.facts(kind)
            told = things.filter(pc.is_in(things["fact_id"], value_set=wanted))
            found += len(told)
            of_tie = pc.or_(
                of_tie, pc.is_in(ties["to_key"], value_set=told["key"].combine_chunks())
            )
        owned = ties["from_key"].filter(of_tie)
        owners.append(pc.index_in(owned, value_set=snapshot.keys).to_numpy())
    _all_found(found, ids)
    return np.concatenate(owners).astype(np.int64)


def _all_found(found: int, ids: tuple[str, ...]) -> None:
    if found < len(ids):
        raise NotFoundError(
            "没有这样的事实，或它不参与风险计算。请使用风险说明中列出的事实编号。",
            "No such fact takes part in the risk: use the fact ids that the explanation lists.",
            code="fact_unknown",
        )
