"""What a risk policy has to know of parties beside their facts and ties: what each can bear, who has
come to an end, and among how many a joint undertaking is shared.

These are circumstances: they soften or bar, and are no ways for distress.  A hypothesis leaves out
ways and adverse words, and never a circumstance: it would make others worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.distinct import distinct
from graph.last_heard import last_heard
from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.risk.policy import Policy
from queries.risk.policy_lines import Capacity

__all__ = ["Circumstances", "circumstances"]

#: What the register says of a party that is no more; who lost its licence is still there.
_GONE = "cancelled"


@dataclass(frozen=True, eq=False)
class Circumstances:
    """One entry a party, in the order of their numbers.

    Attributes:
        capacity_fen: NaN where no yardstick is known.
        yardstick: place of the yardstick among those of the policy; −1: none.
        over: who is dead, or struck off the register.
        crowded: households with too many members to be a family.
        together: contract or group -> keys of all who stand in it together.
        limit_fen: group -> what each member may owe, where that is told.
    """

    capacity_fen: NDArray[np.float64]
    yardstick: NDArray[np.int8]
    over: NDArray[np.bool_]
    crowded: NDArray[np.bool_]
    together: Mapping[str, frozenset[str]]
    limit_fen: Mapping[str, int]

    def of(self, parties: NDArray[np.int64]) -> Circumstances:
        """Those of some parties."""
        return replace(
            self,
            capacity_fen=self.capacity_fen[parties],
            yardstick=self.yardstick[parties],
            over=self.over[parties],
            crowded=self.crowded[parties],
        )


def circumstances(snapshot: Snapshot, policy: Policy) -> Circumstances:
    """Read them."""
    capacity = np.full(len(snapshot), np.nan)
    yardstick = np.full(len(snapshot), -1, np.int8)
    homes = _homes(snapshot)
    for place, line in enumerate(policy.capacity.values()):
        told = _told(snapshot, line, homes)
        news = np.isnan(capacity) & ~np.isnan(told)
        capacity[news], yardstick[news] = told[news], place
    groups = _members(snapshot, "JOINED_GROUP")
    contracts = _joint_contracts(snapshot)
    return Circumstances(
        capacity,
        yardstick,
        _over(snapshot),
        _crowded(snapshot, policy),
        MappingProxyType({**groups, **contracts}),
        MappingProxyType(_limits(snapshot)),
    )


def _told(
    snapshot: Snapshot, line: Capacity, homes: tuple[NDArray[np.int32], NDArray[np.int32]]
) -> NDArray[np.float64]:
    """What a yardstick says of each party, NaN where it says nothing."""
    found = np.full(len(snapshot), np.nan)
    columns = [name for name in (line.property, line.minus) if name]
    for kind in line.kinds:
        facts = snapshot.facts(kind)
        for name in columns:
            facts = facts.filter(pc.is_valid(facts[name]))
        if not len(facts):
            continue
        # of several years the last one counts, whenever it became known
        facts = facts.sort_by([("valid_from", "descending"), ("known_from", "descending")])
        certain = facts.filter(pc.greater_equal(facts["certainty"], 1))
        _, first = np.unique(_numbers(snapshot, certain["key"]), return_index=True)
        heard = certain.take(pa.array(first))
        amounts = [heard[name].to_numpy(zero_copy_only=False).astype(float) for name in columns]
        fen = amounts[0] - (amounts[1] if line.minus else 0)
        at = _numbers(snapshot, heard["key"])
        found[at[at >= 0]] = fen[at >= 0]
    if line.of == "household":
        member, house = homes
        found[member] = found[house]
    return found


def _homes(snapshot: Snapshot) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Members, and the household of each as last heard."""
    ties = snapshot.ties["BELONGS_TO"]
    # by number: their keys, which sort as slowly as texts do, are not needed
    names = ("known_from", "valid_from", "fact_id", "certainty")
    ends = {"member": pa.array(ties.source), "house": pa.array(ties.target)}
    told = pa.table({**{name: ties.table[name] for name in names}, **ends})
    heard = last_heard(told, ["member"])
    return heard["member"].to_numpy(), heard["house"].to_numpy()


def _over(snapshot: Snapshot) -> NDArray[np.bool_]:
    """Who has come to an end by the snapshot's day."""
    over = np.zeros(len(snapshot), bool)
    day = pa.scalar(snapshot.as_of, pa.date32())
    for node in SCHEMA.nodes.values():
        names = {item.name for item in node.properties}
        if SCHEMA.superlabel(node) != "Party":
            continue
        if "registration_state" in names:
            facts = snapshot.facts(node.kind)
            heard = last_heard(facts.filter(pc.is_valid(facts["registration_state"])), ["key"])
            later = pc.fill_null(pc.greater(heard["ended_on"], day), False)
            gone = pc.and_(pc.equal(heard["registration_state"], _GONE), pc.invert(later))
        elif "died_on" in names:
            facts = snapshot.facts(node.kind)
            heard = last_heard(facts.filter(pc.is_valid(facts["died_on"])), ["key"])
            gone = pc.less_equal(heard["died_on"], day)
        else:
            continue
        at = _numbers(snapshot, heard["key"].filter(gone))
        over[at[at >= 0]] = True
    return over


def _crowded(snapshot: Snapshot, policy: Policy) -> NDArray[np.bool_]:
    crowded = np.zeros(len(snapshot), bool)
    for kind, rule in policy.ties.items():
        if rule.between is not None:
            ties = snapshot.ties[kind]
            # told by several sources a member counts once; few are told so often
            many = np.bincount(ties.target, minlength=len(snapshot)) > rule.between.most
            if not many.any():
                continue
            pairs = distinct(ties.target.astype(np.int64) << 32 | ties.source)
            crowded |= np.bincount(pairs >> 32, minlength=len(snapshot)) > rule.between.most
    return crowded


def _members(
    snapshot: Snapshot, kind: str, things: pa.Array | None = None
) -> dict[str, frozenset[str]]:
    """Who stands in each group or contract, by certain word."""
    told = snapshot.facts(kind)
    told = told.filter(pc.greater_equal(told["certainty"], 1))
    if things is not None:
        told = told.filter(pc.is_in(told["to_key"], value_set=things))
    found: dict[str, set[str]] = {}
    for thing, member in zip(told["to_key"].to_pylist(), told["from_key"].to_pylist(), strict=True):
        found.setdefault(thing, set()).add(member)
    return {thing: frozenset(members) for thing, members in found.items()}


def _joint_contracts(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """Contract of joint guarantee -> all who gave it, or another one for the same loan."""
    ties = snapshot.ties["GUARANTEES"].facts
    joint = pc.equal(pc.cast(ties["guarantee_kind"], pa.string()), "joint_group")
    named = pc.cast(ties["discriminator"].filter(pc.fill_null(joint, False)), pa.string())
    contracts = pc.unique(named)
    if not len(contracts):
        return {}
    givers = _members(snapshot, "GAVE", contracts)
    secures = snapshot.facts("SECURES")
    secures = secures.filter(
        pc.and_(
            pc.greater_equal(secures["certainty"], 1),
            pc.is_in(secures["from_key"], value_set=contracts),
        )
    )
    pairs = list(zip(secures["from_key"].to_pylist(), secures["to_key"].to_pylist(), strict=True))
    of_loan: dict[str, set[str]] = {}
    for contract, loan in pairs:
        of_loan.setdefault(loan, set()).update(givers.get(contract, ()))
    found = {contract: set(members) for contract, members in givers.items()}
    for contract, loan in pairs:
        found.setdefault(contract, set()).update(of_loan[loan])
    return {contract: frozenset(members) for contract, members in found.items() if members}


def _limits(snapshot: Snapshot) -> dict[str, int]:
    facts = snapshot.facts("JointLiabilityGroup")
    heard = last_heard(facts.filter(pc.is_valid(facts["limit_fen"])), ["key"])
    return dict(zip(heard["key"].to_pylist(), heard["limit_fen"].to_pylist(), strict=True))


def _numbers(snapshot: Snapshot, keys: pa.ChunkedArray) -> NDArray[np.int64]:
    return snapshot.places(keys)
