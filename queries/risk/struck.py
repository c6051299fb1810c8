"""Whom a scenario strikes: a party's guarantees to choose from, those of a place, those of an industry.

Only what is certain is counted: a link by resemblance carries no risk, and strikes nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.last_heard import last_heard
from graph.schema import SCHEMA
from graph.snapshot import Snapshot
from queries.risk.policy import Policy

__all__ = ["GuaranteeTie", "guarantees_of", "of_industry", "of_place"]

_LETTERS = "ABCDEFGHIJKLMNOPQRST"


@dataclass(frozen=True)
class GuaranteeTie:
    """A guarantee that stands; `fact_id` names it in a what-if."""

    fact_id: str
    guarantor: str
    guarantor_name: str | None
    borrower: str
    borrower_name: str | None
    amount_fen: int | None
    kind: str | None


def guarantees_of(snapshot: Snapshot, key: str, policy: Policy) -> tuple[GuaranteeTie, ...]:
    """Those that a party gave or was given, of all that carry risk; raises `NotFoundError`."""
    party = snapshot.index(key)
    ties = snapshot.ties["GUARANTEES"]
    rows = np.flatnonzero((ties.source == party) | (ties.target == party))
    told = ties.facts.take(pa.array(rows)).cast(ties.table.schema).to_pylist()
    found = []
    for row, fact in zip(rows.tolist(), told, strict=True):
        if fact["certainty"] < policy.certainty.at_least:
            continue
        ends = int(ties.source[row]), int(ties.target[row])
        keys = [str(snapshot.keys[end].as_py()) for end in ends]
        found.append(
            GuaranteeTie(
                fact["fact_id"], keys[0], snapshot.name(ends[0]), keys[1], snapshot.name(ends[1]),
                fact["amount_fen"], fact["guarantee_kind"],
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.borrower, one.guarantor, one.fact_id)))


def of_place(snapshot: Snapshot, division: str) -> tuple[str, ...]:
    """Parties of a village, or of all villages of a town, by key; of a person whose own place is not
    told, that of the household counts."""
    seats = last_heard(snapshot.facts("LOCATED_IN"), ["from_key"])
    inside = pc.starts_with(pc.cast(seats["to_key"], pa.string()), division)
    where = set(pc.cast(seats.filter(inside)["from_key"], pa.string()).to_pylist())
    told = set(pc.cast(seats["from_key"], pa.string()).to_pylist())
    homes = last_heard(snapshot.facts("BELONGS_TO"), ["from_key"])
    ends = (pc.cast(homes[name], pa.string()).to_pylist() for name in ("from_key", "to_key"))
    where |= {member for member, home in zip(*ends, strict=True)
              if home in where and member not in told}  # fmt: skip
    return _known(snapshot, where)


def of_industry(snapshot: Snapshot, prefixes: Sequence[str]) -> tuple[str, ...]:
    """Firms whose register says an industry that begins so (GB/T 4754, digits without the letter)."""
    found: set[str] = set()
    for node in SCHEMA.nodes.values():
        if all(item.name != "industry" for item in node.properties):
            continue
        facts = snapshot.facts(node.kind)
        facts = last_heard(facts.filter(pc.is_valid(facts["industry"])), ["key"])
        columns = (pc.cast(facts[name], pa.string()).to_pylist() for name in ("key", "industry"))
        found |= {
            key for key, code in zip(*columns, strict=True)
            if code.lstrip(_LETTERS).startswith(tuple(prefixes))
        }  # fmt: skip
    return _known(snapshot, found)


def _known(snapshot: Snapshot, keys: set[str]) -> tuple[str, ...]:
    asked = pa.array(sorted(keys), pa.string())
    return tuple(asked.filter(pc.is_in(asked, value_set=snapshot.keys)).to_pylist())
