"""How strongly each tie of a kind passes distress on, to whom, and why it does not where it does not.

What a guarantor bears follows from what is owed by the contract (never more than what it secures,
民法典 第六百八十二条) against what the guarantor can bear; where either is unknown the line's own
weight stands.  A joint undertaking is shared among the others of the group, by their number.
Into a party that has come to an end nothing flows, and out of it only what is its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.distinct import distinct
from graph.snapshot import Snapshot, Ties
from queries.risk.circumstances import Circumstances
from queries.risk.policy import Policy
from queries.risk.policy_lines import TiePolicy, Variant

__all__ = ["Flows", "WhySilent", "flows", "silent_rows"]

WhySilent = Literal["identity_not_proven", "ratio_unknown", "party_ended", "nothing_owed"]
Reals = NDArray[np.float64]

#: Rows up to which each is cut out by itself: a party has a few ties, a large household dozens.
_FEW = 100


@dataclass(frozen=True, eq=False)
class Flows:
    """Ways that distress takes over the ties of a kind, one entry a way.

    Attributes:
        source, target: numbers of sender and receiver.  row: of the tie in its table.
        weight: what this tie alone passes on.
        fen, rate, full: of a guarantee of known amount and capacity, what is owed, and what each
            fen of it weighs, up to `full`; `full` is 0 for all others.
        teller, thing: numbers of the source that tells it, and of the contract.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    row: NDArray[np.int32]
    weight: Reals
    fen: Reals
    rate: Reals
    full: Reals
    teller: NDArray[np.int32]
    thing: NDArray[np.int32]

    @classmethod
    def together(cls, parts: list[Flows]) -> Flows:
        """Several, one after the other."""
        names = cls.__dataclass_fields__
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def take(self, places: NDArray[Any]) -> Flows:
        """Some of them."""
        return Flows(*(getattr(self, name)[places] for name in self.__dataclass_fields__))


def flows(
    snapshot: Snapshot, kind: str, policy: Policy, around: Circumstances, own: Reals
) -> Flows:
    """Every way over the ties of a kind that passes anything on.

    Args:
        own: what each party's own facts bring.
    """
    ties, rule = snapshot.ties[kind], policy.ties[kind]
    there, weights = _certain(ties, policy), _weights(snapshot, ties, rule, policy)
    rows = np.flatnonzero(there & (ties.source != ties.target)).astype(np.int32)
    first, second = ties.source[rows], ties.target[rows]
    ways = []
    if rule.flow in ("along", "both"):
        ways.append((first, second, weights))
    if rule.flow in ("against", "both"):
        ways.append((second, first, weights))
    if rule.back is not None:
        ends = (second, first) if rule.flow == "along" else (first, second)
        ways.append((*ends, weights * (rule.back.weight / rule.weight)))
    found, passing = [], []
    for place, (sender, receiver, weight) in enumerate(ways):
        way = _way(snapshot, ties, rule, around, rows, sender, receiver, weight)
        passes = (way.weight > 0) & ~around.over[receiver] & _tells(around, own, sender)
        if rule.back_own and place == len(ways) - 1:
            passes &= own[sender] > 0
        found.append(way)
        passing.append(passes)
    if rule.between is not None:
        found.append(_between(ties, rows, rule.between.weight, around, own))
        passing.append(np.ones(len(found[-1].row), bool))
    both, left = Flows.together(found), np.flatnonzero(np.concatenate(passing))
    # ways of one row side by side: the order of the rows decides between equals
    return both.take(left[np.argsort(both.row[left], kind="stable")])


def silent_rows(
    snapshot: Snapshot,
    kind: str,
    policy: Policy,
    around: Circumstances,
    own: Reals,
    rows: NDArray[np.int64],
) -> list[tuple[int, WhySilent]]:
    """Of some ties of a kind those over which nothing flows either way, and why."""
    ties, rule = snapshot.ties[kind], policy.ties[kind]
    asked = {"certainty", "discriminator", "amount_fen", rule.scale}
    columns = [name for name in ties.facts.column_names if name in asked]
    some = Ties(kind, ties.source[rows], ties.target[rows], _few(ties.facts.select(columns), rows))
    unknown = np.zeros(len(rows), bool)
    if rule.scale is not None:
        unknown = pc.is_null(some.facts[rule.scale]).to_numpy(zero_copy_only=False)
    owed = _owed(snapshot, some) if rule.amount is not None else np.full(len(rows), np.nan)
    along = ~around.over[some.target] & _tells(around, own, some.source)
    against = ~around.over[some.source] & _tells(around, own, some.target)
    ended = ~(
        (along & (rule.flow != "against" or rule.back is not None))
        | (against & (rule.flow != "along" or rule.back is not None))
    )
    reasons: list[tuple[NDArray[np.bool_], WhySilent]] = [
        (~_certain(some, policy), "identity_not_proven"),
        (unknown, "ratio_unknown"),
        (owed == 0, "nothing_owed"),
        (ended, "party_ended"),
    ]
    told = np.flatnonzero(np.logical_or.reduce([mask for mask, _ in reasons]))
    return [
        (int(rows[place]), next(why for mask, why in reasons if mask[place]))
        for place in told.tolist()
    ]


def _few(facts: pa.Table, rows: NDArray[np.int64]) -> pa.Table:
    """Some rows of a large table: to `take` a coded text from it puts all its codes together first."""
    if len(rows) > _FEW:
        return facts.take(pa.array(rows))
    return pa.concat_tables([facts.slice(0, 0), *(facts.slice(row, 1) for row in rows.tolist())])


def _certain(ties: Ties, policy: Policy) -> NDArray[np.bool_]:
    certainty = ties.facts["certainty"].to_numpy(zero_copy_only=False)
    return np.asarray(certainty >= policy.certainty.at_least, bool)


def _tells(around: Circumstances, own: Reals, sender: NDArray[np.int32]) -> NDArray[np.bool_]:
    return np.asarray(~around.over[sender] | (own[sender] > 0), bool)


def _sorts(ties: Ties, rule: TiePolicy) -> list[tuple[Variant, NDArray[np.bool_]]]:
    """The variants with the ties that are of them."""
    found = []
    for variant in rule.variants.values():
        such = pc.equal(pc.cast(ties.facts[variant.column], pa.string()), variant.value)
        found.append((variant, pc.fill_null(such, False).to_numpy(zero_copy_only=False)))
    return found


def _weights(snapshot: Snapshot, ties: Ties, rule: TiePolicy, policy: Policy) -> Reals:
    """Weight of every tie by its sort and ratio alone."""
    weight = np.full(len(ties.facts), rule.weight)
    if rule.bare is not None:
        weight[~_joined(snapshot, ties, policy)] = rule.bare.weight
    for variant, such in _sorts(ties, rule):
        weight[such] = variant.weight
    if rule.scale is not None:
        ratio = ties.facts[rule.scale].to_numpy(zero_copy_only=False).astype(float)
        weight *= np.clip(np.nan_to_num(ratio, nan=0.0), 0, 1)
    return weight


def _joined(snapshot: Snapshot, ties: Ties, policy: Policy) -> NDArray[np.bool_]:
    """Between whom of these there is also a share or a guarantee, whichever way."""
    count = np.int64(len(snapshot))
    asked = np.zeros(len(snapshot), bool)
    asked[ties.target] = True
    pairs = [np.zeros(0, np.int64)]
    for kind in ("HOLDS_SHARES_IN", "GUARANTEES"):
        other = snapshot.ties[kind]
        there = _certain(other, policy) & (asked[other.source] | asked[other.target])
        if kind == "HOLDS_SHARES_IN":
            ratio = other.facts["share_ratio"].to_numpy(zero_copy_only=False).astype(float)
            there &= np.nan_to_num(ratio, nan=0.0) > 0
        a, b = other.source[there].astype(np.int64), other.target[there].astype(np.int64)
        pairs += [a * count + b, b * count + a]
    here = ties.source.astype(np.int64) * count + ties.target
    joined = np.append(distinct(np.concatenate(pairs)), -1)
    return np.asarray(joined[np.searchsorted(joined[:-1], here)] == here, bool)


def _owed(snapshot: Snapshot, ties: Ties) -> Reals:
    """What is owed by each guarantee, in fen; NaN where no amount was told."""
    if "amount_fen" not in ties.facts.column_names:
        return np.full(len(ties.facts), np.nan)
    contracts = pc.cast(ties.facts["discriminator"], pa.string())
    owed = snapshot.secured.owed(contracts, ties.facts["amount_fen"])
    return np.asarray(owed.to_numpy(zero_copy_only=False), np.float64)


def _way(
    snapshot: Snapshot,
    ties: Ties,
    rule: TiePolicy,
    around: Circumstances,
    rows: NDArray[np.int32],
    sender: NDArray[np.int32],
    receiver: NDArray[np.int32],
    weights: Reals,
) -> Flows:
    """The ties of some rows, one way."""
    count = len(rows)
    weight, nothing = weights[rows], np.zeros(count)
    fen, rate, full, codes = nothing, nothing, nothing, np.zeros((2, count), np.int32)
    if rule.amount is not None:
        others = _others(snapshot, ties, rule, around, rows, sender, receiver)
        weight = weight / others
        full = np.full(len(ties.facts), rule.amount.full)
        for variant, such in _sorts(ties, rule):
            full[such] = variant.full or rule.amount.full
        fen = _owed(snapshot, ties)[rows]
        if ties.kind == "JOINT_GUARANTEE_WITH":
            fen = _limits(ties, around)[rows]
        bears = around.capacity_fen[receiver]
        known = ~np.isnan(fen) & ~np.isnan(bears)
        full = np.where(known, full[rows], 0.0)
        # who has nothing left, or less, bears nothing: all that is owed is too much
        rate = np.where(known, full / others / np.maximum(np.nan_to_num(bears), 1.0), 0.0)
        weight = np.where(known, np.minimum(full, np.nan_to_num(fen) * rate), weight)
        # nothing is owed, whatever the guarantor could bear
        weight = np.where(fen == 0, 0.0, weight)
        fen = np.where(known, np.nan_to_num(fen), 0.0)
        codes = np.stack([_numbered(ties, name)[rows] for name in ("source", "discriminator")])
    return Flows(sender, receiver, rows, weight, fen, rate, full, codes[0], codes[1])


def _others(
    snapshot: Snapshot,
    ties: Ties,
    rule: TiePolicy,
    around: Circumstances,
    rows: NDArray[np.int32],
    sender: NDArray[np.int32],
    receiver: NDArray[np.int32],
) -> Reals:
    """Among how many others what the sender owes is shared; 1 where it is not."""
    found = np.full(len(ties.facts), float(rule.others or 1))
    shared = np.full(len(ties.facts), rule.others is not None)
    for variant, such in _sorts(ties, rule):
        if variant.others is not None:
            found[such], shared[such] = variant.others, True
    found, places = found[rows], np.flatnonzero(shared[rows])
    if not len(places) or not around.together:
        return found
    things = pc.cast(ties.facts["discriminator"].take(pa.array(rows[places])), pa.string())
    ends = [snapshot.keys.take(pa.array(end[places])).to_pylist() for end in (sender, receiver)]
    for place, thing, debtor, other in zip(places, things.to_pylist(), *ends, strict=True):
        members = around.together.get(thing)
        if members is not None:
            found[place] = max(1, len((members | {other}) - {debtor}))
    return found


def _limits(ties: Ties, around: Circumstances) -> Reals:
    groups = pc.cast(ties.facts["discriminator"], pa.string()).to_pylist()
    return np.array([around.limit_fen.get(group, np.nan) for group in groups], np.float64)


def _numbered(ties: Ties, column: str) -> NDArray[np.int32]:
    texts = pc.cast(ties.facts[column], pa.string()).combine_chunks().dictionary_encode()
    return np.asarray(texts.indices.to_numpy(zero_copy_only=False), np.int32)


def _between(
    ties: Ties, rows: NDArray[np.int32], weight: float, around: Circumstances, own: Reals
) -> Flows:
    """Every two who have the same target, both ways, told by the sender's own tie."""
    rows = rows[~around.crowded[ties.target[rows]]]
    pair, first = np.unique(
        ties.target[rows].astype(np.int64) << 32 | ties.source[rows], return_index=True
    )
    rows, house = rows[first], pair >> 32
    begins = np.flatnonzero(np.append(True, house[1:] != house[:-1])) if len(house) else house
    sizes = np.diff(begins, append=len(house))
    members = np.repeat(sizes, sizes)  # of each member, how many its household has
    sender = np.repeat(np.arange(len(rows)), members)
    start = np.repeat(np.repeat(begins, sizes), members)
    turn = np.arange(len(sender)) - np.repeat(np.cumsum(members) - members, members)
    receiver = start + turn
    apart = sender != receiver
    sender, receiver = sender[apart], receiver[apart]
    who, whom = ties.source[rows[sender]], ties.source[rows[receiver]]
    passes = ~around.over[whom] & _tells(around, own, who)
    who, whom, row = who[passes], whom[passes], rows[sender[passes]]
    nothing, code = np.zeros(len(row)), np.zeros(len(row), np.int32)
    return Flows(who, whom, row, np.full(len(row), weight), nothing, nothing, nothing, code, code)
